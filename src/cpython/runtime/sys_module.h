// What the sys module of an interpreter says of itself.
#pragma once

#include <optional>
#include <string>

#include "cpython/objects/objects.h"

namespace stillframe::cpython {

struct SysVersion {
  PythonVersion number;
  std::string build;  // what sys.version says behind the number: "(main, May  9 2026, 07:36:11) [GCC 12.2.0]"
};

// sys.version of the interpreter at `interpreter`; nothing before the sys module is made.
std::optional<SysVersion> sys_version(const Objects& objects, Address interpreter);

}  // namespace stillframe::cpython
