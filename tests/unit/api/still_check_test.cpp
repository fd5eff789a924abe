#include "api/still_check.h"

#include <gtest/gtest.h>

#include "model/check.h"
#include "model/tasks.h"

namespace stillframe::api {
namespace {

TEST(StillCheck, WhatFitsTogetherPasses) {
  model::Still still;
  still.resources.emplace_back();
  still.threads.push_back({.tid = 1, .wants = model::ResourceWait{.resource = 0}});
  still.tasks = std::make_shared<model::Tasks>();
  still.tasks->loops.push_back({.thread = 0});
  still.tasks->tasks.push_back({.loop = 0, .awaits = {0}});
  EXPECT_NO_THROW(check_fits_together(still));
}

TEST(StillCheck, TellsWhatPointsNowhere) {
  model::Still still;
  still.threads.push_back({.tid = 4211, .wants = model::ResourceWait{.resource = 3}});
  try {
    check_fits_together(still);
    FAIL() << "a resource that is not there";
  } catch (const BrokenInvariant& broken) {
    const std::string_view text = broken.what();
    EXPECT_TRUE(text.starts_with("src/api/still_check.cpp:")) << text;
    EXPECT_TRUE(text.ends_with("does not hold (tid 4211, resource 3, resources 0)")) << text;
  }
}

TEST(StillCheck, LooksAtHoldersAndTasks) {
  model::Still holder;
  holder.resources.push_back({.holders = {{.other = 0}}});
  EXPECT_THROW(check_fits_together(holder), BrokenInvariant);
  for (const auto& task : {model::Task{.loop = 1}, model::Task{.parent = 7}, model::Task{.frames = {0}},
                           model::Task{.awaits = {1}}, model::Task{.waits_for = {.holders = {9}}}}) {
    model::Still still;
    still.tasks = std::make_shared<model::Tasks>();
    still.tasks->tasks.push_back(task);
    EXPECT_THROW(check_fits_together(still), BrokenInvariant);
  }
}

TEST(StillCheck, WhatWasReadWhileItRanIsNeverConsistent) {
  model::Still still;
  still.consistency = {.method = model::Method::running, .consistent = true};
  EXPECT_THROW(check_fits_together(still), BrokenInvariant);
}

}  // namespace
}  // namespace stillframe::api
