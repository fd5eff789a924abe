#include "resolve/python_facts.h"

#include <fmt/format.h>

#include "cpython/runtime/sys_module.h"

namespace stillframe::resolve {

model::Python describe_python(const cpython::RawProcess& process, const cpython::Runtime& runtime,
                              const cpython::Objects& objects) {
  model::Python python{
      .debug_build = runtime.build.debug, .free_threaded = runtime.build.free_threaded, .state = process.state};
  const auto& number = runtime.version;
  python.version = fmt::format("{}.{}", number.major, number.minor);
  if (runtime.version_is_exact) {
    python.version += fmt::format(".{}", number.micro);
  }
  for (const auto& interpreter : process.interpreters) {
    if (const auto told = cpython::sys_version(objects, interpreter.address)) {
      python.version = fmt::format("{}.{}.{}", told->number.major, told->number.minor, told->number.micro);
      python.build = told->build;
      break;
    }
  }
  if (process.interpreters.empty() && python.state == model::PythonState::running) {
    python.state = model::PythonState::initializing;
  }
  return python;
}

}  // namespace stillframe::resolve
