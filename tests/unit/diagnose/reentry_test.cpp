#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

// A thread that waits for a lock which its outermost call holds, with a native call between.
model::Still interrupted(std::string_view caller) {
  model::Still still;
  still.threads = {sleeping_thread(100, "MainThread", 10)};
  auto& frames = still.threads[0].frames;
  frames.push_back(native_frame(caller));
  frames.push_back(python_frame("/srv/app.py", 20, "handle"));
  wait_for(still, 0,
           {.kind = ResourceKind::lock,
            .name = "lock",
            .holders = {{.tid = 100, .how = "the with block that it is in", .frame = 0, .line = 8}}});
  return still;
}

TEST(Reentry, OfASignalHandler) {
  const Findings findings = found_by(find_reentry, interrupted("_PyErr_CheckSignalsTstate"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "signal-reentry");
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(
      findings[0].title,
      "Deadlock: the signal handler at /srv/app.py:20 in handle interrupted thread 100 \"MainThread\" while that held "
      "lock `lock`, and waits for it");
  EXPECT_EQ(findings[0].evidence[0],
            "thread 100 \"MainThread\" holds lock `lock`: /srv/app.py:8 in work (the with block that it is in)");
}

TEST(Reentry, OfASignalHandlerOfCCode) {
  model::Still still;
  still.threads = {sleeping_thread(100, "MainThread", 10)};
  auto& frames = still.threads[0].frames;
  for (const char* call : {"_int_free", "__restore_rt", "note", "malloc"}) {
    frames.push_back(native_frame(call, "/lib/libc.so.6"));
  }
  wait_for(still, 0,
           {.kind = ResourceKind::arena,
            .holders = {{.tid = 100, .how = "it is in the middle of malloc's work", .frame = 1}}});
  Findings findings = found_by(find_reentry, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "signal-reentry");
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(
      findings[0].title,
      "Deadlock: the signal handler at note in libc.so.6 interrupted thread 100 \"MainThread\" while that held a lock "
      "of malloc, and waits for it");
  EXPECT_EQ(
      findings[0].evidence[0],
      "thread 100 \"MainThread\" holds a lock of malloc: _int_free in libc.so.6, called from /srv/app.py:10 in work "
      "(it is in the middle of malloc's work)");
  find_lock_cycles(still, findings);
  EXPECT_EQ(findings.size(), 1U) << "it is not told twice";
  EXPECT_EQ(found_by(find_lock_cycles, still).size(), 1U);
}

TEST(Reentry, OfAFinalizer) {
  model::Still still = interrupted("slot_tp_finalize");
  still.resources[0].holders[0].certain = true;
  const Findings findings = found_by(find_reentry, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "finalizer-reentry");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_TRUE(findings[0].detail.empty());
}

TEST(Reentry, NotOfOrdinaryCallsOrOtherHolders) {
  EXPECT_TRUE(found_by(find_reentry, interrupted("PyObject_Call")).empty());
  model::Still still = interrupted("_PyErr_CheckSignalsTstate");
  still.resources[0].holders[0].tid = 101;
  EXPECT_TRUE(found_by(find_reentry, still).empty());
  still = interrupted("_PyErr_CheckSignalsTstate");
  still.resources[0].holders[0].frame = 2;  // the handler took it itself, before
  EXPECT_TRUE(found_by(find_reentry, still).empty());
  still.resources[0].holders[0].frame = 99;
  EXPECT_TRUE(found_by(find_reentry, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
