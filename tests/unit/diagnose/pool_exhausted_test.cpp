#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

// Workers 100, 101 … each of which waits for a future, 0x100, 0x101 …
model::Still pool_of(int workers) {
  model::Still still;
  still.pools = {{.queue = 0x5000}};
  for (int i = 0; i < workers; ++i) {
    still.threads.push_back(sleeping_thread(100 + i, "pool_" + std::to_string(i), 10 + i));
    wait_without_end(still.threads.back());
    wait_for(still, static_cast<std::size_t>(i),
             {.kind = ResourceKind::future, .address = 0x100U + static_cast<unsigned>(i)});
    still.pools[0].workers.push_back(100 + i);
    still.pools[0].waiting.push_back(0x100U + static_cast<unsigned>(i));
  }
  return still;
}

TEST(PoolExhausted, AllWorkersWaitForWhatIsQueued) {
  const Findings findings = found_by(find_pool_exhausted, pool_of(2));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "pool-exhausted");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{100, 101}));
  EXPECT_EQ(findings[0].title,
            "Deadlock: all 2 workers of a thread pool, 100 \"pool_0\" (/srv/app.py:10 in work) and 101 \"pool_1\" "
            "(/srv/app.py:11 in work), wait for results of tasks that are queued in it");
}

TEST(PoolExhausted, OfOneWorker) {
  const Findings findings = found_by(find_pool_exhausted, pool_of(1));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(
      findings[0].title,
      "Deadlock: the only worker of a thread pool, 100 \"pool_0\" (/srv/app.py:10 in work), waits for the result of a "
      "task that is queued in it");
}

TEST(PoolExhausted, NotWhileOneWorkerCanGoOn) {
  model::Still still = pool_of(2);
  still.pools[0].waiting.pop_back();  // that task has begun
  EXPECT_TRUE(found_by(find_pool_exhausted, still).empty());
  still = pool_of(2);
  still.threads[1].waiting_on->seconds_left = 3;
  EXPECT_TRUE(found_by(find_pool_exhausted, still).empty());
  still = pool_of(2);
  still.threads[1].wants.reset();
  EXPECT_TRUE(found_by(find_pool_exhausted, still).empty());
}

TEST(PoolExhausted, PoolsThatWaitForEachOther) {
  model::Still still = pool_of(2);
  still.pools = {{.queue = 1, .workers = {100}, .waiting = {0x101}},
                 {.queue = 2, .workers = {101}, .waiting = {0x100}}};
  EXPECT_EQ(found_by(find_pool_exhausted, still).size(), 1U);
  still.pools[1].workers.push_back(999);  // another worker, which takes the next task
  EXPECT_TRUE(found_by(find_pool_exhausted, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
