#include "render/tasks.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "model/tasks.h"
#include "render/stills.h"
#include "render/task_tree.h"
#include "text/display_width.h"

namespace stillframe::render {
namespace {

using model::Task;
using model::TaskState;
using model::WaitKind;

// Tasks of one loop; task i stands at place `place`.
class TasksTest : public ::testing::Test {
 protected:
  TasksTest() : still(testing::live_still()) {
    still.warnings.clear();
    still.findings.clear();
    still.tasks = std::make_shared<model::Tasks>();
    still.tasks->places = {
        {.function = "main", .file = "/srv/app.py", .line = 40, .source = "    await asyncio.gather(*jobs)"},
        {.function = "work", .file = "/srv/app.py", .line = 12, .source = "await asyncio.sleep(30)"},
        {.function = "sleep",
         .file = "/usr/lib/python3.12/asyncio/tasks.py",
         .line = 665,
         .source = "return await future"},
    };
    still.tasks->loops.push_back({.address = 0x1000, .type = "app.Loop", .doing = model::LoopDoing::waits, .ready = 0});
  }
  std::uint32_t add(std::string name, std::vector<std::uint32_t> places, WaitKind kind, std::string text) {
    still.tasks->tasks.push_back({.address = 0x2000 + still.tasks->tasks.size(),
                                  .name = std::move(name),
                                  .loop = 0,
                                  .frames = std::move(places),
                                  .waits_for = {.kind = kind, .text = std::move(text)}});
    return static_cast<std::uint32_t>(still.tasks->tasks.size() - 1);
  }
  void awaits(std::uint32_t one, std::uint32_t other) {
    still.tasks->tasks[one].awaits.push_back(other);
    still.tasks->tasks[other].awaited_by.push_back(one);
  }
  // Without the heading.
  std::string body(const TextOptions& options = {}) {
    const std::string text = tasks_to_text(still, options);
    return text.substr(text.find("Loop "));
  }
  model::Still still;
};

TEST_F(TasksTest, TasksOfANurseryStandBelowWhoseItIs) {
  still.tasks->loops[0].scheduler = model::Scheduler::trio;
  const auto main = add("main", {0}, WaitKind::sleep, "sleeps");
  still.tasks->tasks[add("child", {1}, WaitKind::unknown, "waits, it is not known what for")].parent = main;
  const std::string text = tasks_to_text(still, {});
  EXPECT_EQ(text.substr(text.find("Trio run ")), R"(Trio run 0x1000 (app.Loop): waits for files and timers
  2 tasks: 2 waiting
└─ main: sleeps
   │ /srv/app.py:40 in main: await asyncio.gather(*jobs)
   └─ child: waits, it is not known what for
        /srv/app.py:12 in work: await asyncio.sleep(30)
)");
  const auto json = nlohmann::json::parse(tasks_to_json(still, "1"));
  EXPECT_EQ(json["loops"][0]["kind"], "trio");
  EXPECT_EQ(json["tasks"][1]["parent"], json["tasks"][0]["address"]);
  EXPECT_EQ(json["tasks"][1]["waits_for"]["kind"], "unknown");
}

TEST_F(TasksTest, TheTreeOfWhoAwaitsWhom) {
  const auto main = add("Task-1", {0}, WaitKind::tasks, "awaits a, b, c");
  for (const char* name : {"a", "b", "c"}) {
    awaits(main, add(name, {1, 2}, WaitKind::sleep, "sleeps, 3 s left"));
  }
  EXPECT_EQ(body(), R"(Loop 0x1000 (app.Loop): waits for files and timers
  4 tasks: 4 waiting
└─ Task-1: awaits a, b, c
   │ /srv/app.py:40 in main: await asyncio.gather(*jobs)
   └─ a: sleeps, 3 s left
        /srv/app.py:12 in work: await asyncio.sleep(30)
        and 2 more tasks at the same place: b, c
)");
  EXPECT_EQ(body({.fold = false, .hide_plumbing = false}), R"(Loop 0x1000 (app.Loop): waits for files and timers
  4 tasks: 4 waiting
└─ Task-1: awaits a, b, c
   │ /srv/app.py:40 in main: await asyncio.gather(*jobs)
   ├─ a: sleeps, 3 s left
   │    /srv/app.py:12 in work: await asyncio.sleep(30)
   │    /usr/lib/python3.12/asyncio/tasks.py:665 in sleep: return await future
   ├─ b: sleeps, 3 s left
   │    /srv/app.py:12 in work: await asyncio.sleep(30)
   │    /usr/lib/python3.12/asyncio/tasks.py:665 in sleep: return await future
   └─ c: sleeps, 3 s left
        /srv/app.py:12 in work: await asyncio.sleep(30)
        /usr/lib/python3.12/asyncio/tasks.py:665 in sleep: return await future
)");
}

TEST_F(TasksTest, OneThatSeveralAwait) {
  const auto one = add("one", {0}, WaitKind::tasks, "awaits shared");
  const auto other = add("other", {1}, WaitKind::tasks, "awaits shared");
  const auto shared = add("shared", {1}, WaitKind::tasks, "awaits last");
  awaits(one, shared);
  awaits(other, shared);
  awaits(shared, add("last", {1}, WaitKind::sleep, "sleeps"));
  EXPECT_NE(body().find("shared: awaits last"), std::string::npos);
  EXPECT_NE(body().find("shared: as above"), std::string::npos);
}

TEST_F(TasksTest, Circles) {
  const auto one = add("one", {0}, WaitKind::tasks, "awaits other");
  const auto other = add("other", {0}, WaitKind::tasks, "awaits one");
  awaits(one, other);
  awaits(other, one);
  EXPECT_EQ(body(), R"(Loop 0x1000 (app.Loop): waits for files and timers
  2 tasks: 2 waiting
└─ one: awaits other
   │ /srv/app.py:40 in main: await asyncio.gather(*jobs)
   └─ other: awaits one
      │ /srv/app.py:40 in main: await asyncio.gather(*jobs)
      └─ one: awaits itself: a circle
)");
}

TEST_F(TasksTest, EveryTaskIsCountedOnce) {
  // A chain that is too deep for a screen, and a task beside it.
  auto before = add("0", {0}, WaitKind::tasks, "");
  for (int i = 1; i < 1000; ++i) {
    const auto next = add(std::to_string(i), {0}, WaitKind::tasks, "");
    awaits(before, next);
    before = next;
  }
  add("alone", {1}, WaitKind::sleep, "");
  const auto nodes = task_tree(*still.tasks, 0, true);
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[1].task, 1000U);
  EXPECT_NE(body().find("… 1 more task"), std::string::npos);
}

TEST_F(TasksTest, UntrustedNames) {
  add("evil\x1b[31m", {0}, WaitKind::future, "waits for the object (\x1b[0m)");
  const std::string text = body();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("evil\\x1b[31m"), std::string::npos);
}

TEST_F(TasksTest, FitsTheScreen) {
  add(std::string(300, 'n'), {0}, WaitKind::future, std::string(300, 'w'));
  for (const int width : {20, 40, 80}) {
    std::istringstream lines(tasks_to_text(still, {.width = width}));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(text::display_width(line), std::max(width, 40)) << line;
    }
  }
}

TEST_F(TasksTest, ALoopThatIsHeldUp) {
  still.threads.push_back({.tid = 4211, .name = "MainThread"});
  still.tasks->loops[0].doing = model::LoopDoing::runs;
  still.tasks->loops[0].tid = 4211;
  still.tasks->loops[0].thread = 0;
  still.tasks->loops[0].callback = {1};
  still.tasks->loops[0].ready = 2;
  still.threads[0].os_state = model::OsState::sleeping;
  const std::string text = body();
  EXPECT_NE(text.find("runs a callback, held up ("), std::string::npos) << text;
  EXPECT_NE(text.find("; 2 callbacks ready"), std::string::npos) << text;
  EXPECT_NE(text.find("    /srv/app.py:12 in work"), std::string::npos) << text;
}

TEST_F(TasksTest, Json) {
  const auto main = add("Task-1", {0}, WaitKind::tasks, "awaits a");
  awaits(main, add("a", {1, 2}, WaitKind::sleep, "sleeps"));
  still.tasks->tasks[1].waits_for.seconds_left = 3.25;
  still.tasks->cycles = {{0, 1}};
  const auto json = nlohmann::json::parse(tasks_to_json(still, "1.0"));
  EXPECT_EQ(json["schema"], "stillframe-tasks/1");
  EXPECT_EQ(json["tasks"][0]["awaits"], nlohmann::json::array({"0x2001"}));
  EXPECT_EQ(json["tasks"][1]["awaited_by"], nlohmann::json::array({"0x2000"}));
  EXPECT_EQ(json["tasks"][1]["frames"][1]["function"], "sleep");
  EXPECT_EQ(json["tasks"][1]["waits_for"]["seconds_left"], 3.25);
  EXPECT_EQ(json["tasks"][1]["loop"], "0x1000");
  EXPECT_EQ(json["cycles"], nlohmann::json::array({nlohmann::json::array({"0x2000", "0x2001"})}));
}

}  // namespace
}  // namespace stillframe::render
