#include <gtest/gtest.h>

#include "diagnose/deaths.h"
#include "diagnose/list.h"

namespace stillframe::diagnose {
namespace {

model::PythonException exception(std::string text, int line) {
  return {.type = "Error",
          .text = std::move(text),
          .traceback = {python_frame("/srv/app.py", 3, "<module>"), python_frame("/srv/app.py", line, "total")}};
}

TEST(PythonExceptions, OneThatNobodyCaughtWithItsCause) {
  model::Still still = died_of(SIGABRT, "SIGABRT", "SI_TKILL");
  still.crash->sender_pid = still.source.pid;
  auto& all = still.crash->exceptions;
  all = {exception("RuntimeError('no price')", 20), exception("KeyError('x')", 12)};
  all[0].last = true;
  all[0].from = 1;
  all[0].from_cause = true;
  const model::Finding finding = only(find_python_exceptions, still);
  EXPECT_EQ(finding.id, "python-exception");
  EXPECT_EQ(finding.severity, model::Severity::likely);
  EXPECT_FALSE(finding.detail.empty());
  EXPECT_EQ(finding.title,
            "RuntimeError('no price'), raised at /srv/app.py:20 in total was caught by nobody when the process died");
  ASSERT_EQ(finding.evidence.size(), 3U);
  EXPECT_EQ(finding.evidence[1], "it came through /srv/app.py:20 in total and /srv/app.py:3 in <module>");
  EXPECT_EQ(finding.evidence[2], "its cause: KeyError('x'), raised at /srv/app.py:12 in total");
}

TEST(PythonExceptions, OneThatIsHandledIsANote) {
  model::Still still = died_of(SIGSEGV, "SIGSEGV", "SEGV_MAPERR");
  still.crash->exceptions = {exception("KeyError('x')", 12)};
  still.crash->exceptions[0].handled = true;
  const model::Finding finding = only(find_python_exceptions, still);
  EXPECT_EQ(finding.severity, model::Severity::note);
  EXPECT_TRUE(finding.detail.empty());
  EXPECT_NE(finding.title.find("was being handled when thread 101 \"Worker\" died"), std::string::npos)
      << finding.title;
}

TEST(PythonExceptions, WhoWasKilledByAnotherDidNotDieOfOne) {
  model::Still still = died_of(SIGABRT, "SIGABRT", "SI_USER");
  still.crash->sender_pid = 77;
  still.crash->exceptions = {exception("KeyError('x')", 12)};
  EXPECT_EQ(only(find_python_exceptions, still).severity, model::Severity::note);
}

TEST(PythonExceptions, ChainsThatGoInCirclesEnd) {
  model::Still still = died_of(SIGABRT, "SIGABRT", "SI_TKILL");
  auto& all = still.crash->exceptions;
  all = {exception("A()", 1), exception("B()", 2), exception("C()", 3)};
  all[0].from = 1;
  all[1].from = 2;
  all[2].from = 1;
  EXPECT_EQ(found_by(find_python_exceptions, still).size(), 1U);
  all[2].from = 99;
  EXPECT_EQ(found_by(find_python_exceptions, still).size(), 1U);
}

TEST(PythonExceptions, NothingOfALiveProcess) {
  EXPECT_TRUE(found_by(find_python_exceptions, model::Still{}).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
