// Where each field stands in one CPython version and build. Data, not code: the tables in layouts/ are made by
// tools/make_layouts.py; this is their shape.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cpython/objects/string_hash.h"

namespace stillframe::cpython {

// A byte offset inside a structure, or `absent` where this version has no such member.
class Offset {
 public:
  constexpr Offset() = default;
  constexpr explicit(false) Offset(std::uint32_t value) : value_(value) {}
  [[nodiscard]] constexpr bool present() const { return value_ != std::numeric_limits<std::uint32_t>::max(); }
  // Only where present().
  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  constexpr bool operator==(const Offset&) const = default;

 private:
  std::uint32_t value_ = std::numeric_limits<std::uint32_t>::max();
};

inline constexpr Offset absent{};

struct PythonVersion {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
  std::uint8_t micro = 0;
  constexpr auto operator<=>(const PythonVersion&) const = default;
};

// The first of each line of versions in which something that is read differs.
inline constexpr PythonVersion k3{3, 0, 0};
inline constexpr PythonVersion k3_6{3, 6, 0};
inline constexpr PythonVersion k3_7{3, 7, 0};
inline constexpr PythonVersion k3_9{3, 9, 0};
inline constexpr PythonVersion k3_10{3, 10, 0};
inline constexpr PythonVersion k3_11{3, 11, 0};
inline constexpr PythonVersion k3_12{3, 12, 0};
inline constexpr PythonVersion k3_13{3, 13, 0};
inline constexpr PythonVersion k3_14{3, 14, 0};
inline constexpr PythonVersion k3_15{3, 15, 0};

// What changes a structure besides the version.
struct BuildKind {
  bool debug = false;          // --with-pydebug
  bool free_threaded = false;  // --disable-gil
  constexpr bool operator==(const BuildKind&) const = default;
};

// NOLINTBEGIN(bugprone-macro-parentheses)
struct Layout {
  PythonVersion version;  // micro is that of the build the table was made from
  BuildKind build;
#define SF_STRUCT(group, types) \
  struct {                      \
    std::uint32_t size = 0;
#define SF_FIELD(group, name, paths) Offset name;
#define SF_END(group) \
  }                   \
  group;
#include "cpython/dialects/layouts/fields.def"
#undef SF_STRUCT
#undef SF_FIELD
#undef SF_END
  std::optional<HashSecret> hash_secret;  // of no table: the target's own, where a symbol leads to it
};
// NOLINTEND(bugprone-macro-parentheses)

// The checked-in table for that minor version and build (micro is ignored; where a debug build's structures equal the
// release build's, that table serves both). Null for versions that this program does not know.
const Layout* find_layout(PythonVersion version, BuildKind build);

// Every table there is, newest version first.
std::span<const Layout* const> all_layouts();

// The oldest and newest minor versions known, for messages.
std::string known_versions();

}  // namespace stillframe::cpython
