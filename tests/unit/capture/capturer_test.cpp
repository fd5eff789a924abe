// The ways to a snapshot: untouched, stopped, running, and what leads from one to the next.
#include "capture/capturer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "capture/scripted_target.h"
#include "cpython/every_layout.h"
#include "session/session.h"
#include "whole_pages.h"

namespace stillframe::capture {
namespace {

using cpython::Address;
using model::Method;
using model::OsState;
using target::Tid;

constexpr Tid kMain = 4211;
constexpr Tid kWorker = 4212;
constexpr Tid kThird = 4213;

// A program of two threads: the main one has one call, the worker two.
class Capturing : public testing::EveryLayout {
 protected:
  void SetUp() override {
    python.link(interpreter, {worker, main});
    target.add(kMain, OsState::sleeping);
    target.add(kWorker, OsState::sleeping);
    session = session::Session::of(target, python.runtime(interpreter), {});
  }

  Snapshot take(const Options& options = {}) {
    auto taken = take_snapshot(*session, options);
    EXPECT_TRUE(taken) << taken.error().stopper;
    EXPECT_EQ(target.held, 0) << "a hold was not let go";
    EXPECT_EQ(target.released, static_cast<int>(target.stops.size()) - refused);
    return std::move(*taken);
  }

  static std::size_t frames(const Snapshot& snapshot) {
    std::size_t count = 0;
    for (const auto& thread : snapshot.process.interpreters.at(0).threads) {
      count += thread.chain.frames.size();
    }
    return count;
  }
  static bool is_whole(const Snapshot& snapshot) {
    return std::ranges::none_of(snapshot.process.interpreters.at(0).threads,
                                [](const auto& thread) { return thread.chain.broken.has_value(); });
  }

  // The worker's innermost frame leads nowhere, as in the middle of a call.
  void tear() { python.set_top(worker, 0x123450); }
  void mend() { python.set_top(worker, inner); }

  // One more thread of the system, and of Python.
  void begin_thread() {
    target.add(kThird, OsState::running);
    third = python.thread(interpreter, python.frame(code, 0), kThird - 1);
    python.link(interpreter, {third, worker, main});
  }

  static target::Syscall futex_wait() {
    return {.number = 202, .name = "futex", .arguments = {0x1000, 0x189, 0, 0, 0, 0}, .sp = 1, .pc = 2};
  }
  static target::Syscall epoll_wait() { return {.number = 232, .name = "epoll_wait", .sp = 1, .pc = 2}; }

  static Error no_permission() {
    return {.kind = ErrorKind::permission, .tried = "stop thread 4212", .stopper = "EPERM", .advice = "be root"};
  }

  Address code = python.code("work", "/srv/app.py", 3);
  Address interpreter = python.interpreter();
  Address inner = python.frame(code, python.frame(code, 0));
  Address worker = python.thread(interpreter, inner, kWorker - 1);
  Address main = python.thread(interpreter, python.frame(code, 0), kMain - 1);
  Address third = 0;
  testing::WholePages pages{python.memory};
  testing::ScriptedTarget target{pages};
  std::unique_ptr<session::Session> session;
  int refused = 0;
  int looks_in_stop = 0;
};
SF_EVERY_LAYOUT(Capturing);

TEST_P(Capturing, WhoSleepsIsNotStopped) {
  const Snapshot snapshot = take();
  EXPECT_EQ(snapshot.consistency.method, Method::untouched);
  EXPECT_TRUE(snapshot.consistency.consistent);
  EXPECT_EQ(frames(snapshot), 3);
  EXPECT_TRUE(target.stops.empty());
}

TEST_P(Capturing, WhoRunsIsStoppedAlone) {
  target.thread(kWorker).state = OsState::running;
  target.calls[kMain] = epoll_wait();
  const Snapshot snapshot = take();
  EXPECT_EQ(snapshot.consistency.method, Method::stopped);
  EXPECT_TRUE(snapshot.consistency.consistent);
  EXPECT_EQ(target.stops, (std::vector<std::vector<Tid>>{{kWorker}}));
  EXPECT_EQ(snapshot.consistency.threads_stopped, 1);
  EXPECT_EQ(frames(snapshot), 3);
}

// A futex wait goes on as if nothing had been; epoll_wait would come back with EINTR.
TEST_P(Capturing, WhoSleepsInAFutexIsStoppedWithThem) {
  target.thread(kWorker).state = OsState::running;
  target.calls[kMain] = futex_wait();
  take();
  EXPECT_EQ(target.stops, (std::vector<std::vector<Tid>>{{kWorker, kMain}}));
}

TEST_P(Capturing, WhoRanWhileMemoryWasReadIsStopped) {
  target.before_threads = [&](int look) {
    if (look == 2) {
      ++*target.thread(kWorker).run_count;  // and sleeps again
    }
  };
  const Snapshot snapshot = take();
  EXPECT_EQ(snapshot.consistency.method, Method::stopped);
  EXPECT_EQ(target.stops.size(), 1);
  EXPECT_EQ(target.stops.front().front(), kWorker);
}

TEST_P(Capturing, AThreadThatEndedWhileMemoryWasReadNeedsAStop) {
  target.before_threads = [&](int look) {
    if (look == 2) {
      target.now.pop_back();
      python.link(interpreter, {main});
    }
  };
  const Snapshot snapshot = take();
  EXPECT_EQ(snapshot.consistency.method, Method::stopped);
  EXPECT_EQ(frames(snapshot), 1);
}

TEST_P(Capturing, WhatIsTornInOneStopIsReadInAnother) {
  target.thread(kWorker).state = OsState::running;
  target.before_stop = [&](int stop) { stop == 1 ? tear() : mend(); };
  const Snapshot snapshot = take();
  EXPECT_EQ(target.stops.size(), 2);
  EXPECT_TRUE(is_whole(snapshot));
  EXPECT_EQ(frames(snapshot), 3);
  EXPECT_EQ(snapshot.consistency.pause_us, 200);
}

TEST_P(Capturing, WhatStaysTornIsShownAndMarked) {
  target.thread(kWorker).state = OsState::running;
  target.before_stop = [&](int) { tear(); };
  const Snapshot snapshot = take();
  EXPECT_EQ(target.stops.size(), 2);
  EXPECT_FALSE(is_whole(snapshot));
  EXPECT_EQ(frames(snapshot), 1);
}

TEST_P(Capturing, AThreadThatAppearsInTheStopIsInTheNextOne) {
  target.thread(kWorker).state = OsState::running;
  target.calls[kMain] = epoll_wait();
  bool began = false;
  target.before_threads = [&](int) {
    if (target.held > 0 && !began && ++looks_in_stop == 2) {
      began = true;
      begin_thread();
    }
  };
  const Snapshot snapshot = take();
  ASSERT_EQ(target.stops.size(), 2);
  EXPECT_EQ(target.stops.back(), (std::vector<Tid>{kMain, kWorker, kThird})) << "the next stop is of all";
  EXPECT_TRUE(snapshot.consistency.consistent);
  EXPECT_EQ(frames(snapshot), 4);
}

// What slept and was left alone wakes up in the stop.
TEST_P(Capturing, AMoverBetweenTheLooksOfAStopIsStoppedNext) {
  target.thread(kWorker).state = OsState::running;
  target.calls[kMain] = epoll_wait();
  target.before_threads = [&](int) {
    if (target.held > 0 && target.stops.size() == 1 && ++looks_in_stop == 2) {
      ++*target.thread(kMain).run_count;
    }
  };
  const Snapshot snapshot = take();
  ASSERT_EQ(target.stops.size(), 2);
  EXPECT_EQ(target.stops.back(), (std::vector<Tid>{kMain, kWorker}));
  EXPECT_TRUE(snapshot.consistency.consistent);
}

TEST_P(Capturing, AfterFourStopsInVainItReadsWhileTheProgramRuns) {
  target.thread(kWorker).state = OsState::running;
  target.stubborn = {kWorker};
  target.before_threads = [&](int) { ++*target.thread(kWorker).run_count; };
  const Snapshot snapshot = take();
  EXPECT_EQ(target.stops.size(), 4);
  EXPECT_EQ(snapshot.consistency.method, Method::running);
  EXPECT_FALSE(snapshot.consistency.consistent);
  EXPECT_TRUE(snapshot.partial);
  ASSERT_FALSE(snapshot.warnings.empty());
  EXPECT_TRUE(snapshot.warnings.front().contains("could not be stopped")) << snapshot.warnings.front();
  EXPECT_EQ(frames(snapshot), 3);
}

TEST_P(Capturing, AStopThatFailsIsTold) {
  target.thread(kWorker).state = OsState::running;
  target.refuse = [](int) { return no_permission(); };
  refused = 1;
  const Snapshot snapshot = take();
  EXPECT_EQ(target.stops.size(), 1) << "it is not tried again";
  EXPECT_EQ(snapshot.consistency.method, Method::running);
  EXPECT_TRUE(snapshot.partial);
  EXPECT_TRUE(snapshot.warnings.front().contains("EPERM")) << snapshot.warnings.front();
}

TEST_P(Capturing, AProcessThatEndsIsAnError) {
  target.before_threads = [&](int look) {
    if (look == 2) {
      target.now.clear();
    }
  };
  const auto taken = take_snapshot(*session, {});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, ErrorKind::gone);
  EXPECT_EQ(target.held, 0);
}

TEST_P(Capturing, AProcessThatEndsInTheStopIsLetGo) {
  target.thread(kWorker).state = OsState::running;
  target.before_threads = [&](int) {
    if (target.held > 0) {
      target.now.clear();
    }
  };
  static_cast<void>(take_snapshot(*session, {}));
  EXPECT_EQ(target.held, 0);
  EXPECT_EQ(target.released, static_cast<int>(target.stops.size()));
}

TEST_P(Capturing, WithoutAStopNothingIsStopped) {
  target.thread(kWorker).state = OsState::running;
  const Snapshot snapshot = take({.no_block = true});
  EXPECT_TRUE(target.stops.empty());
  EXPECT_EQ(snapshot.consistency.method, Method::running);
  EXPECT_FALSE(snapshot.consistency.consistent);
  EXPECT_EQ(frames(snapshot), 3);
}

TEST_P(Capturing, WithoutAStopTheReadingThatContradictsItselfLeastIsKept) {
  target.thread(kWorker).state = OsState::running;
  tear();
  target.before_threads = [&](int look) {
    if (look == 3) {
      mend();
    }
  };
  const Snapshot snapshot = take({.no_block = true});
  EXPECT_TRUE(is_whole(snapshot));
  EXPECT_EQ(frames(snapshot), 3);
}

// Of one session each look shows what is there now.
TEST_P(Capturing, AnotherLookShowsWhatHasChanged) {
  EXPECT_EQ(frames(take()), 3);
  begin_thread();
  target.thread(kThird).state = OsState::sleeping;
  EXPECT_EQ(frames(take()), 4);
  const Address other = python.code("rest", "/srv/app.py", 30);
  python.set_top(third, python.frame(other, 0));
  const Snapshot snapshot = take();
  const auto& threads = snapshot.process.interpreters.at(0).threads;
  EXPECT_EQ(threads.back().chain.frames.front().code->name, "rest");
}

// Memory of a code object that is gone is used for the next one.
TEST_P(Capturing, AnAddressThatIsUsedAgainIsAnotherCodeObject) {
  const Snapshot before = take();
  const cpython::Code* old = before.process.interpreters.at(0).threads.back().chain.frames.front().code;
  EXPECT_EQ(old->name, "work");
  EXPECT_EQ(old->generation, 0);
  python.set(code, layout.code.name, python.text("play"));
  python.set(code, layout.code.firstlineno, std::int32_t{70});
  const Snapshot after = take();
  const cpython::Code* now = after.process.interpreters.at(0).threads.back().chain.frames.front().code;
  EXPECT_EQ(now->name, "play");
  EXPECT_EQ(now->first_line, 70);
  EXPECT_EQ(now->generation, 1);
  EXPECT_EQ(old->name, "work") << "what an earlier look has shown stays what it was";
}

}  // namespace
}  // namespace stillframe::capture
