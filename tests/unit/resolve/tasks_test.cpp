#include "resolve/tasks.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <memory>

#include "model/tasks.h"
#include "resolve/files_target.h"

namespace stillframe::resolve {
namespace {

constexpr double kNow = 1000.0;

// A machine that has been up for a thousand seconds.
class Clock : public target::Surroundings {
 public:
  std::optional<double> now(int clock) override {
    return clock == CLOCK_MONOTONIC ? std::optional(kNow) : std::nullopt;
  }
};

class ClockTarget : public testing::FilesTarget {
 public:
  [[nodiscard]] std::unique_ptr<target::Surroundings> surroundings() const override {
    return std::make_unique<Clock>();
  }
};

// Ours is no time that the loop was held up for: who looks may need seconds for the names of native frames.
TEST(Tasks, AreAsLateAsTheyWereWhenTheyWereRead) {
  cpython::RawTasks raw;
  raw.loops.push_back({.loop = {.address = 0x1000, .known = true, .next_timer = kNow - 10}});
  raw.loops.push_back({.loop = {.address = 0x2000, .known = true, .next_timer = kNow - 1}});
  model::Still still;
  FrameMaker frames({}, still);
  const auto read_at = std::chrono::steady_clock::now() - std::chrono::seconds(3);
  resolve_tasks(raw, {}, monotonic_at(ClockTarget(), read_at), frames, still);
  const auto& loops = still.tasks->loops;
  ASSERT_EQ(loops.size(), 2U);
  ASSERT_TRUE(loops[0].overdue);
  EXPECT_LE(*loops[0].overdue, 7.0);
  EXPECT_FALSE(loops[1].overdue);
  EXPECT_GE(loops[1].next_timer.value_or(0), 2.0);
}

TEST(Tasks, WithoutAClockNothingIsLate) {
  EXPECT_FALSE(monotonic_at(testing::FilesTarget(), std::chrono::steady_clock::now()));
}

}  // namespace
}  // namespace stillframe::resolve
