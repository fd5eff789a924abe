#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

model::Still forked_child() {
  model::Still still;
  still.threads = {sleeping_thread(200, "MainThread", 10)};
  wait_without_end(still.threads[0]);
  still.forked_from = model::OtherProcess{.pid = 100, .name = "app.py"};
  wait_for(still, 0, {.kind = ResourceKind::lock, .name = "lock"});
  return still;
}

TEST(ForkLock, OfAChildThatHasOneThread) {
  const Findings findings = found_by(find_fork_lock, forked_child());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "fork-lock");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].title,
            "Thread 200 \"MainThread\" waits at /srv/app.py:10 in work for lock `lock`, and nobody here can let "
            "go of it: the fork left the other threads behind");
}

TEST(ForkLock, NotWhereSomebodyCanLetGo) {
  model::Still still = forked_child();
  still.forked_from.reset();
  EXPECT_TRUE(found_by(find_fork_lock, still).empty());
  still = forked_child();
  still.threads.push_back(sleeping_thread(201, "other", 20));
  EXPECT_TRUE(found_by(find_fork_lock, still).empty());
  still = forked_child();
  still.resources[0].holders = {{.tid = 200}};
  EXPECT_TRUE(found_by(find_fork_lock, still).empty()) << "it holds the lock itself: another finding";
  still = forked_child();
  still.resources[0].kind = ResourceKind::event;
  EXPECT_TRUE(found_by(find_fork_lock, still).empty());
  still = forked_child();
  still.threads[0].waiting_on->seconds_left = 1;
  EXPECT_TRUE(found_by(find_fork_lock, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
