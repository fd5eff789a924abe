// Names that objects have of themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cpython/values/printer.h"

namespace stillframe::cpython {

// The str that a word behind an object's head leads to, as it is; nothing where it leads to none.
std::optional<std::string> name_at(Printer& out, Address object, std::uint32_t index);
// __name__ of a class, also of one of 2.7 that is no type.
std::optional<std::string> class_name(Printer& out, Address of);
// What stands behind the last dot: tp_name without its module.
std::string_view last_part(std::string_view name);

}  // namespace stillframe::cpython
