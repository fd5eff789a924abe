#include "native/trampoline_frames.h"

#include <algorithm>
#include <array>

namespace stillframe::native {
namespace {

// Beginnings of names; gathered from the stacks that the programs of tests/programs have under CPython 2.7 to 3.15
// (Python/ceval.c, Objects/call.c, Objects/methodobject.c, Objects/descrobject.c, Objects/classobject.c,
// Objects/genobject.c, Objects/typeobject.c, Python/pythonrun.c, Modules/main.c, Modules/_threadmodule.c).
constexpr auto kBeginnings = std::to_array<std::string_view>({
    "PyEval_",
    "_PyEval_",
    "_TAIL_CALL_",
    "PyObject_Call",
    "_PyObject_Call",
    "_PyObject_Fast",
    "_PyObject_MakeTpCall",
    "_PyObject_Vectorcall",
    "PyObject_Vectorcall",
    "_PyObject_VectorcallTstate",
    "_PyVectorcall_",
    "PyVectorcall_",
    "_PyFunction_",
    "function_call",
    "function_code_fastcall",
    "fast_function",
    "call_function",
    "do_call",
    "ext_do_call",
    "callmethod",
    "object_vacall",
    "method_vectorcall",
    "method_call",
    "instancemethod_call",
    "instance_call",
    "vectorcall_",
    "cfunction_",
    "_PyCFunction_",
    "PyCFunction_Call",
    "_PyMethodDef_Raw",
    "_PyMethodDescr_",
    "_PyMethod_",
    "methoddescr_call",
    "classmethoddescr_call",
    "wrapperdescr_",
    "wrapper_call",
    "slot_tp_",
    "slot_nb_",
    "slot_sq_",
    "slot_mp_",
    "slot_am_",
    "call_method",
    "call_unbound",
    "call_attribute",
    "lookup_maybe_method",
    "gen_send_ex",
    "gen_iternext",
    "_gen_throw",
    "run_mod",
    "run_eval_code_obj",
    "run_file",
    "run_code_obj",
    "pyrun_",
    "PyRun_",
    "_PyRun_",
    "pymain_",
    "Py_RunMain",
    "Py_BytesMain",
    "Py_Main",
    "_Py_UnixMain",
    "RunMainFromImporter",
    "thread_run",
    "t_bootstrap",
    "pythread_wrapper",
    "thread_bootstrap",
    "context_run",
    "trampoline_call",
    "call_trampoline",
    "PyIter_Next",
    "iternext",
});

constexpr auto kNames = std::to_array<std::string_view>({"main", "_start", "type_call", "builtin_exec", "_jit_entry"});

constexpr auto kStarts =
    std::to_array<std::string_view>({"_start", "__libc_start_main", "__libc_start_call_main", "__libc_start_main_impl",
                                     "generic_start_main", "start_thread", "start", "clone", "clone3", "__clone",
                                     "__clone3", "thread_start", "_start_c", "libc_start_main_stage2"});

std::string_view without_suffix(std::string_view name) {
  return name.substr(0, name.find_first_of(".@"));
}

}  // namespace

bool is_plumbing(std::string_view function) {
  const std::string_view name = without_suffix(function);
  return std::ranges::any_of(kBeginnings, [name](std::string_view one) { return name.starts_with(one); }) ||
         std::ranges::find(kNames, name) != kNames.end();
}

bool starts_programs(std::string_view function) {
  return std::ranges::find(kStarts, without_suffix(function)) != kStarts.end();
}

}  // namespace stillframe::native
