#include "native/trampoline_frames.h"

#include <gtest/gtest.h>

namespace stillframe::native {
namespace {

TEST(Plumbing, IsHowTheInterpreterPassesCallsOn) {
  for (const char* name : {"_PyEval_EvalFrameDefault",
                           "_PyEval_EvalFrameDefault.cold",
                           "PyEval_EvalCode",
                           "PyEval_EvalFrameEx",
                           "_TAIL_CALL_CALL_PY_EXACT_ARGS.llvm.123",
                           "_PyFunction_Vectorcall",
                           "function_code_fastcall",
                           "_PyObject_MakeTpCall",
                           "PyObject_Call",
                           "_PyObject_Vectorcall",
                           "PyVectorcall_Call",
                           "object_vacall",
                           "method_vectorcall",
                           "cfunction_vectorcall_FASTCALL",
                           "cfunction_call",
                           "slot_tp_call",
                           "call_function.constprop.0",
                           "do_call_core",
                           "fast_function",
                           "type_call",
                           "gen_send_ex",
                           "run_mod",
                           "pymain_run_python",
                           "pymain_run_python.constprop.0",
                           "Py_RunMain",
                           "Py_BytesMain",
                           "main",
                           "_start",
                           "thread_run",
                           "t_bootstrap",
                           "pythread_wrapper"}) {
    EXPECT_TRUE(is_plumbing(name)) << name;
  }
}

TEST(Plumbing, IsNotWhatDoesSomethingOfItsOwn) {
  for (const char* name : {"list_sort",
                           "list_sort_impl",
                           "time_sleep",
                           "pysleep",
                           "lock_PyThread_acquire_lock",
                           "acquire_timed",
                           "PyThread_acquire_lock_timed",
                           "take_gil",
                           "gc_collect_main",
                           "dict_subscript",
                           "long_pow",
                           "PyNumber_Add",
                           "mainloop",
                           "main_loop",
                           "_start_thread",
                           "builtin_sorted",
                           "os_read",
                           "sre_search",
                           "unicode_join",
                           "",
                           ".cold",
                           "@plt"}) {
    EXPECT_FALSE(is_plumbing(name)) << name;
  }
}

TEST(Plumbing, StartsProgramsAndThreads) {
  for (const char* name : {"_start", "__libc_start_main", "__libc_start_main@@GLIBC_2.34", "__libc_start_call_main",
                           "__libc_start_main_impl", "start_thread", "clone", "clone3", "__clone3", "__clone", "start",
                           "libc_start_main_stage2"}) {
    EXPECT_TRUE(starts_programs(name)) << name;
  }
  for (const char* name : {"main", "starter", "clone_list", "read", "", "pthread_create"}) {
    EXPECT_FALSE(starts_programs(name)) << name;
  }
}

}  // namespace
}  // namespace stillframe::native
