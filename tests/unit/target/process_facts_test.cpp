#include "target/process_facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "child_process.h"

namespace stillframe::target {
namespace {

using std::string_view_literals::operator""sv;

TEST(ParseProcessStatus, ReadsNameStateAndInnerIds) {
  const auto facts = parse_process_status(
      "Name:\tpython3\nUmask:\t0022\nState:\tT (stopped)\nTgid:\t4313\nNSpid:\t4313\t7\nNSpgid:\t4300\t5\n", 4313);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->pid, 4313);
  EXPECT_EQ(facts->inner_pid, 7);
  EXPECT_EQ(facts->inner_group, 5);
  EXPECT_EQ(facts->name, "python3");
  EXPECT_EQ(facts->state, model::OsState::stopped);
  EXPECT_FALSE(parse_process_status("", 1));
  EXPECT_FALSE(parse_process_status("Name:\tx\n", 1));
  EXPECT_EQ(parse_process_status("Name:\tx\nState:\tS\n", 9)->inner_pid, 9) << "kernels without pid namespaces";
}

TEST(ScriptName, IsWhatPythonRuns) {
  EXPECT_EQ(script_name("/usr/bin/python3\0-u\0/srv/worker.py\0--fast\0"sv), "worker.py");
  EXPECT_EQ(script_name("python\0-m\0http.server\0"sv), "http.server");
  EXPECT_EQ(script_name("python3.12\0-X\0dev\0-W\0error\0app.py\0"sv), "app.py");
  EXPECT_FALSE(script_name("python3\0-c\0import os\0"sv));
  EXPECT_FALSE(script_name("python3\0"sv));
  EXPECT_FALSE(script_name("python3\0-m\0"sv));
  EXPECT_FALSE(
      script_name("/usr/bin/sleep\0"
                  "100\0"sv));
  EXPECT_FALSE(script_name(""));
  EXPECT_EQ(script_name(std::string("python3\0", 8) + std::string(100'000, 'x'))->size(), 128U);
}

TEST(ChildrenOf, ListsThoseOfAProcess) {
  const testing::ChildProcess child([](const auto& ready) {
    ready();
    pause();
  });
  ASSERT_TRUE(child.ready());
  bool found = false;
  for (const ProcessFacts& one : children_of(getpid())) {
    found = found || one.pid == child.pid();
  }
  EXPECT_TRUE(found);
  EXPECT_TRUE(children_of(child.pid()).empty());
  const auto pids = child_pids(getpid());
  EXPECT_NE(std::ranges::find(pids, child.pid()), pids.end());
}

}  // namespace
}  // namespace stillframe::target
