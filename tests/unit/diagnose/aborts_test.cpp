#include <gtest/gtest.h>

#include "diagnose/deaths.h"
#include "diagnose/list.h"

namespace stillframe::diagnose {
namespace {

// Process 100 has called abort() in a library, from /srv/app.py:12 in work.
model::Still aborted(std::vector<model::Frame> natives = {native_frame("give_up", "/lib/libx.so", 0x6000)}) {
  model::Still still = died_of(SIGABRT, "SIGABRT", "SI_TKILL");
  still.crash->sender_pid = 100;
  still.crash->frames = {python_frame("/srv/app.py", 12, "work")};
  for (model::Frame& frame : natives) {
    still.crash->frames.push_back(frame);
  }
  still.crash->frames.push_back(native_frame("__GI_abort", "/lib/libc.so.6", 0x4100));
  still.crash->frames.push_back(native_frame("__pthread_kill_implementation", "/lib/libc.so.6", 0x4000));
  return still;
}

TEST(Aborts, WhoCalledIt) {
  const model::Finding finding = only(find_aborts, aborted());
  EXPECT_EQ(finding.id, "abort");
  EXPECT_EQ(finding.severity, model::Severity::certain);
  EXPECT_EQ(finding.title,
            "Thread 101 \"Worker\" called abort(), in give_up in libx.so, called from /srv/app.py:12 in work");
}

TEST(Aborts, NotWhereAnotherSentIt) {
  model::Still still = aborted();
  still.crash->sender_pid = 77;
  EXPECT_TRUE(found_by(find_aborts, still).empty());
  EXPECT_TRUE(found_by(find_aborts, model::Still{}).empty());
}

TEST(Aborts, WhatTheLibrarySaid) {
  model::Still still = aborted();
  const auto id_of = [&](std::string_view message) {
    still.crash->abort_message = message;
    const model::Finding finding = only(find_aborts, still);
    EXPECT_NE(finding.title.find(message), std::string::npos);
    return finding.id;
  };
  EXPECT_EQ(id_of("app: queue.c:12: push: Assertion `size > 0' failed."), "assertion");
  EXPECT_EQ(id_of("free(): double free detected in tcache 2"), "heap-corruption");
  EXPECT_EQ(id_of("malloc(): corrupted top size"), "heap-corruption");
  EXPECT_EQ(id_of("double free or corruption (!prev)"), "heap-corruption");
  EXPECT_EQ(id_of("*** stack smashing detected ***: terminated"), "stack-smashing");
  EXPECT_EQ(id_of("*** buffer overflow detected ***: terminated"), "buffer-overflow");
  EXPECT_EQ(id_of("The futex facility returned an unexpected error code."), "abort");
}

TEST(Aborts, CppException) {
  model::Still still = aborted({native_frame("parse(int)", "/lib/libx.so", 0x6000),
                                native_frame("__cxa_throw", "/lib/libstdc++.so.6", 0x6100),
                                native_frame("std::terminate()", "/lib/libstdc++.so.6", 0x6200)});
  still.crash->cpp_exception = model::CppException{.type = "std::out_of_range", .what = "at 7"};
  const model::Finding finding = only(find_aborts, still);
  EXPECT_EQ(finding.id, "cpp-terminate");
  EXPECT_EQ(
      finding.title,
      "Thread 101 \"Worker\" died of a C++ exception that nobody caught: std::out_of_range(\"at 7\"), in parse(int) in "
      "libx.so, called from /srv/app.py:12 in work");
  still.crash->cpp_exception.reset();
  EXPECT_NE(only(find_aborts, still).title.find("no C++ exception is known"), std::string::npos);
}

TEST(Aborts, AnExceptionWithoutAThrowOnTheStackIsLikely) {
  model::Still still = aborted({native_frame("std::terminate()", "/lib/libstdc++.so.6", 0x6200)});
  still.crash->cpp_exception = model::CppException{.type = "int"};
  const model::Finding finding = only(find_aborts, still);
  EXPECT_EQ(finding.id, "cpp-terminate");
  EXPECT_EQ(finding.severity, model::Severity::likely);
  EXPECT_FALSE(finding.detail.empty());
}

TEST(Aborts, AnExceptionThatWasCaughtBeforeIsNoReason) {
  model::Still still = aborted();
  still.crash->cpp_exception = model::CppException{.type = "std::out_of_range"};
  EXPECT_EQ(only(find_aborts, still).id, "abort");
}

TEST(Aborts, Panic) {
  const model::Finding finding =
      only(find_aborts, aborted({native_frame("my_crate::parse", "/lib/librs.so", 0x6000),
                                 native_frame("core::panicking::panic_fmt", "/lib/librs.so", 0x6100),
                                 native_frame("std::panicking::rust_panic_with_hook", "/lib/librs.so", 0x6200)}));
  EXPECT_EQ(finding.id, "rust-panic");
  EXPECT_NE(finding.title.find("in my_crate::parse in librs.so"), std::string::npos) << finding.title;
}

TEST(Aborts, FatalError) {
  model::Still still = aborted({native_frame("PyThreadState_Get", "/lib/libpython3.12.so", 0x6000),
                                native_frame("_Py_FatalErrorFunc", "/lib/libpython3.12.so", 0x6100),
                                native_frame("fatal_error", "/lib/libpython3.12.so", 0x6200)});
  const model::Finding finding = only(find_aborts, still);
  EXPECT_EQ(finding.id, "fatal-error");
  EXPECT_EQ(
      finding.title,
      "Thread 101 \"Worker\" died of a fatal error of Python, in PyThreadState_Get in libpython3.12.so, called from "
      "/srv/app.py:12 in work");
  still.crash->fatal_function = "PyThreadState_Get";
  still.crash->fatal_message = "the GIL is released";
  EXPECT_NE(only(find_aborts, still).title.find("Python: PyThreadState_Get: the GIL is released, in"),
            std::string::npos);
}

}  // namespace
}  // namespace stillframe::diagnose
