#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::Severity;

model::Still at_exit() {
  model::Still still;
  still.source.pid = 100;
  still.threads = {{.tid = 100, .name = "MainThread", .daemon = false}, sleeping_thread(101, "worker", 14)};
  still.threads[0].frames = {python_frame("/usr/lib/python3.12/threading.py", 1623, "_shutdown")};
  still.threads[1].daemon = false;
  for (model::Thread& thread : still.threads) {
    wait_without_end(thread);
  }
  return still;
}

TEST(ExitBlocked, ByAThreadThatWaits) {
  const Findings findings = found_by(find_exit_blocked, at_exit());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "exit-blocked");
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].title,
            "The program is over and waits for thread 101 \"worker\" to end, which waits at /srv/app.py:14 in work");
  EXPECT_FALSE(findings[0].detail.empty());
}

TEST(ExitBlocked, IsANoteWhereThatThreadIsAtWork) {
  model::Still still = at_exit();
  sleep_in(still.threads[1], "accept4", "accepts from TCP 5");
  Findings findings = found_by(find_exit_blocked, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_TRUE(findings[0].detail.empty());
  still = at_exit();
  still.threads.push_back(sleeping_thread(102, "feeds it", 30));
  still.threads[2].daemon = true;
  still.threads[2].os_state = model::OsState::running;
  findings = found_by(find_exit_blocked, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
}

TEST(ExitBlocked, IsANoteWhereItIsToldWhyThatThreadDoesNotEnd) {
  Findings findings{{.id = "lock-cycle", .severity = Severity::certain, .tids = {101, 102}}};
  find_exit_blocked(at_exit(), findings);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[1].id, "exit-blocked");
  EXPECT_EQ(findings[1].severity, Severity::note);
  EXPECT_TRUE(findings[1].detail.empty());
  findings = {{.id = "lock-cycle", .severity = Severity::certain, .tids = {102}}};
  find_exit_blocked(at_exit(), findings);
  EXPECT_EQ(findings.back().severity, Severity::likely) << "of others";
}

TEST(ExitBlocked, DaemonsAreNotWaitedFor) {
  model::Still still = at_exit();
  still.threads[1].daemon = true;
  EXPECT_TRUE(found_by(find_exit_blocked, still).empty());
}

TEST(ExitBlocked, ByATaskOfAPool) {
  model::Still still = at_exit();
  constexpr std::string_view file = "/usr/lib/python3.8/concurrent/futures/thread.py";
  still.threads[0].frames = {python_frame(file, 40, "_python_exit")};
  still.threads[1].daemon = true;  // as to Python 3.8
  still.threads[1].frames = {python_frame(file, 80, "_worker"), python_frame(file, 57, "run"),
                             python_frame("/srv/app.py", 5, "task")};
  still.threads.push_back(still.threads[1]);
  still.threads[2].tid = 102;
  still.threads[2].frames.resize(1);  // an idle one ends when it is told to
  const Findings findings = found_by(find_exit_blocked, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].title,
            "The program is over and waits for thread 101 \"worker\" to end, which waits at /srv/app.py:5 in task");
}

TEST(ExitBlocked, ByAProcess) {
  model::Still still = at_exit();
  still.threads[0].frames = {python_frame("/usr/lib/python3.12/multiprocessing/util.py", 357, "_exit_function")};
  sleep_in(still.threads[0], "wait4", "waits for child 4313 worker.py (sleeping)");
  still.threads[0].waiting_on->processes = {{.pid = 4313, .name = "worker.py", .state = model::OsState::sleeping}};
  const Findings findings = found_by(find_exit_blocked, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].title, "The program is over and waits for process 4313 worker.py to end");
}

TEST(ExitBlocked, InAnExitHandler) {
  model::Still still = at_exit();
  still.threads[0].frames = {native_frame("Py_FinalizeEx"), native_frame("atexit_callfuncs"),
                             python_frame("/srv/app.py", 16, "flush"),
                             python_frame("/usr/lib/python3.12/threading.py", 1147, "join")};
  const Findings findings = found_by(find_exit_blocked, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].title, "The program is over and waits in its exit handler at /srv/app.py:16 in flush");
}

TEST(ExitBlocked, NotWhereTheProgramIsNotOver) {
  model::Still still = at_exit();
  still.threads[0].frames = {python_frame("/srv/threading.py.txt", 1, "_shutdown"),
                             python_frame("/srv/mythreading.py", 1, "_shutdown")};
  EXPECT_TRUE(found_by(find_exit_blocked, still).empty());
  still.source.pid.reset();
  EXPECT_TRUE(found_by(find_exit_blocked, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
