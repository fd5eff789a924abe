#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::Severity;

// Thread 100 waits for child 200, of which 300 is a child.
model::Still awaits_child() {
  model::Still still;
  still.source.pid = 100;
  still.threads = {sleeping_thread(100, "main", 10)};
  sleep_in(still.threads[0], "wait4", "waits for child 200 sh (sleeping)");
  still.threads[0].waiting_on->processes = {{.pid = 200, .name = "sh"}};
  still.descendants = {{.process = {.pid = 200, .name = "sh"}, .parent = 100},
                       {.process = {.pid = 300, .name = "cat"}, .parent = 200}};
  return still;
}

model::PipeWait pipe_wait(bool writes) {
  return {.tid = 300, .fd = writes ? 1 : 0, .writes = writes, .other_end = {{.pid = 100}}, .ours = true};
}

TEST(ChildWaits, ForItsOutputToBeRead) {
  model::Still still = awaits_child();
  still.descendants[1].waits = {pipe_wait(true)};
  const Findings findings = found_by(find_child_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "child-pipe-full");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(
      findings[0].title,
      "Deadlock: thread 100 \"main\" waits at /srv/app.py:10 in work for process 300 cat to end, which waits until "
      "somebody here reads what it writes: its pipe is full");
}

TEST(ChildWaits, ForInputThatDoesNotCome) {
  model::Still still = awaits_child();
  still.descendants[0].waits = {pipe_wait(false)};
  Findings findings = found_by(find_child_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "child-waits-for-input");
  still.descendants[0].waits[0].other_end.push_back({.pid = 200});
  findings = found_by(find_child_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::certain) << "its own end does not help it";
  EXPECT_TRUE(findings[0].evidence.back().starts_with("process 200 has the writing end itself"));
}

TEST(ChildWaits, IsANoteWhereSomebodyElseCouldHelp) {
  model::Still still = awaits_child();
  still.descendants[1].waits = {pipe_wait(true)};
  still.threads.push_back(sleeping_thread(101, "reads later", 20));
  sleep_in(still.threads[1], "clock_nanosleep", "sleeps");
  Findings findings = found_by(find_child_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_TRUE(findings[0].title.starts_with("Thread 100"));
  still.threads.pop_back();
  still.descendants[1].waits[0].other_end.push_back({.pid = 777, .name = "tee"});
  findings = found_by(find_child_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].evidence.back(), "the other end is open in process 777 tee as well");
}

TEST(ChildWaits, HealthyChildren) {
  model::Still still = awaits_child();
  EXPECT_TRUE(found_by(find_child_waits, still).empty()) << "it works";
  still.descendants[1].waits = {pipe_wait(true)};
  still.descendants[1].waits[0].attended = true;
  EXPECT_TRUE(found_by(find_child_waits, still).empty()) << "another thread is reading";
  still.descendants[1].waits[0] = {.tid = 300, .writes = true, .other_end = {{.pid = 777}}};
  EXPECT_TRUE(found_by(find_child_waits, still).empty()) << "somebody else reads";
  still.descendants[1].parent = 1;
  still.descendants[1].waits = {pipe_wait(true)};
  EXPECT_TRUE(found_by(find_child_waits, still).empty()) << "nobody waits for it";
}

TEST(ChildWaits, Stopped) {
  model::Still still = awaits_child();
  still.descendants[0].process.state = model::OsState::stopped;
  const Findings findings = found_by(find_child_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "child-stopped");
  EXPECT_EQ(findings[0].advice[0], "let it go on: kill -CONT 200");
}

TEST(ChildWaits, OneStoppedOfSeveralIsANote) {
  model::Still still = awaits_child();
  still.descendants[0].process.state = model::OsState::stopped;
  EXPECT_EQ(found_by(find_child_waits, still)[0].severity, model::Severity::certain);
  still.threads[0].waiting_on->processes.push_back({.pid = 201});
  EXPECT_EQ(found_by(find_child_waits, still)[0].severity, model::Severity::note);
}

// Thread 100 is at a pipe whose other end child 200 has.
model::Still at_pipe(bool writes) {
  model::Still still = awaits_child();
  sleep_in(still.threads[0], writes ? "write" : "read", "is at a pipe");
  still.threads[0].waiting_on->files = {
      {.fd = 5, .kind = model::FileKind::pipe, .to_read = !writes, .to_write = writes, .processes = {{.pid = 200}}}};
  still.descendants[0].waits = {pipe_wait(writes)};
  return still;
}

TEST(ChildWaits, BothWriteOrBothRead) {
  for (const bool writes : {true, false}) {
    const Findings findings = found_by(find_child_waits, at_pipe(writes));
    ASSERT_EQ(findings.size(), 1U) << writes;
    EXPECT_EQ(findings[0].id, "pipe-deadlock");
    EXPECT_EQ(findings[0].severity, Severity::certain);
  }
  model::Still still = at_pipe(true);
  still.descendants[0].waits = {pipe_wait(false)};
  EXPECT_TRUE(found_by(find_child_waits, still).empty()) << "one writes to the other";
}

TEST(ChildWaits, APoolAtLeisureReadsAtBothEnds) {
  model::Still still = at_pipe(false);
  still.threads.push_back(sleeping_thread(101, "main", 20));
  wait_without_end(still.threads[1]);
  EXPECT_TRUE(found_by(find_child_waits, still).empty());
}

TEST(ChildWaits, PipeThatABackgroundProcessKeeps) {
  model::Still still = at_pipe(false);
  still.descendants[0].waits.clear();
  still.threads[0].waiting_on->files[0].processes = {{.pid = 300, .name = "daemon"}};
  EXPECT_TRUE(found_by(find_child_waits, still).empty()) << "the child works";
  still.descendants[0].process.state = model::OsState::finished;
  const Findings findings = found_by(find_child_waits, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "pipe-kept-open");
  EXPECT_EQ(findings[0].severity, Severity::likely);
  still.threads[0].waiting_on->files[0].processes = {{.pid = 200, .name = "sh"}};
  EXPECT_TRUE(found_by(find_child_waits, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
