#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::Severity;

model::Still deep(int calls, int functions) {
  model::Still still;
  still.threads = {sleeping_thread(100, "main", 1)};
  static const std::vector<std::string> names{"walk", "visit", "children"};
  for (int i = 0; i < calls; ++i) {
    const auto which = static_cast<std::size_t>(i % functions);
    still.threads[0].frames.push_back(python_frame("/srv/tree.py", 10 + static_cast<int>(which), names[which]));
  }
  return still;
}

TEST(DeepRecursion, OfOneFunction) {
  model::Still still = deep(700, 1);
  still.threads[0].frames.push_back(python_frame("/usr/lib/python3.12/threading.py", 355, "wait"));
  const Findings findings = found_by(find_deep_recursion, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "deep-recursion");
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].title, "Thread 100 \"main\" is 702 calls deep: /srv/tree.py:10 in walk again and again");
  EXPECT_EQ(findings[0].evidence[0], "700 of its 702 calls go round through one function");
}

TEST(DeepRecursion, OfThreeFunctionsWithNativeFramesBetween) {
  model::Still still = deep(900, 3);
  for (std::size_t i = 2; i < still.threads[0].frames.size(); i += 5) {
    still.threads[0].frames.insert(still.threads[0].frames.begin() + static_cast<std::ptrdiff_t>(i),
                                   native_frame("PyObject_Call"));
  }
  const Findings findings = found_by(find_deep_recursion, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence[0], "900 of its 901 calls go round through 3 functions");
}

TEST(DeepRecursion, NotWhatIsShallowOrDoesNotRepeat) {
  EXPECT_TRUE(found_by(find_deep_recursion, deep(400, 1)).empty());
  model::Still still;
  still.threads = {sleeping_thread(100, "main", 1)};
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 2000; ++i) {
      made.push_back("f" + std::to_string(i));
    }
    return made;
  }();
  for (const std::string& name : names) {
    still.threads[0].frames.push_back(python_frame("/srv/made.py", 1, name));
  }
  EXPECT_TRUE(found_by(find_deep_recursion, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
