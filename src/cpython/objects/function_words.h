// Where a Python function keeps what it is made of.
#pragma once

#include <cstdint>

#include "cpython/dialects/layout.h"

namespace stillframe::cpython {

// Which words behind the head of objects (part() of members.h) these are in PyFunctionObject.
struct FunctionWords {
  std::uint32_t code = 0;
  std::uint32_t name = 0;
  std::uint32_t qualified_name = 0;  // in 2.7, which has none, the name
  std::uint32_t closure = 0;
};

inline FunctionWords function_words(PythonVersion version) {
  // Include/cpython/funcobject.h of 3.10: globals, builtins, name, qualname, code, defaults, kwdefaults, closure.
  if (version >= PythonVersion{3, 10, 0}) {
    return {.code = 4, .name = 2, .qualified_name = 3, .closure = 7};
  }
  // Include/funcobject.h of 3.9: code, globals, defaults, kwdefaults, closure, doc, name, dict, weakreflist, module,
  // annotations, qualname; 2.7 lacks kwdefaults, annotations and qualname.
  return version.major < 3 ? FunctionWords{.code = 0, .name = 5, .qualified_name = 5, .closure = 3}
                           : FunctionWords{.code = 0, .name = 6, .qualified_name = 11, .closure = 4};
}

}  // namespace stillframe::cpython
