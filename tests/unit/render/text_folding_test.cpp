// What is shown once although it is there many times.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "render/golden.h"
#include "render/stills.h"
#include "render/text.h"

namespace stillframe::render {
namespace {

using model::Still;
using testing::expect_still_screen;
using testing::frame;
using testing::live_still;

Still recursive_still(int depth, int period) {
  Still still = live_still();
  std::vector<model::Frame> frames{frame("/srv/app.py", 1, "<module>", "f0(0)", "f0(0)")};
  constexpr std::array<std::string_view, 8> kNames{"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7"};
  for (int i = 0; i < depth; ++i) {
    const int which = i % period;
    frames.push_back(
        frame("/srv/app.py", 10 + which, kNames.at(static_cast<std::size_t>(which)), "    return next(n)"));
  }
  frames.push_back(frame("/srv/app.py", 99, "last", "    time.sleep(1)"));
  still.threads.push_back({.tid = 4211,
                           .name = "MainThread",
                           .interpreter = 0,
                           .os_state = model::OsState::sleeping,
                           .frames = std::move(frames)});
  return still;
}

TEST(TextScreen, DeepRecursionIsFolded) {
  expect_still_screen("deep", recursive_still(100'000, 1), {});
  expect_still_screen("deep_mutual", recursive_still(100'001, 3), {});
  EXPECT_LT(to_text(recursive_still(100'000, 8), {}).size(), 2000U);
}

// The same with an argument that differs in each call.
Still counting_still(int depth) {
  Still still = recursive_still(depth, 1);
  auto& frames = still.threads.front().frames;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    frames[i].arguments = {
        {.name = "n", .value = still.texts.keep(std::to_string(i)), .kind = model::ValueKind::argument}};
    frames[i].locals = {{.name = "cache", .value = "{}"},
                        {.name = "total", .value = "7", .kind = model::ValueKind::cell}};
  }
  return still;
}

TEST(TextScreen, DeepRecursionIsFoldedAlthoughItsArgumentsDiffer) {
  expect_still_screen("deep_values", counting_still(1000), {});
  const std::string few = to_text(counting_still(10), {});
  EXPECT_EQ(few.find("repeated"), std::string::npos);
  EXPECT_NE(few.find("n = 5"), std::string::npos);
}

TEST(TextScreen, NoFoldShowsEveryFrame) {
  const std::string text = to_text(recursive_still(1000, 1), {.fold = false});
  EXPECT_EQ(std::ranges::count(text, '\n'), 3 + 2 * 1002);
}

TEST(TextScreen, FewRepeatsAreNotFolded) {
  const std::string text = to_text(recursive_still(2, 1), {});
  EXPECT_EQ(text.find("repeated"), std::string::npos);
}

TEST(TextScreen, ThreadsWithEqualStacksAreShownOnce) {
  Still still = live_still();
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) {
    names.push_back("worker-" + std::to_string(i));
  }
  for (int i = 0; i < 40; ++i) {
    still.threads.push_back({.tid = 5000 + i,
                             .name = names[static_cast<std::size_t>(i)],
                             .interpreter = 0,
                             .os_state = i == 7 ? model::OsState::running : model::OsState::sleeping,
                             .frames = {frame("/srv/app.py", i == 9 ? 4 : 3, "work", "q.get()")}});
  }
  expect_still_screen("equal_threads_80", still, {.width = 80});
  const std::string all = to_text(still, {.fold = false});
  for (int i = 0; i < 40; ++i) {
    EXPECT_NE(all.find("Thread " + std::to_string(5000 + i)), std::string::npos);
  }
}

TEST(TextScreen, AThousandDeepThreadsAreEachFolded) {
  Still still = live_still();
  const auto frames = recursive_still(1000, 2).threads[0].frames;
  for (int i = 0; i < 1000; ++i) {
    still.threads.push_back({.tid = 5000 + i, .frames = frames});
    still.threads.back().frames.back().line = i;  // none is like another
  }
  const std::string text = to_text(still, {});
  std::size_t threads = 0;
  for (auto at = text.find("Thread 5"); at != std::string::npos; at = text.find("Thread 5", at + 1)) {
    ++threads;
  }
  EXPECT_EQ(threads, 1000U);
  EXPECT_LT(text.size(), 1000U * 1000U);
}

}  // namespace
}  // namespace stillframe::render
