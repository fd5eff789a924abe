#include "target/ptrace_hold.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "child_process.h"
#include "target/proc_files.h"
#include "target/thread_watch.h"

namespace stillframe::target {
namespace {

using testing::ChildProcess;
using testing::sleep_for_good;

// Counters that parent and child share.
class Shared {
 public:
  Shared() {
    void* place = mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    counters_ = new (place) Counters;
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  Shared(Shared&&) = delete;
  Shared& operator=(Shared&&) = delete;
  ~Shared() { munmap(counters_, sizeof(Counters)); }

  std::atomic<std::uint64_t>& ticks() { return counters_->ticks; }
  std::atomic<std::uint64_t>& signals() { return counters_->signals; }

 private:
  struct Counters {
    std::atomic<std::uint64_t> ticks = 0;
    std::atomic<std::uint64_t> signals = 0;
  };
  Counters* counters_;
};

std::string state_of(pid_t pid) {
  const auto stat = parse_stat(read_proc_file("/proc/" + std::to_string(pid) + "/stat").value_or(""));
  return stat ? std::string(1, stat->state) : "";
}

std::int64_t tracer_of(pid_t pid) {
  return status_number(read_proc_file("/proc/" + std::to_string(pid) + "/status").value_or(""), "TracerPid")
      .value_or(-1);
}

void spin(Shared& shared, const std::function<void()>& ready) {
  ready();
  while (true) {
    ++shared.ticks();
  }
}

// Waits for what must come; the test's own time limit ends a wait in vain.
template <typename Condition>
void await(Condition condition) {
  while (!condition()) {
    std::this_thread::yield();
  }
}

bool is_running(std::int64_t pid, Tid tid) {
  const auto text = read_proc_file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid) + "/stat");
  const auto stat = text ? parse_stat(*text) : std::nullopt;
  return stat && stat->state == 'R';
}

TEST(PtraceHold, StopsEveryThreadAndLetsGo) {
  Shared shared;
  const ChildProcess child([&](const auto& ready) {
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { spin(shared, [] {}); });
    }
    ready();
    spin(shared, [] {});
  });
  ASSERT_TRUE(child.ready());
  await([&] { return shared.ticks() > 0; });
  const auto tids = list_threads(child.pid());
  ASSERT_EQ(tids.size(), 9U);
  // A thread that is just beginning waits for memory now and then, in state D, and such a thread is not seized. A
  // hundred thousand turns of each later all of them have begun.
  await([&] { return shared.ticks() > 9 * 100'000; });
  await([&] { return std::ranges::all_of(tids, [&](Tid tid) { return is_running(child.pid(), tid); }); });
  auto hold = PtraceHold::stop(child.pid(), tids);
  ASSERT_TRUE(hold) << hold.error().stopper;
  EXPECT_EQ((*hold)->held().size(), 9U);
  const auto frozen = shared.ticks().load();
  for (const Tid tid : (*hold)->held()) {
    const auto registers = (*hold)->registers(tid);
    ASSERT_TRUE(registers);
    EXPECT_NE(registers->pc, 0U);
    EXPECT_NE(registers->sp, 0U);
    EXPECT_NE(registers->thread_pointer, 0U);
    EXPECT_FALSE(registers->dwarf.empty());
  }
  EXPECT_EQ(shared.ticks(), frozen);
  EXPECT_GT((*hold)->release(), 0);
  EXPECT_EQ((*hold)->release(), 0) << "there is nothing left to let go";
  EXPECT_TRUE((*hold)->held().empty());
  await([&] { return shared.ticks() > frozen; });
  EXPECT_EQ(tracer_of(child.pid()), 0);
}

// Of the threads of a busy process some have stopped by then, and some have not.
TEST(PtraceHold, WaitsForAllTogetherAndLetsTheLateGo) {
  Shared shared;
  const ChildProcess child([&](const auto& ready) {
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { spin(shared, [] {}); });
    }
    ready();
    spin(shared, [] {});
  });
  ASSERT_TRUE(child.ready());
  await([&] { return shared.ticks() > 9 * 100'000; });
  const auto tids = list_threads(child.pid());
  for (int round = 0; round < 20; ++round) {
    const auto stragglers = std::make_shared<Stragglers>(child.pid());
    auto hold = PtraceHold::seize(child.pid(), tids, stragglers, std::chrono::milliseconds(0));
    if (hold) {
      EXPECT_EQ((*hold)->held().size() + (*hold)->late().size(), tids.size());
      for (const Tid late : (*hold)->late()) {
        EXPECT_EQ(std::ranges::count((*hold)->held(), late), 0);
      }
      (*hold)->release();
    } else {
      EXPECT_EQ(hold.error().stopper, "none stopped within 0 ms: they get no CPU to do so");
    }
    await([&] {
      stragglers->let_go();
      return stragglers->count() == 0;
    });
    const auto before = shared.ticks().load();
    await([&] { return shared.ticks() > before; });
    EXPECT_EQ(tracer_of(child.pid()), 0);
  }
}

TEST(PtraceHold, KeepsItsOwnPriority) {
  const ChildProcess child(sleep_for_good);
  const int before = getpriority(PRIO_PROCESS, 0);
  auto hold = PtraceHold::stop(child.pid(), list_threads(child.pid()));
  ASSERT_TRUE(hold);
  (*hold)->release();
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), before);
}

TEST(PtraceHold, LetsGoWhenItIsDestroyed) {
  Shared shared;
  const ChildProcess child([&](const auto& ready) { spin(shared, ready); });
  std::uint64_t frozen = 0;
  {
    const auto hold = PtraceHold::stop(child.pid(), list_threads(child.pid()));
    ASSERT_TRUE(hold);
    frozen = shared.ticks();
  }
  await([&] { return shared.ticks() > frozen; });
}

TEST(PtraceHold, LosesNoSignal) {
  static Shared* counters = nullptr;
  Shared shared;
  counters = &shared;
  const ChildProcess child([&](const auto& ready) {
    (void)signal(SIGUSR1, [](int) { ++counters->signals(); });
    spin(shared, ready);
  });
  for (std::uint64_t round = 1; round <= 50; ++round) {
    ASSERT_EQ(kill(child.pid(), SIGUSR1), 0);
    auto hold = PtraceHold::stop(child.pid(), list_threads(child.pid()));
    ASSERT_TRUE(hold) << round;
    (*hold)->release();
    await([&] { return shared.signals() >= round; });
    EXPECT_EQ(shared.signals(), round);
  }
}

TEST(PtraceHold, LeavesAStoppedProcessStopped) {
  Shared shared;
  const ChildProcess child([&](const auto& ready) { spin(shared, ready); });
  kill(child.pid(), SIGSTOP);
  await([&] { return state_of(child.pid()) == "T"; });
  const auto frozen = shared.ticks().load();
  auto hold = PtraceHold::stop(child.pid(), list_threads(child.pid()));
  ASSERT_TRUE(hold);
  (*hold)->release();
  await([&] { return state_of(child.pid()) == "T"; });
  EXPECT_EQ(shared.ticks(), frozen);
  kill(child.pid(), SIGCONT);
  await([&] { return shared.ticks() > frozen; });
}

TEST(PtraceHold, LeavesOutThreadsThatAreGone) {
  const ChildProcess child(sleep_for_good);
  const std::vector<Tid> tids = {child.pid(), 0x7ffffffe};
  const auto hold = PtraceHold::stop(child.pid(), tids);
  ASSERT_TRUE(hold);
  ASSERT_EQ((*hold)->held().size(), 1U);
  EXPECT_EQ((*hold)->held()[0], child.pid());
  EXPECT_FALSE((*hold)->registers(0x7ffffffe));
}

TEST(PtraceHold, SaysThatAllAreGone) {
  ChildProcess child(sleep_for_good);
  const pid_t pid = child.pid();
  child.end();
  const auto hold = PtraceHold::stop(pid, std::vector<Tid>{pid});
  ASSERT_FALSE(hold);
  EXPECT_EQ(hold.error().kind, ErrorKind::gone);
  EXPECT_FALSE(PtraceHold::stop(pid, {}));
}

TEST(PtraceHold, SurvivesADeathInItsHands) {
  ChildProcess child(sleep_for_good);
  auto hold = PtraceHold::stop(child.pid(), list_threads(child.pid()));
  ASSERT_TRUE(hold);
  kill(child.pid(), SIGKILL);
  (*hold)->release();
  // The end of our own child is left for us to hear of.
  int status = 0;
  EXPECT_EQ(waitpid(child.pid(), &status, 0), child.pid());
  EXPECT_TRUE(WIFSIGNALED(status));
}

// As above, with a real parent that is not us, and threads that only their tracer hears of.
TEST(PtraceHold, HidesNoDeathFromItsParent) {
  Shared shared;
  const ChildProcess parent([&](const auto& ready) {
    const pid_t pid = fork();
    if (pid == 0) {
      std::thread([] { pause(); }).detach();
      sleep_for_good([] {});
    }
    shared.ticks() = static_cast<std::uint64_t>(pid);
    ready();
    waitpid(pid, nullptr, 0);
    ++shared.signals();
    sleep_for_good([] {});
  });
  const auto pid = static_cast<pid_t>(shared.ticks());
  await([&] { return list_threads(pid).size() == 2; });
  auto hold = PtraceHold::stop(pid, list_threads(pid));
  ASSERT_TRUE(hold);
  EXPECT_EQ((*hold)->held().size(), 2U);
  kill(pid, SIGKILL);
  (*hold)->release();
  await([&] { return shared.signals() == 1; });
}

// The parent of a vfork() waits uninterruptibly until its child ends.
TEST(PtraceHold, AThreadThatStopsTooLateIsLetGoOnceItStops) {
  Shared shared;
  const ChildProcess child([&](const auto& ready) {
    ready();
    if (vfork() == 0) {
      while (shared.signals() == 0) {
      }
      _exit(0);
    }
    spin(shared, [] {});
  });
  await([&] { return state_of(child.pid()) == "D"; });
  const std::vector<Tid> tids{child.pid()};
  EXPECT_FALSE(PtraceHold::stop(child.pid(), tids)) << "it is left alone where its wait is seen in time";
  EXPECT_EQ(tracer_of(child.pid()), 0);

  const auto stragglers = std::make_shared<Stragglers>(child.pid());
  EXPECT_FALSE(PtraceHold::seize(child.pid(), tids, stragglers));
  EXPECT_EQ(stragglers->count(), 1);
  EXPECT_EQ(tracer_of(child.pid()), getpid());
  stragglers->let_go();
  EXPECT_EQ(stragglers->count(), 1) << "it still waits";

  shared.signals() = 1;
  await([&] { return state_of(child.pid()) == "t"; });
  EXPECT_EQ(shared.ticks(), 0);
  stragglers->let_go();
  EXPECT_EQ(stragglers->count(), 0);
  await([&] { return shared.ticks() > 0; });
  EXPECT_EQ(tracer_of(child.pid()), 0);
}

TEST(PtraceHold, NamesTheOtherTracer) {
  const ChildProcess child(sleep_for_good);
  const ChildProcess tracer([&](const auto& ready) {
    const auto hold = PtraceHold::stop(child.pid(), list_threads(child.pid()));
    sleep_for_good(ready);
  });
  ASSERT_TRUE(tracer.ready());
  const auto hold = PtraceHold::stop(child.pid(), list_threads(child.pid()));
  ASSERT_FALSE(hold);
  EXPECT_EQ(hold.error().kind, ErrorKind::permission);
  EXPECT_NE(hold.error().stopper.find(std::to_string(tracer.pid())), std::string::npos) << hold.error().stopper;
  EXPECT_NE(hold.error().advice.find("--no-block"), std::string::npos);
}

TEST(PtraceHold, TheTargetGoesOnWhenItsTracerIsKilled) {
  Shared shared;
  const ChildProcess child([&](const auto& ready) { spin(shared, ready); });
  ChildProcess tracer([&](const auto& ready) {
    const auto hold = PtraceHold::stop(child.pid(), list_threads(child.pid()));
    sleep_for_good(ready);
  });
  ASSERT_TRUE(tracer.ready());
  const auto frozen = shared.ticks().load();
  tracer.end();
  await([&] { return shared.ticks() > frozen; });
}

TEST(ThreadWatch, SeesWhoSleepsAndWhoRan) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const ChildProcess child([&](const auto& ready) {
    ready();
    char letter = 0;
    while (read(ends[0], &letter, 1) == 1) {
    }
  });
  await([&] { return state_of(child.pid()) == "S"; });
  ThreadWatch watch(child.pid());
  const auto before = watch.look();
  const auto again = watch.look();
  ASSERT_TRUE(before && again);
  ASSERT_EQ(before->size(), 1U);
  EXPECT_EQ(before->front().tid, child.pid());
  EXPECT_EQ(before->front().inner_tid, child.pid());
  EXPECT_EQ(before->front().state, model::OsState::sleeping);
  EXPECT_TRUE(before->front().run_count);
  EXPECT_EQ(before->front().run_count, again->front().run_count);
  EXPECT_EQ(watch.syscall(child.pid())->number, SYS_read);
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  await([&] { return watch.look()->front().run_count > before->front().run_count; });
  close(ends[0]);
  close(ends[1]);
}

TEST(ThreadWatch, SaysThatTheProcessIsGone) {
  ChildProcess child(sleep_for_good);
  ThreadWatch watch(child.pid());
  ASSERT_TRUE(watch.look());
  child.end();
  const auto threads = watch.look();
  ASSERT_FALSE(threads);
  EXPECT_EQ(threads.error().kind, ErrorKind::gone);
  EXPECT_FALSE(watch.syscall(child.pid()));
}

}  // namespace
}  // namespace stillframe::target
