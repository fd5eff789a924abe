// Names as people write them, from the names that linkers know.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stillframe::binary {

// C++ (Itanium ABI) and Rust (legacy and v0); nothing for what is neither. A hostile name costs no more than an honest
// one: a C++ name that could grow out of hand is given without its arguments ("ns::function<…>").
std::optional<std::string> demangle(std::string_view linkage_name);

// Rust's v0 mangling (RFC 2603): `_R…`.
std::optional<std::string> demangle_rust_v0(std::string_view linkage_name);
// Rust's older mangling, an Itanium nested name that ends in a hash: `_ZN…17h0123456789abcdefE`.
std::optional<std::string> demangle_rust_legacy(std::string_view linkage_name);

}  // namespace stillframe::binary
