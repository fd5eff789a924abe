#include "render/json_reader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "render/golden.h"
#include "render/stills.h"

namespace stillframe::render {
namespace {

using Tree = nlohmann::json;
using testing::frame;
using testing::live_still;
using testing::read_back;

// One of everything.
model::Still full_still() {
  model::Still still = live_still();
  auto call = frame("/srv/app.py", 12, "inner", "    total = price(x)", "price(x)");
  call.arguments = std::vector<model::Value>{
      {.name = "x", .type = "int", .value = "1", .kind = model::ValueKind::argument, .children = {{.name = "y"}}}};
  call.locals = std::vector<model::Value>{};
  call.exceptions = {{.name = "e", .value = "E()", .kind = model::ValueKind::handled}};
  call.locals_left_out = 3;
  call.source_lines = "f(\n\n1)";
  const model::Frame native{.kind = model::FrameKind::native, .function = "poll", .address = 0x7f00, .macro = "M"};
  still.crash = model::Crash{.signal = 11, .signal_name = "SIGSEGV", .fault_address = ~std::uint64_t{0}};
  still.crash->fault = model::Fault{.pc = 1, .access = model::AccessKind::execute, .area = model::MemoryArea{}};
  still.crash->stack = model::StackArea{.begin = 1, .end = 2};
  still.crash->cpp_exception = model::CppException{.type = "int"};
  still.crash->exceptions = {{.type = "A", .traceback = {call}, .from = 1}, {.type = "B", .last = true}};
  still.threads.push_back({.tid = 4211,
                           .name = "MainThread",
                           .waiting_on = model::WaitingOn{.syscall = "poll",
                                                          .timeout = 0.1 + 0.2,
                                                          .limited = true,
                                                          .files = {{.fd = 3, .processes = {{.pid = 7}}}}},
                           .wants = model::ResourceWait{.resource = 0, .call = "with", .frame = 0},
                           .frames = {call, native},
                           .greenlets = {{.address = 16, .frames = {call}}}});
  still.pools = {{.queue = 0x5000, .workers = {1}, .waiting = {0x6000}}};
  still.descendants = {{.process = {.pid = 7}, .parent = 4211, .waits = {{.tid = 7, .other_end = {{.pid = 1}}}}}};
  still.forked_from = model::OtherProcess{.pid = 9, .state = model::OsState::idle};
  still.others = {{.process = {.pid = 30, .name = "worker"}}};
  still.resources = {{.kind = model::ResourceKind::process_lock,
                      .type = "Lock",
                      .holders = {{.tid = 31, .how = "its owner field", .other = 0}, {.tid = 4211, .frame = 1}}}};
  still.findings = {{.id = "x", .evidence = {"e"}, .advice = {"a"}, .tids = {4211}}};
  still.warnings = {"w"};
  still.partial = true;
  return still;
}

TEST(JsonReader, GivesBackWhatWasWritten) {
  const model::Still read = read_back(full_still());
  ASSERT_EQ(read.threads.size(), 1);
  EXPECT_EQ(read.taken_at, full_still().taken_at);
  EXPECT_EQ(read.threads[0].frames[0].source_lines, "f(\n\n1)");
  EXPECT_EQ(read.threads[0].frames[0].arguments->front().children.size(), 1);
  EXPECT_EQ(read.threads[0].frames[1].address, 0x7f00);
  EXPECT_TRUE(read.threads[0].waiting_on->limited);
  EXPECT_EQ(read.crash->exceptions[0].from, 1);
  ASSERT_EQ(read.others.size(), 1);
  EXPECT_EQ(read.resources[0].holders[0].other, 0);
  EXPECT_EQ(read.others[0].process.name, "worker");
  EXPECT_TRUE(read.partial);
}

TEST(JsonReader, OwnsItsTexts) {
  std::string text = to_json(full_still(), "1.2.3");
  const auto read = still_from_json(text);
  ASSERT_TRUE(read);
  text.assign(text.size(), '#');
  EXPECT_EQ(read->tool_version, "1.2.3");
  EXPECT_EQ(read->still.threads[0].frames[0].function, "inner");
  EXPECT_EQ(read->still.threads[0].frames[0].arguments->front().name, "x");
}

TEST(JsonReader, NumbersAtTheirEndsStayWhatTheyAre) {
  model::Still still = full_still();
  auto& waiting = *still.threads[0].waiting_on;
  constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
  still.consistency.pause_us = kLargest;
  still.threads[0].tid = -kLargest - 1;
  still.crash->fault->area->file_offset = std::numeric_limits<std::uint64_t>::max();
  for (const double seconds : {0.0, 1e-7, 0.1234565, 123456.789012, 999'999'999.999999, 1e9 / 3, 1e22, 1e300}) {
    waiting.timeout = seconds;
    static_cast<void>(read_back(still));
  }
}

TEST(JsonReader, TimesBelowASecondAndWithoutAFraction) {
  auto tree = Tree::parse(to_json(live_still(), "1"));
  const auto taken_at = [&](const char* time) {
    tree["taken_at"] = time;
    const auto read = still_from_json(tree.dump());
    return read ? std::chrono::duration_cast<std::chrono::microseconds>(read->still.taken_at.time_since_epoch()).count()
                : -1;
  };
  EXPECT_EQ(taken_at("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(taken_at("2000-02-29T23:59:59.5Z"), 951'868'799'500'000);
  EXPECT_EQ(taken_at("2000-02-29T23:59:59.123456789Z"), 951'868'799'123'456);
  for (const char* wrong :
       {"", "Z", "2001-02-29T00:00:00Z", "2000-13-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z",
        "2000-01-01T24:00:00Z", "2000-01-01T00:00:00.Z", "2000-01-01T00:00:00.1234567890Z", "2000-01-01T00:00:00+01:00",
        "2000-01-01 00:00:00Z", "+200-01-01T00:00:00Z"}) {
    EXPECT_EQ(taken_at(wrong), -1) << wrong;
  }
}

TEST(JsonReader, MembersThatItDoesNotKnowAreIgnored) {
  auto tree = Tree::parse(to_json(full_still(), "1"));
  tree["later"] = 1;
  tree["threads"][0]["later"] = Tree::array({1});
  tree["threads"][0]["waiting_on"].erase("limited");  // older versions did not write it
  const auto read = still_from_json(tree.dump());
  ASSERT_TRUE(read) << read.error().stopper;
  EXPECT_TRUE(read->still.threads[0].waiting_on->limited) << "it has a timeout";
}

std::string problem_of(const std::string& text) {
  const auto read = still_from_json(text);
  if (read) {
    return "";
  }
  EXPECT_FALSE(read.error().tried.empty());
  EXPECT_FALSE(read.error().advice.empty());
  return read.error().stopper;
}

TEST(JsonReader, SaysWhereTheProblemIs) {
  const auto tree = Tree::parse(to_json(full_still(), "1"));
  const auto with = [&](const char* place, const Tree& value) {
    auto changed = tree;
    changed[Tree::json_pointer(place)] = value;
    return problem_of(changed.dump());
  };
  EXPECT_EQ(with("/threads/0/frames/1/address", "7f00"), "threads[0].frames[1].address is no address");
  EXPECT_EQ(with("/threads/0/frames/0/line", 1.5), "threads[0].frames[0].line is no whole number");
  EXPECT_EQ(with("/threads/0/frames/0/line", 1U << 31U), "threads[0].frames[0].line is out of range");
  EXPECT_EQ(with("/threads/0/tid", 1U << 31U), "");
  EXPECT_EQ(with("/threads/0/tid", ~std::uint64_t{0}), "threads[0].tid is out of range");
  EXPECT_EQ(with("/threads/0/greenlets/0", nullptr), "threads[0].greenlets[0] is no object");
  EXPECT_EQ(with("/threads", Tree::object()), "threads is no list");
  EXPECT_EQ(with("/threads/0/wants/resource", 1), "threads[0].wants.resource is none of `resources`");
  EXPECT_EQ(with("/crash/exceptions/0/from", 2), "crash has an exception that comes from one that is not there");
  EXPECT_EQ(with("/source/command_line/1", 5), "source.command_line[1] is no text");
  EXPECT_EQ(with("/pools/0/waiting/0", "0x"), "pools[0].waiting[0] is no address");
  EXPECT_EQ(with("/threads/0/os_state", "x"), "threads[0].os_state has a name that this version does not know");
  EXPECT_EQ(with("/threads/0/frames/0/source_lines/1", 1), "threads[0].frames[0].source_lines[1] is no text");
  EXPECT_EQ(with("/partial", 1), "partial is neither true nor false");
  auto less = tree;
  less["threads"][0].erase("torn");
  EXPECT_EQ(problem_of(less.dump()), "threads[0].torn is missing");
}

TEST(JsonReader, EveryMemberMayBeMissingOrOfAnotherType) {
  const auto tree = Tree::parse(to_json(full_still(), "1"));
  std::size_t refused = 0;
  const auto flat = tree.flatten();
  for (const auto& [place, value] : flat.items()) {
    for (const Tree& other : {Tree(), Tree(true), Tree(-1), Tree(1e300), Tree("\x01"), Tree::array({Tree()}),
                              Tree::object({{"kind", "python"}})}) {
      auto changed = tree;
      changed[Tree::json_pointer(place)] = other;
      const auto read = still_from_json(changed.dump());
      refused += read ? 0 : 1;
      if (read) {
        static_cast<void>(read_back(read->still));
      }
    }
  }
  EXPECT_GT(refused, flat.size() * 3);
}

TEST(JsonReader, TellsWhatItIsNot) {
  EXPECT_EQ(problem_of(R"({"schema": "stillframe/2"})"),
            "its schema is 'stillframe/2', and this version reads 'stillframe/1'");
  EXPECT_EQ(problem_of("{\"schema\": \"\\u001b[2J\"}"), "its schema is not 'stillframe/1', which this version reads");
  EXPECT_EQ(problem_of("{}"), "schema is missing");
  EXPECT_EQ(problem_of("[]"), "the whole is no object");
  for (const char* text : {"", " ", "{", "\xff", "{\"a\": 1e999}", "{} {}", "nul", "\"\\ud800\""}) {
    EXPECT_TRUE(problem_of(text).starts_with("it is no JSON: ")) << text << ": " << problem_of(text);
  }
  EXPECT_LT(problem_of("\"" + std::string(1'000'000, 'x')).size(), 300);
}

TEST(JsonReader, HostileShapesCostNoMoreThanTheirSize) {
  const auto before = std::chrono::steady_clock::now();
  EXPECT_NE(problem_of(std::string(1'000'000, '[')), "");
  EXPECT_NE(problem_of(std::string(200'000, '[') + std::string(200'000, ']')), "");
  std::string wide = "{";
  for (int i = 0; i < 200'000; ++i) {
    wide += "\"" + std::to_string(i) + "\":0,";
  }
  EXPECT_EQ(problem_of(wide + "\"x\":0}"), "schema is missing");
  auto tree = Tree::parse(to_json(full_still(), "1"));
  Tree value = tree["threads"][0]["frames"][0]["arguments"][0];
  for (int i = 0; i < 1000; ++i) {
    Tree outer = value;
    outer["children"] = Tree::array({std::move(value)});
    value = std::move(outer);
  }
  tree["threads"][0]["frames"][0]["arguments"][0] = std::move(value);
  EXPECT_TRUE(problem_of(tree.dump()).ends_with("lies deeper within other values than any version writes"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
}

}  // namespace
}  // namespace stillframe::render
