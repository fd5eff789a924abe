#pragma once

#include "cpython/dialects/versions/cpython_3_7.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_8 = [] {
  Dialect d = cpython_3_7;
  d.tasks.future.name = 13;  // Modules/_asynciomodule.c: task_name
  d.tasks.future.must_cancel = 15;
  d.reprs.regex_flags_by_names = true;  // Lib/re.py, RegexFlag.__repr__()
  return d;
}();

}  // namespace stillframe::cpython::dialects
