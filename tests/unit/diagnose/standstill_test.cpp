#include <gtest/gtest.h>

#include <csignal>

#include "diagnose/list.h"
#include "diagnose/stills.h"
#include "diagnose/wait_edges.h"
#include "model/tasks.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

// Python's own handler of SIGINT alone.
model::SignalHandlers usual_signals() {
  return {.caught = std::uint64_t{1} << (SIGINT - 1), .interrupt = model::InterruptHandler::usual};
}

// Threads that all wait for an item of the same queue.
model::Still standing(int count) {
  model::Still still = sleeping_threads(count);
  still.source.pid = 100;
  still.signals = usual_signals();
  still.resources.push_back({.kind = ResourceKind::queue, .address = 0x10, .name = "jobs"});
  for (model::Thread& thread : still.threads) {
    wait_without_end(thread);
    thread.waiting_on->text = "waits for an item of queue `jobs`";
    thread.wants = model::ResourceWait{.resource = 0, .call = "Queue.get", .frame = 0};
  }
  return still;
}

Findings found(model::Still& still) {
  add_wait_graph(still);
  return found_by(find_standstill, still);
}

TEST(Standstill, OneThreadThatWaitsForNobody) {
  model::Still still = standing(1);
  const Findings findings = found(still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "standstill");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(
      findings[0].title,
      "Nobody is left to wake anybody: thread 100 \"Worker-0\" (/srv/app.py:10 in work) waits for an item of queue "
      "`jobs`");
  EXPECT_EQ(findings[0].tids, std::vector<std::int64_t>{100});
  EXPECT_FALSE(findings[0].advice.empty());
}

TEST(Standstill, SeveralThatWaitForTheSame) {
  model::Still still = standing(2);
  EXPECT_TRUE(found(still)[0].title.ends_with("wait for an item of queue `jobs`"));
}

TEST(Standstill, WhoJoinsOneOfThemIsNotTheReason) {
  model::Still still = standing(2);
  wait_for(still, 0, {.kind = ResourceKind::thread, .holders = {{.tid = 101, .certain = true}}});
  const Findings findings = found(still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].title.contains("thread 101 \"Worker-1\" (/srv/app.py:11 in work) waits for an item"));
  EXPECT_FALSE(findings[0].title.contains("Worker-0"));
}

TEST(Standstill, NothingWhereOneRunsOrWaitsForSomeTimeOrOutside) {
  model::Still runs = standing(2);
  runs.threads[1].waiting_on.reset();
  EXPECT_TRUE(found(runs).empty());
  model::Still limited = standing(2);
  limited.threads[1].waiting_on->limited = true;
  EXPECT_TRUE(found(limited).empty());
  model::Still outside = standing(2);
  outside.threads[1].wants.reset();
  outside.threads[1].waiting_on->files = {{.fd = 0, .kind = model::FileKind::terminal}};
  EXPECT_TRUE(found(outside).empty());
  model::Still unknown = standing(2);
  unknown.threads[1].wants.reset();
  EXPECT_TRUE(found(unknown).empty());
}

TEST(Standstill, AThreadOfCCodeIsNamedInANote) {
  model::Still still = standing(2);
  still.threads[1].python = false;
  still.threads[1].wants.reset();
  const Findings findings = found(still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_TRUE(findings[0].title.contains("only a thread of C code (101 \"Worker-1\") could wake anybody"));
}

TEST(Standstill, AHandlerIsNamedInANote) {
  model::Still still = standing(1);
  still.signals->caught |= std::uint64_t{1} << (SIGTERM - 1);
  Findings findings = found(still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_TRUE(findings[0].title.contains("SIGTERM"));
  still.signals = usual_signals();
  still.signals->interrupt = model::InterruptHandler::own;
  EXPECT_EQ(found(still)[0].severity, Severity::note);
  still.signals->interrupt = model::InterruptHandler::unknown;
  EXPECT_EQ(found(still)[0].severity, Severity::note);
  still.signals.reset();
  EXPECT_EQ(found(still)[0].severity, Severity::note);
}

TEST(Standstill, SignalsOfFaultsAndOfTheCLibraryWakeNobody) {
  model::Still still = standing(1);
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, 32, 33}) {
    still.signals->caught |= std::uint64_t{1} << static_cast<unsigned>(number - 1);
  }
  EXPECT_EQ(found(still)[0].severity, Severity::certain);
}

TEST(Standstill, ACoreIsANote) {
  model::Still still = standing(1);
  still.source.kind = model::SourceKind::core;
  still.signals.reset();
  EXPECT_EQ(found(still)[0].severity, Severity::note);
}

TEST(Standstill, NothingIsSaidBesideAnotherReasonOrOfAnUnsureStill) {
  model::Still still = standing(1);
  add_wait_graph(still);
  Findings findings{{.id = "lock-cycle", .severity = Severity::likely}};
  find_standstill(still, findings);
  EXPECT_EQ(findings.size(), 1U);
  still.consistency.consistent = false;
  EXPECT_TRUE(found(still).empty());
  still.consistency.consistent = true;
  still.partial = true;
  EXPECT_TRUE(found(still).empty());
}

model::Still with_loop() {
  model::Still still = sleeping_threads(1);
  still.source.pid = 100;
  still.signals = usual_signals();
  sleep_in(still.threads[0], "epoll_wait", "waits in epoll on Unix socket 4");
  still.threads[0].waiting_on->files = {{.fd = 4, .kind = model::FileKind::unix_socket, .processes = {{.pid = 100}}}};
  still.tasks = std::make_shared<model::Tasks>();
  still.tasks->loops.push_back({.address = 0x1000, .tid = 100, .thread = 0, .doing = model::LoopDoing::waits});
  still.tasks->places.push_back(python_frame("/srv/app.py", 20, "main"));
  still.tasks->tasks.push_back({.address = 0x2000,
                                .name = "main",
                                .loop = 0,
                                .frames = {0},
                                .waits_for = {.kind = model::WaitKind::event, .text = "waits for the event 0x1"}});
  return still;
}

TEST(Standstill, ALoopWithNothingButItsOwnPipe) {
  model::Still still = with_loop();
  const Findings findings = found(still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].title,
            "Nobody is left to wake anybody: task main (/srv/app.py:20 in main) waits for the event 0x1");
}

TEST(Standstill, NothingOfALoopWithATimerOrASocketOrAThreadThatCouldCallIt) {
  model::Still timer = with_loop();
  timer.threads[0].waiting_on->timeout = 3;
  EXPECT_TRUE(found(timer).empty());
  model::Still socket = with_loop();
  socket.threads[0].waiting_on->files.push_back({.fd = 5, .kind = model::FileKind::tcp, .state = "listening"});
  EXPECT_TRUE(found(socket).empty());
  model::Still thread = with_loop();
  thread.threads.push_back(sleeping_thread(101, "driver", 30));
  EXPECT_TRUE(found(thread).empty());
  model::Still ready = with_loop();
  ready.tasks->tasks[0].state = model::TaskState::ready;
  EXPECT_TRUE(found(ready).empty());
}

TEST(SleepingLoops, ACallbackThatIsReadyAndALoopThatSleeps) {
  model::Still still = with_loop();
  EXPECT_TRUE(found_by(find_sleeping_loops, still).empty());
  still.tasks->loops[0].ready = 1;
  still.tasks->tasks[0].state = model::TaskState::ready;
  const Findings findings = found_by(find_sleeping_loops, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "loop-not-woken");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(
      findings[0].title,
      "The event loop of thread 100 \"Worker-0\" sleeps although task main (/srv/app.py:20 in main) is ready to go "
      "on: nobody has woken it");
}

TEST(SleepingLoops, NothingWhereItRunsOrIsJustBeingWoken) {
  model::Still runs = with_loop();
  runs.tasks->loops[0].ready = 1;
  runs.tasks->loops[0].doing = model::LoopDoing::runs;
  EXPECT_TRUE(found_by(find_sleeping_loops, runs).empty());
  model::Still woken = with_loop();
  woken.tasks->loops[0].ready = 1;
  woken.threads.push_back(sleeping_thread(101, "driver", 30));
  woken.threads[1].frames.push_back(
      python_frame("/usr/lib/python3.12/asyncio/base_events.py", 800, "call_soon_threadsafe"));
  EXPECT_TRUE(found_by(find_sleeping_loops, woken).empty());
  model::Still torn = with_loop();
  torn.tasks->loops[0].ready = 1;
  torn.consistency.consistent = false;
  EXPECT_TRUE(found_by(find_sleeping_loops, torn).empty());
}

TEST(AsyncioExit, ACancelledTaskThatGoesOn) {
  model::Still still = with_loop();
  EXPECT_TRUE(found_by(find_asyncio_exit, still).empty());
  still.threads[0].frames.push_back(python_frame("/usr/lib/python3.12/asyncio/runners.py", 200, "_cancel_all_tasks"));
  const Findings findings = found_by(find_asyncio_exit, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].title,
            "asyncio.run() is over and waits for task main (/srv/app.py:20 in main), which was cancelled and goes on");
}

}  // namespace
}  // namespace stillframe::diagnose
