#include "capture/task_trouble.h"

#include <gtest/gtest.h>

namespace stillframe::capture {
namespace {

using cpython::RawTasks;

// Three tasks of a loop that waits: the first awaits the second and the third, as gather() does.
RawTasks healthy() {
  RawTasks tasks;
  tasks.loops = {{.doing = model::LoopDoing::waits}};
  tasks.tasks = {{.address = 1}, {.address = 2, .awaited_by = {1}}, {.address = 3, .awaited_by = {1}}};
  return tasks;
}

TEST(TaskTrouble, NoneOfTasksThatAwaitOthers) {
  EXPECT_FALSE(may_be_in_trouble({}));
  RawTasks tasks = healthy();
  EXPECT_FALSE(may_be_in_trouble(tasks));
  tasks.loops[0].doing = model::LoopDoing::between;
  tasks.tasks[2].awaited_by.push_back(9);  // who is not among them
  tasks.tasks[1].awaited_by.push_back(3);
  EXPECT_FALSE(may_be_in_trouble(tasks));
}

TEST(TaskTrouble, OfALoopThatRunsSomething) {
  RawTasks tasks = healthy();
  tasks.loops.push_back({.doing = model::LoopDoing::runs});
  EXPECT_TRUE(may_be_in_trouble(tasks));
}

TEST(TaskTrouble, OfTasksThatAwaitOneAnother) {
  RawTasks tasks = healthy();
  tasks.tasks[0].awaited_by = {3};
  EXPECT_TRUE(may_be_in_trouble(tasks));
}

TEST(TaskTrouble, OfLocks) {
  RawTasks tasks = healthy();
  tasks.tasks[1].wait.holders = {3};
  EXPECT_FALSE(may_be_in_trouble(tasks)) << "it waits for its turn";
  tasks.tasks[2].wait.holders = {1};
  EXPECT_TRUE(may_be_in_trouble(tasks)) << "who awaits it holds what it waits for";
  tasks = healthy();
  tasks.tasks[2].wait.holders = {3};
  EXPECT_TRUE(may_be_in_trouble(tasks)) << "it holds that itself";
}

}  // namespace
}  // namespace stillframe::capture
