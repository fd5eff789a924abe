#include "render/text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "render/golden.h"
#include "render/stills.h"
#include "text/display_width.h"

namespace stillframe::render {
namespace {

using model::Still;
using testing::expect_screen;
using testing::frame;
using testing::live_still;

std::vector<model::Frame> order_stack() {
  return {frame("/srv/app.py", 40, "<module>", "main()", "main()"),
          frame("/srv/app.py", 31, "main", "    total = order.total(customer) + shipping(order)  # why",
                "order.total(customer) + shipping(order)"),
          frame("/srv/shop/order.py", 12, "total", "        return sum(self.price(x) for x in self.items[\"a\"])",
                "self.items[\"a\"]"),
          frame("/srv/shop/größe.py", 7, "größe", "\treturn {'名前': 値(鍵)}['名前']", "値(鍵)"),
          frame("<frozen runpy>", 88, "_run_code")};
}

Still busy_still() {
  Still still = live_still();
  still.consistency = {.method = model::Method::stopped, .pause_us = 412, .threads_stopped = 3};
  still.interpreters[0].gil = model::Gil{.held = true, .holder_tid = 4211, .drop_requested = true};
  auto stack = order_stack();
  stack[2].qualified_name = "Order.total";
  still.threads.push_back({.tid = 4211,
                           .name = "MainThread",
                           .os_name = "python",
                           .interpreter = 0,
                           .os_state = model::OsState::running,
                           .holds_gil = true,
                           .waits_for_gil = false,
                           .frames = stack});
  still.threads.push_back({.tid = 4212,
                           .name = "sender",
                           .os_name = "sender",
                           .interpreter = 0,
                           .os_state = model::OsState::sleeping,
                           .holds_gil = false,
                           .waits_for_gil = true,
                           .frames = {stack[1]}});
  still.threads.push_back({.tid = 4213,
                           .name = "cut",
                           .interpreter = 0,
                           .os_state = model::OsState::uninterruptible,
                           .holds_gil = false,
                           .waits_for_gil = false,
                           .frames = {stack[3]},
                           .complete = false,
                           .incomplete_reason = "the frame at 0x7f0000001000 points into memory that is not mapped"});
  still.threads.push_back({.os_state = model::OsState::unknown, .holds_gil = false});
  still.warnings = {
      "thread 4213: outer frames are missing: the frame at 0x7f0000001000 points into memory that is not mapped",
      "/srv/app.py changed after the program started: the lines shown of it may not be those that run."};
  still.partial = true;
  return still;
}

TEST(Text, AFunctionThatTheCoreHasLostIsToldByItsCodeObject) {
  Still still = live_still();
  still.threads.push_back({.tid = 1, .frames = {model::Frame{.lost_code = 0x7f00'1234'5678}}});
  EXPECT_NE(to_text(still, {}).find("  File \"?\", line ?, in <code object at 0x7f0012345678 is not in the core>\n"),
            std::string::npos);
}

TEST(TextScreen, BusyProcess) {
  const Still still = busy_still();
  expect_screen("busy", to_text(still, {}));
  expect_screen("busy_80", to_text(still, {.width = 80}));
  expect_screen("busy_color", to_text(still, {.color = true}));
  expect_screen("busy_color_60", to_text(still, {.color = true, .width = 60}));
}

model::Frame native(std::string_view function, std::string_view library) {
  return {.kind = model::FrameKind::native, .function = function, .library = library, .address = 0x7f0000001000};
}

Still native_still() {
  Still still = live_still();
  const auto stack = order_stack();
  auto loop = native("_PyEval_EvalFrameDefault", "/usr/lib/libpython3.12.so.1.0");
  loop.plumbing = true;
  auto sort = native("list_sort_impl", "/usr/lib/libpython3.12.so.1.0");
  sort.file = "Objects/listobject.c";
  sort.line = 2318;
  auto inlined =
      native("quote::solve(std::vector<quote::Order, std::allocator<quote::Order> > const&)", "/srv/engine/_engine.so");
  inlined.file = "/build/engine/src/quote.cpp";
  inlined.line = 88;
  inlined.inlined = true;
  inlined.macro = "CHECK_LOCKED";
  auto guessed = native("dgemm_kernel", "/usr/lib/libopenblas.so.0");
  guessed.guessed = true;
  auto nameless = native("", "/opt/vendor/libvendor.so");
  nameless.library_offset = 0x1f3a0;
  still.threads.push_back({.tid = 4211,
                           .name = "MainThread",
                           .os_state = model::OsState::sleeping,
                           .frames = {loop,
                                      stack[0],
                                      sort,
                                      loop,
                                      stack[1],
                                      inlined,
                                      guessed,
                                      nameless,
                                      {.kind = model::FrameKind::native, .address = 0x7f0000001000}}});
  still.threads.push_back({.tid = 4212,
                           .name = "worker",
                           .os_state = model::OsState::sleeping,
                           .frames = {stack[0], loop},
                           .native_end = "the stack at 0x7f0000001000 cannot be read",
                           .merge_conflict = "1 of 1 evaluation loops were not found on the native stack"});
  still.threads.push_back({.tid = 4213, .os_name = "blas", .python = false, .frames = {guessed}});
  return still;
}

TEST(TextScreen, NativeFrames) {
  const Still still = native_still();
  expect_screen("native", to_text(still, {}));
  expect_screen("native_80", to_text(still, {.width = 80}));
  expect_screen("native_no_hide", to_text(still, {.hide_plumbing = false}));
}

TEST(TextScreen, Greenlets) {
  Still still = live_still();
  const auto stack = order_stack();
  still.threads.push_back(
      {.tid = 4211, .name = "MainThread", .os_state = model::OsState::sleeping, .frames = {stack[0]}});
  for (std::uint64_t i = 0; i < 20; ++i) {
    still.threads[0].greenlets.push_back(
        {.address = 0x7f0000001000 + i * 0x100, .type = "gevent.Greenlet", .frames = stack});
  }
  still.threads[0].greenlets.push_back({.address = 0x7f0000009000,
                                        .main = true,
                                        .frames = {stack[0]},
                                        .complete = false,
                                        .incomplete_reason = "memory at 0x10 cannot be read"});
  still.threads[0].greenlets.push_back({.address = 0x7f000000a000, .type = "gevent.Hub"});
  // A thread with greenlets stands alone, however alike another one is.
  still.threads.push_back(still.threads[0]);
  still.threads[1].tid = 4212;
  still.threads[1].greenlets.resize(2);
  expect_screen("greenlets", to_text(still, {}));
  expect_screen("greenlets_no_fold_60", to_text(still, {.fold = false, .width = 60}));
}

TEST(TextScreen, CoreOfACrash) {
  Still still = live_still();
  still.source.kind = model::SourceKind::core;
  still.source.core = "/var/crash/core.4211";
  still.consistency = {.method = model::Method::core};
  still.crash =
      model::Crash{.signal = 11, .signal_name = "SIGSEGV", .code = "SEGV_MAPERR", .fault_address = 0, .tid = 4212};
  still.threads.push_back(
      {.tid = 4211, .name = "MainThread", .interpreter = 0, .os_state = model::OsState::dead, .frames = order_stack()});
  still.threads.push_back(
      {.tid = 4212, .name = "worker", .interpreter = 0, .os_state = model::OsState::dead, .frames = order_stack()});
  expect_screen("crash", to_text(still, {}));
}

TEST(TextScreen, KilledByAnotherProcess) {
  Still still = live_still();
  still.source = {.kind = model::SourceKind::core, .pid = 7, .core = "core", .executable = "/opt/app"};
  still.consistency = {.method = model::Method::core};
  still.python.reset();
  still.crash =
      model::Crash{.signal = 6, .signal_name = "SIGABRT", .code = "SI_USER", .sender_pid = 99, .sender_uid = 1000};
  expect_screen("killed", to_text(still, {}));
}

TEST(TextScreen, SeveralInterpretersAndBuilds) {
  Still still = live_still();
  still.python = model::Python{.version = "3.14.0",
                               .build = "(main, Oct  7 2025) [GCC 14.2.0]",
                               .debug_build = true,
                               .free_threaded = true,
                               .state = model::PythonState::finalizing};
  still.consistency = {.method = model::Method::running, .consistent = false};
  still.interpreters = {{.id = 0}, {.id = 3, .gc_collecting = true}};
  still.threads.push_back({.tid = 4211,
                           .name = "MainThread",
                           .interpreter = 0,
                           .os_state = model::OsState::stopped,
                           .frames = {frame("a.py", 1, "f")}});
  still.threads.push_back({.tid = 4212,
                           .interpreter = 3,
                           .os_state = model::OsState::sleeping,
                           .gc_collecting = true,
                           .waiting_on = model::WaitingOn{.syscall = "futex", .text = "waits on futex 0x1000"},
                           .frames = {frame("a.py", 1, "f")}});
  still.findings.push_back({.id = "lock-cycle",
                            .severity = model::Severity::certain,
                            .title = "Two threads wait for each other",
                            .evidence = {"4211 waits for 4212.", "4212 waits for 4211."},
                            .advice = {"Take the two locks in the same order everywhere."},
                            .tids = {4211, 4212}});
  expect_screen("interpreters", to_text(still, {}));
}

TEST(TextScreen, SaysWhatAThreadWaitsFor) {
  Still still = live_still();
  const auto add = [&](std::int64_t tid, std::string text, bool for_gil = false) {
    still.threads.push_back({.tid = tid,
                             .os_state = model::OsState::sleeping,
                             .waits_for_gil = for_gil,
                             .waiting_on = model::WaitingOn{.syscall = "x", .text = std::move(text)},
                             .frames = {frame("a.py", static_cast<std::int32_t>(tid), "f")}});
  };
  add(1, "sleeps, 12 s left");
  add(2, "sleeps for 1000 s");
  add(3, "reads from pipe 7 (written by 4213 worker.py)");
  add(4, "waits on futex 0x1000, 5 ms left", true);
  const std::string text = to_text(still, {});
  EXPECT_NE(text.find("Thread 1: sleeping, 12 s left\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Thread 2: sleeping for 1000 s\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Thread 3: sleeping, reads from pipe 7 (written by 4213 worker.py)\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("Thread 4: waits for the GIL, sleeping\n"), std::string::npos) << text;
}

TEST(TextScreen, ThreadsWithTheSameStackThatWaitForOtherFilesAreTold) {
  Still still = live_still();
  for (const std::int64_t fd : {7, 7, 8}) {
    model::WaitingOn waiting{.text = fmt::format("reads from fd {}", fd), .files = {{.fd = fd}}};
    still.threads.push_back(
        {.tid = 1, .os_state = model::OsState::sleeping, .waiting_on = waiting, .frames = {frame("a.py", 1, "f")}});
  }
  still.threads[1].tid = 2;
  still.threads[2].tid = 3;
  const std::string text = to_text(still, {});
  EXPECT_NE(text.find("Thread 1: sleeping, reads from fd 7\n"), std::string::npos) << text;
  EXPECT_NE(text.find("and 2 more threads with the same stack: 2, 3 (reads from fd 8)\n"), std::string::npos) << text;
}

TEST(TextScreen, HostileStringsNeverReachTheTerminal) {
  const std::string evil =
      "\x1b[2J\x1b]0;owned\a\r\n\xe2\x80\xae\xff\x9b"
      "31m\xc2\x9b";
  Still still = live_still();
  still.source.command_line = {evil, evil};
  still.python = model::Python{.version = evil, .build = evil};
  still.crash = model::Crash{.signal_name = evil, .code = evil};
  still.threads.push_back({.tid = 1,
                           .name = evil,
                           .os_name = "x" + evil,
                           .waiting_on = model::WaitingOn{.text = evil},
                           .frames = {frame(evil, 1, evil, evil, evil), frame(evil, -5, evil)},
                           .complete = false,
                           .incomplete_reason = evil});
  still.threads.push_back({.tid = 2,
                           .name = evil,
                           .waiting_on = model::WaitingOn{.text = evil},
                           .frames = {frame(evil, 1, evil, evil, evil), frame(evil, -5, evil)},
                           .complete = false,
                           .incomplete_reason = evil});
  still.warnings = {evil};
  still.findings = {{.id = evil, .title = evil, .detail = evil, .evidence = {evil}, .advice = {evil}}};
  for (const int width : {0, 1, 5, 20, 80}) {
    const std::string text = to_text(still, {.width = width});
    for (const char raw : text) {
      const auto letter = static_cast<unsigned char>(raw);
      EXPECT_TRUE(letter == '\n' || (letter >= 0x20 && letter != 0x7f));
    }
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
    EXPECT_EQ(text.find('\xff'), std::string::npos);
  }
}

TEST(TextScreen, NoLineIsWiderThanTheTerminal) {
  Still still = busy_still();
  const std::string path = "/a/very/long/path/" + std::string(200, 'x') + "/module.py";
  const std::string source = "    x = " + std::string(300, 'y') + "(1) + f(2)";
  still.threads[0].frames.push_back(frame(path, 123456, "function_with_a_name", source, "f(2)"));
  for (int width = 40; width < 200; ++width) {
    const std::string text = to_text(still, {.width = width});
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin)) {
      EXPECT_LE(text::display_width(std::string_view(text).substr(begin, end - begin)), width)
          << text.substr(begin, end - begin);
    }
  }
}

TEST(TextScreen, ALongLineIsShownWhereItRuns) {
  Still still = live_still();
  const std::string path = "/srv/" + std::string(100, 'd') + "/app.py";
  const std::string source = "    x = " + std::string(300, 'y') + "(1) + f(2) + " + std::string(100, 'z');
  still.threads.push_back({.tid = 1, .frames = {frame(path, 3, "work", source, "f(2)")}});
  expect_screen("long_line_80", to_text(still, {.width = 80}));
}

TEST(TextScreen, HowItDiedIsNeverCut) {
  Still still = live_still();
  still.crash = model::Crash{.signal = 11, .signal_name = "SIGSEGV", .code = "SI_USER", .tid = 4213, .sender_pid = 99};
  EXPECT_NE(to_text(still, {.width = 40}).find("Died of SIGSEGV (SI_USER) in thread\n  4213, sent by process 99\n"),
            std::string::npos);
}

TEST(TextScreen, FreeThreadedIsSaidOnce) {
  Still still = live_still();
  still.python = model::Python{.version = "3.14.0", .free_threaded = true};
  EXPECT_NE(to_text(still, {}).find("Python 3.14.0, free-threaded |"), std::string::npos);
  still.python->build = "free-threading build (main, Oct  7 2025)";
  EXPECT_NE(to_text(still, {}).find("Python 3.14.0 free-threading build (main, Oct  7 2025) |"), std::string::npos);
}

TEST(TextScreen, AnEmptyStill) {
  EXPECT_NE(to_text(Still{}, {}).find("no Python"), std::string::npos);
  EXPECT_FALSE(to_text(Still{}, {.color = true, .width = 10}).empty());
}

}  // namespace
}  // namespace stillframe::render
