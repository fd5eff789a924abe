#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;

// Thread 100 in join() of a queue, and `takers` threads that wait for an item of it.
model::Still joined_queue(int takers) {
  model::Still still = sleeping_threads(1 + takers);
  const std::size_t queue = wait_for(still, 0, {.kind = ResourceKind::queue, .name = "jobs"});
  for (std::size_t i = 0; i < still.threads.size(); ++i) {
    still.threads[i].wants = model::ResourceWait{.resource = queue, .call = i == 0 ? "Queue.join" : "Queue.get"};
    wait_without_end(still.threads[i]);
  }
  return still;
}

TEST(UnfinishedQueue, AllWhoTakeFromItWaitForMore) {
  const Findings findings = found_by(find_unfinished_queue, joined_queue(2));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "unfinished-queue");
  EXPECT_EQ(findings[0].severity, model::Severity::likely);
  EXPECT_EQ(
      findings[0].title,
      "Thread 100 \"Worker-0\" (/srv/app.py:10 in work) waits until all items of queue `jobs` are done, and nobody "
      "is left to do that: all 2 threads that take from it wait for more");
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{100, 101, 102}));
  EXPECT_EQ(findings[0].evidence.back(),
            "so the queue is empty, and task_done() was not called for each item that it gave");
}

TEST(UnfinishedQueue, NoThreadIsLeft) {
  const Findings findings = found_by(find_unfinished_queue, joined_queue(0));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].title.ends_with("nobody is left to do that: there is no other thread of Python"));
  EXPECT_EQ(findings[0].advice.size(), 2U);
}

TEST(UnfinishedQueue, ThreadsWithoutPythonCannotDoIt) {
  model::Still still = joined_queue(1);
  still.threads.push_back({.tid = 110, .python = false, .os_state = model::OsState::running});
  const Findings findings = found_by(find_unfinished_queue, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{100, 101}));
}

TEST(UnfinishedQueue, NotWhileSomebodyIsAtWork) {
  model::Still still = joined_queue(2);
  sleep_in(still.threads[2], "read", "reads from pipe 3");
  EXPECT_TRUE(found_by(find_unfinished_queue, still).empty());
  still = joined_queue(2);
  still.threads[2].waiting_on.reset();  // it runs
  EXPECT_TRUE(found_by(find_unfinished_queue, still).empty());
  still = joined_queue(2);
  still.threads[2].waiting_on->timeout = 3;
  EXPECT_TRUE(found_by(find_unfinished_queue, still).empty());
  still = joined_queue(2);
  still.threads[0].waiting_on->limited = true;
  EXPECT_TRUE(found_by(find_unfinished_queue, still).empty());
}

TEST(UnfinishedQueue, WhoWaitsForSomethingElseMayBeAtWork) {
  model::Still still = joined_queue(1);
  wait_for(still, 1, {.kind = ResourceKind::event, .name = "answer"});
  EXPECT_TRUE(found_by(find_unfinished_queue, still).empty());
}

TEST(UnfinishedQueue, WhatElseIsFoundIsWhy) {
  Findings findings{{.id = "waits-for-input", .severity = model::Severity::note}};
  find_unfinished_queue(joined_queue(1), findings);
  EXPECT_EQ(findings.size(), 2U);
  findings = {{.id = "killed-by", .severity = model::Severity::certain}};
  find_unfinished_queue(joined_queue(1), findings);
  EXPECT_EQ(findings.size(), 2U);
  findings = {{.id = "lock-cycle", .severity = model::Severity::certain}};
  find_unfinished_queue(joined_queue(1), findings);
  EXPECT_EQ(findings.size(), 1U);
}

TEST(UnfinishedQueue, NotOfQueuesThatProcessesShare) {
  model::Still still = joined_queue(1);
  still.threads[0].wants->call = "JoinableQueue.join";
  EXPECT_TRUE(found_by(find_unfinished_queue, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
