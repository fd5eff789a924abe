#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::Severity;

model::Still collecting(std::string_view collector, std::string_view callback) {
  model::Still still;
  still.threads = {sleeping_thread(100, "main", 10)};
  wait_without_end(still.threads[0]);
  auto& frames = still.threads[0].frames;
  frames.push_back(native_frame(collector));
  frames.push_back(python_frame("/srv/app.py", 18, callback));
  frames.push_back(python_frame("/usr/lib/python3.12/queue.py", 171, "get"));
  return still;
}

TEST(GcFinalizer, ThatWaits) {
  const Findings findings = found_by(find_gc_finalizer, collecting("handle_weakrefs", "forget"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "gc-finalizer");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].title,
            "Garbage collection in thread 100 \"main\" stands still: the finalizer at /srv/app.py:18 in forget waits");
}

TEST(GcFinalizer, IsKnownByItsNameWhereNativeFramesAreNotRead) {
  model::Still still = collecting("", "__del__");
  still.threads[0].frames.erase(still.threads[0].frames.begin() + 1);
  EXPECT_TRUE(found_by(find_gc_finalizer, still).empty()) << "nothing says that garbage is collected";
  still.interpreters = {{.id = 0, .gc_collecting = true}};
  const Findings findings = found_by(find_gc_finalizer, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_FALSE(findings[0].detail.empty());
}

TEST(GcFinalizer, FunctionsOfOthersThatAreCalledSoAreNoCollector) {
  model::Still still = collecting("collect", "on_item");
  still.threads[0].frames[1].library = "/srv/_engine.so";
  EXPECT_TRUE(found_by(find_gc_finalizer, still).empty());
}

TEST(GcFinalizer, ThatSleepsForAWhileIsANote) {
  model::Still still = collecting("finalize_garbage", "__del__");
  still.threads[0].waiting_on->timeout = 0.1;
  const Findings findings = found_by(find_gc_finalizer, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
}

TEST(GcFinalizer, ThatWaitsForItsOwnThreadIsAnotherFinding) {
  model::Still still = collecting("finalize_garbage", "__del__");
  wait_for(still, 0, {.kind = model::ResourceKind::lock, .holders = {{.tid = 100}}});
  EXPECT_TRUE(found_by(find_gc_finalizer, still).empty());
}

TEST(GcFinalizer, NothingOfOneThatRunsOrOfNoCollector) {
  model::Still still = collecting("finalize_garbage", "__del__");
  still.threads[0].waiting_on.reset();
  EXPECT_TRUE(found_by(find_gc_finalizer, still).empty());
  EXPECT_TRUE(found_by(find_gc_finalizer, collecting("PyObject_Call", "close")).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
