#include "render/why.h"

#include <gtest/gtest.h>

#include "render/golden.h"
#include "render/stills.h"

namespace stillframe::render {
namespace {

using testing::expect_screen;
using testing::frame;
using testing::live_still;

constexpr std::string_view kLibrary = "/usr/lib/python3.12/threading.py";

model::Thread thread_that_waits(std::int64_t tid, std::string name, std::vector<model::Frame> frames) {
  return {.tid = tid,
          .name = std::move(name),
          .interpreter = 0,
          .os_state = model::OsState::sleeping,
          .waiting_on = model::WaitingOn{.syscall = "futex", .text = "waits for event `ready`"},
          .frames = std::move(frames)};
}

model::Still two_that_wait() {
  model::Still still = live_still();
  still.threads = {
      thread_that_waits(4211, "MainThread",
                        {frame("/srv/app.py", 40, "<module>"), frame("/srv/app.py", 31, "main"),
                         frame(kLibrary, 655, "wait"), frame(kLibrary, 355, "wait")}),
      thread_that_waits(4212, "timer", {frame(kLibrary, 1030, "_bootstrap"), frame(kLibrary, 355, "wait")})};
  return still;
}

TEST(WhyToText, WhereNothingIsFoundEachThreadStandsWithItsPlaceInTheProgramsOwnCode) {
  expect_screen("why_quiet", why_to_text(two_that_wait(), {}));
}

TEST(WhyToText, NotesStandAboveTheThreads) {
  model::Still still = two_that_wait();
  still.findings.push_back({.severity = model::Severity::note, .title = "the program waits for its standard input"});
  const std::string screen = why_to_text(still, {});
  EXPECT_LT(screen.find("note: the program waits"), screen.find("Its threads:"));
}

TEST(WhyToText, AFindingIsAllThatIsShown) {
  model::Still still = two_that_wait();
  still.findings.push_back({.severity = model::Severity::likely, .title = "Deadlock"});
  const std::string screen = why_to_text(still, {});
  EXPECT_TRUE(screen.contains("likely: Deadlock"));
  EXPECT_FALSE(screen.contains("Its threads:"));
}

}  // namespace
}  // namespace stillframe::render
