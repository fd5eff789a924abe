#pragma once

#include "cpython/dialects/versions/cpython_3_10.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_11 = [] {
  Dialect d = cpython_3_10;
  d.frames.interpreter_frames = true;  // Include/internal/pycore_frame.h
  d.frames.stack_top = StackTop::index;
  d.code.line_table = LineTable::location_table;  // PEP 657
  d.code.exception_table = true;                  // Objects/exception_handling_notes.txt
  d.code.names_before_exception_table = true;     // _PyCode_DEF in Include/cpython/code.h: names, exceptiontable, flags
  d.code.stacksize_behind_keyword_only = true;    // likewise: kwonlyargcount, stacksize
  d.code.with_except_start = 49;                  // Lib/opcode.py
  d.generators.state_home = GeneratorStateHome::generator;  // _PyGenObject_HEAD in Include/cpython/genobject.h
  d.generators.delegation = Delegation::resume_argument;    // _PyGen_yf() in Objects/genobject.c
  d.generators.word_of_qualified_name = 3;                  // code, weakreflist, name, qualname
  d.exceptions.handled_exception = 0;                       // Include/cpython/pystate.h: exc_value, previous_item
  d.exceptions.handled_previous = 1;
  d.exceptions.word_of_traceback = 3;  // Include/cpython/pyerrors.h: dict, args, notes, traceback

  // Include/internal/pycore_object.h, _PyObject_DictPointer(); _PyDictValues_AddToInsertionOrder() in pycore_dict.h.
  d.dicts.managed = ManagedAttributesFormat::dict_and_values;
  d.dicts.values_keep_order = true;
  d.dicts.one_round_hash = true;           // Python/pyhash.c
  d.library.generic_alias_starred = true;  // Objects/genericaliasobject.c
  // Modules/_asynciomodule.c: cancelled_exc (one word).
  d.tasks.future.waits_for = 14;
  d.tasks.future.coroutine = 15;
  d.tasks.future.name = 16;
  d.tasks.future.must_cancel = 18;

  d.reprs.namespace_modules_tell_path = true;  // Lib/importlib/_bootstrap_external.py
  d.reprs.enum_combinations_by_names = false;  // Lib/enum.py
  d.reprs.global_enums = true;
  d.reprs.flags_named = true;
  d.reprs.regex_flags_by_names = false;   // Lib/re/__init__.py
  d.reprs.socket_enums_by_names = false;  // str() of an IntEnum is its number
  return d;
}();

}  // namespace stillframe::cpython::dialects
