#include "render/json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "render/golden.h"
#include "render/stills.h"

namespace stillframe::render {
namespace {

using Json = nlohmann::json;
using testing::frame;
using testing::live_still;

// What is written is also read back each time.
Json parsed(const model::Still& still) {
  static_cast<void>(testing::read_back(still));
  return Json::parse(to_json(still, "9.9.9"));
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) {
    keys.push_back(key);
  }
  return keys;
}

TEST(Json, IsOneLine) {
  model::Still still = live_still();
  still.source.command_line = {"a\nb"};
  still.warnings = {"one\ntwo"};
  const std::string text = to_json(still, "9.9.9");
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_EQ(text.back(), '\n');
}

TEST(Json, EscapesWhatATerminalWouldActOnOrNotShow) {
  model::Still still = live_still();
  still.warnings = {
      "a\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\xe2\x80\xa8\xef\xbb\xbf\xe1\x85\x9f\xe3\x85\xa4\xcd\x8f\xf3"
      "\xa0\x81\x81z gr\u00f6\u00dfer \u6f22"};
  const std::string text = to_json(still, "9.9.9");
  EXPECT_TRUE(text.contains(
      "a\\u007f\\u009b\\u202e\\u2066\\u200b\\u2028\\ufeff\\u115f\\u3164\\u034f\\udb40\\udc41z gr\u00f6\u00dfer"))
      << text;
  EXPECT_EQ(Json::parse(text)["warnings"][0], still.warnings[0]) << "nothing is lost";
}

TEST(Json, HeadOfAStill) {
  const Json json = parsed(live_still());
  EXPECT_EQ(json["schema"], "stillframe/1");
  EXPECT_EQ(json["tool_version"], "9.9.9");
  EXPECT_EQ(json["taken_at"], "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(json["source"], Json::parse(R"({"kind": "process", "pid": 4211, "core": null,
      "executable": "/usr/bin/python3.12", "command_line": ["python", "/srv/app.py", "--port", "80"]})"));
  EXPECT_EQ(json["consistency"],
            Json::parse(R"({"method": "untouched", "consistent": true, "pause_us": 0, "threads_stopped": 0})"));
  EXPECT_EQ(json["python"], Json::parse(R"({"version": "3.12.1", "build": null, "debug_build": false,
      "free_threaded": false, "state": "running"})"));
  EXPECT_TRUE(json["crash"].is_null());
  EXPECT_EQ(json["interpreters"], Json::parse(R"([{"id": 0, "gc_collecting": false,
      "gil": {"held": false, "holder_tid": null, "drop_requested": false}}])"));
  EXPECT_EQ(json["threads"], Json::array());
  EXPECT_EQ(json["partial"], false);
}

TEST(Json, AbsentFactsAreNull) {
  model::Still still;
  still.threads.push_back({.frames = {model::Frame{.function = "f"}}});
  const Json json = parsed(still);
  EXPECT_TRUE(json["python"].is_null());
  EXPECT_TRUE(json["source"]["pid"].is_null());
  const Json& thread = json["threads"][0];
  for (const char* key :
       {"tid", "name", "os_name", "interpreter", "holds_gil", "waits_for_gil", "waiting_on", "incomplete_reason"}) {
    ASSERT_TRUE(thread.contains(key)) << key;
    EXPECT_TRUE(thread[key].is_null()) << key;
  }
  const Json& call = thread["frames"][0];
  for (const char* key :
       {"qualified_name", "file", "line", "end_line", "column", "end_column", "source", "arguments", "locals"}) {
    ASSERT_TRUE(call.contains(key)) << key;
    EXPECT_TRUE(call[key].is_null()) << key;
  }
}

TEST(Json, Crash) {
  model::Still still = live_still();
  still.crash = model::Crash{.signal = 11,
                             .signal_name = "SIGSEGV",
                             .code = "SEGV_MAPERR",
                             .fault_address = 0xffffffffffffffff,
                             .tid = 5,
                             .sender_pid = 6,
                             .sender_uid = 0};
  EXPECT_EQ(parsed(still)["crash"], Json::parse(R"({"signal": "SIGSEGV", "signal_number": 11, "code": "SEGV_MAPERR",
      "fault_address": "0xffffffffffffffff", "tid": 5, "sender_pid": 6, "sender_uid": 0, "fault": null, "stack": null,
      "abort_message": null, "fatal_function": null, "fatal_message": null, "cpp_exception": null, "exceptions": [],
      "system_call": null})"));
}

TEST(Json, CrashWithAllThatIsKnown) {
  model::Still still = live_still();
  still.crash = model::Crash{.signal = 11, .signal_name = "SIGSEGV"};
  still.crash->fault = model::Fault{.pc = 0x4000,
                                    .address = 0x10,
                                    .access = model::AccessKind::write,
                                    .bytes = 8,
                                    .registers = {{.name = "rdi", .value = 0}},
                                    .area = model::MemoryArea{.begin = 0, .end = 0x1000, .path = "/x"}};
  still.crash->stack = model::StackArea{.begin = 1, .end = 2, .sp = 3, .guard = 0};
  still.crash->cpp_exception = model::CppException{.type = "int", .what = "7"};
  still.crash->exceptions = {
      {.type = "KeyError", .text = "KeyError('x')", .traceback = {frame("/a.py", 3, "f", "", "")}}};
  const Json crash = parsed(still)["crash"];
  EXPECT_EQ(crash["fault"]["access"], "write");
  EXPECT_EQ(crash["fault"]["registers"], Json::parse(R"([{"name": "rdi", "value": "0x0"}])"));
  EXPECT_EQ(crash["fault"]["area"]["path"], "/x");
  EXPECT_TRUE(crash["fault"]["instruction"].is_null());
  EXPECT_EQ(crash["stack"]["sp"], "0x3");
  EXPECT_EQ(crash["cpp_exception"], Json::parse(R"({"type": "int", "what": "7"})"));
  EXPECT_EQ(crash["exceptions"][0]["traceback"], Json::parse(R"([{"function": "f", "file": "/a.py", "line": 3}])"));
  EXPECT_TRUE(crash["exceptions"][0]["from"].is_null());
}

TEST(Json, Frames) {
  model::Still still = live_still();
  auto call = frame("/srv/app.py", 12, "inner", "    total = 名(x)", "名(x)");
  call.qualified_name = "Order.inner";
  call.entry = true;
  call.arguments =
      std::vector<model::Value>{{.name = "self",
                                 .type = "Order",
                                 .value = "<Order at 0x1>",
                                 .kind = model::ValueKind::argument,
                                 .address = 1,
                                 .children = {{.name = "n", .value = "2", .kind = model::ValueKind::child}}}};
  call.locals = std::vector<model::Value>{};
  const model::Frame native{.kind = model::FrameKind::native,
                            .inlined = true,
                            .function = "clock_nanosleep",
                            .file = "a.c",
                            .line = 78,
                            .column = 7,
                            .source = "  wait();",
                            .library = "/lib/libc.so.6",
                            .address = 0x7f0000001000,
                            .macro = "M",
                            .guessed = true,
                            .plumbing = false};
  const model::Frame nameless{.kind = model::FrameKind::native, .address = 1, .plumbing = true};
  still.threads.push_back({.tid = 1,
                           .complete = false,
                           .incomplete_reason = "torn",
                           .native_end = "unreadable",
                           .merge_conflict = "disorder"});
  still.threads[0].frames = {call, native, nameless};
  const Json thread = parsed(still)["threads"][0];
  EXPECT_EQ(thread["complete"], false);
  EXPECT_EQ(thread["incomplete_reason"], "torn");
  EXPECT_EQ(thread["frames"][0],
            Json::parse(R"j({"kind": "python", "function": "inner", "qualified_name": "Order.inner",
      "file": "/srv/app.py", "line": 12, "end_line": 12, "column": 13, "end_column": 18, "source": "    total = 名(x)",
      "entry": true, "arguments": [{"name": "self", "type": "Order", "value": "<Order at 0x1>",
        "kind": "argument", "address": "0x1", "readable": true, "cut": false, "children": [{"name": "n", "type": null,
        "value": "2", "kind": "child", "address": null, "readable": true, "cut": false}]}], "locals": []
})j"));
  EXPECT_EQ(thread["frames"][1], Json::parse(R"({"kind": "native", "function": "clock_nanosleep", "file": "a.c",
      "line": 78, "column": 7, "source": "  wait();", "library": "/lib/libc.so.6", "address": "0x7f0000001000", "inlined": true,
      "macro": "M", "guessed": true, "plumbing": false})"));
  EXPECT_EQ(thread["frames"][2], Json::parse(R"({"kind": "native", "function": null, "file": null, "line": null,
      "column": null, "source": null, "library": null, "address": "0x1", "inlined": false, "macro": null, "guessed": false,
      "plumbing": true})"));
  EXPECT_EQ(thread["native_end"], "unreadable");
  EXPECT_EQ(thread["merge_conflict"], "disorder");
}

TEST(Json, GreenletsOfAThread) {
  model::Still still;
  still.threads.push_back({.tid = 1});
  still.threads.push_back({.tid = 2});
  model::Greenlet waits{.address = 0x7f00, .type = "gevent.Greenlet", .frames = {model::Frame{.function = "f"}}};
  model::Greenlet main{.address = 0x7f40,
                       .main = true,
                       .complete = false,
                       .incomplete_reason = "torn",
                       .native_end = "unreadable",
                       .merge_conflict = "disorder"};
  still.threads[1].greenlets = {waits, main};
  const Json threads = parsed(still)["threads"];
  EXPECT_EQ(threads[0]["greenlets"], Json::array());
  const Json& first = threads[1]["greenlets"][0];
  EXPECT_EQ(first["address"], "0x7f00");
  EXPECT_EQ(first["type"], "gevent.Greenlet");
  EXPECT_EQ(first["main"], false);
  EXPECT_EQ(first["complete"], true);
  EXPECT_TRUE(first["incomplete_reason"].is_null());
  EXPECT_EQ(first["frames"][0]["function"], "f");
  EXPECT_EQ(threads[1]["greenlets"][1],
            Json::parse(R"({"address": "0x7f40", "type": null, "main": true, "complete": false,
      "incomplete_reason": "torn", "native_end": "unreadable", "merge_conflict": "disorder", "frames": []})"));
}

TEST(Json, AFunctionThatTheCoreHasLostIsNull) {
  model::Still still;
  still.threads.push_back({.frames = {model::Frame{.lost_code = 0x7f00}, model::Frame{.function = "f"}}});
  const auto frames = parsed(still)["threads"][0]["frames"];
  EXPECT_TRUE(frames[0]["function"].is_null());
  EXPECT_EQ(frames[0]["lost_code"], "0x7f00");
  EXPECT_FALSE(frames[1].contains("lost_code"));
}

TEST(Json, LinesOfAnExpressionAreAList) {
  model::Still still;
  still.threads.push_back({.frames = {model::Frame{.source = "f(", .source_lines = "f(\n\n  \"a\")"}}});
  EXPECT_EQ(parsed(still)["threads"][0]["frames"][0]["source_lines"], (Json{"f(", "", "  \"a\")"}));
}

TEST(Json, Findings) {
  model::Still still = live_still();
  still.findings = {{.id = "lock-cycle",
                     .severity = model::Severity::likely,
                     .title = "t",
                     .detail = "d",
                     .evidence = {"e", "f"},
                     .advice = {"a"},
                     .tids = {1, 2}}};
  EXPECT_EQ(parsed(still)["findings"],
            Json::parse(R"([{"id": "lock-cycle", "severity": "likely", "title": "t", "detail": "d",
                             "evidence": ["e", "f"], "advice": ["a"], "tids": [1, 2]}])"));
}

TEST(Json, HostileStringsStayValidJson) {
  using namespace std::string_literals;
  const std::string evil = "\x1b[2J\"\\\0\xff\xed\xa0\x80\xe2\x82\n\x7f{}[],:"s;
  model::Still still = live_still();
  still.source = {.core = evil, .executable = evil, .command_line = {evil, ""}};
  still.python = model::Python{.version = evil, .build = evil};
  still.crash = model::Crash{.signal_name = evil, .code = evil};
  auto call = frame(evil, 1, evil, evil, evil);
  call.qualified_name = evil;
  call.arguments = std::vector<model::Value>{{.name = evil, .type = evil, .value = evil}};
  still.threads.push_back({.tid = 1,
                           .name = evil,
                           .os_name = evil,
                           .waiting_on = model::WaitingOn{.syscall = evil, .text = evil},
                           .frames = {call},
                           .complete = false,
                           .incomplete_reason = evil});
  still.warnings = {evil};
  still.findings = {{.id = evil, .title = evil, .detail = evil, .evidence = {evil}, .advice = {evil}}};
  const std::string text = to_json(still, evil);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  const Json json = Json::parse(text);
  const std::string expected = json["warnings"][0];
  EXPECT_TRUE(expected.starts_with("\x1b[2J\"\\"));
  EXPECT_EQ(json["threads"][0]["name"], expected);
  EXPECT_EQ(json["threads"][0]["frames"][0]["function"], expected);
  EXPECT_EQ(json["threads"][0]["frames"][0]["arguments"][0]["value"], expected);
}

TEST(Json, SaysWhatAThreadWaitsFor) {
  model::Still still = live_still();
  const model::WaitedFile pipe{.fd = 7,
                               .kind = model::FileKind::pipe,
                               .to_read = true,
                               .processes = {{.pid = 4213, .name = "worker.py", .state = model::OsState::sleeping}}};
  const model::WaitedFile tcp{.fd = 8,
                              .kind = model::FileKind::tcp,
                              .local = "10.0.0.3:51234",
                              .peer = "10.0.0.9:5432",
                              .state = "established"};
  still.threads.push_back({.tid = 1,
                           .waiting_on = model::WaitingOn{.syscall = "poll",
                                                          .text = "waits",
                                                          .address = 0x7f10,
                                                          .timeout = 0.25,
                                                          .seconds_left = 1.0000001,
                                                          .files = {pipe, tcp},
                                                          .file_count = 3,
                                                          .processes = {{.pid = 9}},
                                                          .wait_channel = "x"}});
  still.threads.push_back({.tid = 2, .waiting_on = model::WaitingOn{.text = "waits"}});
  const Json threads = parsed(still)["threads"];
  const Json& full = threads[0]["waiting_on"];
  EXPECT_EQ(full["syscall"], "poll");
  EXPECT_EQ(full["address"], "0x7f10");
  EXPECT_EQ(full["timeout"], 0.25);
  EXPECT_EQ(full["seconds_left"], 1.0);
  EXPECT_EQ(full["file_count"], 3);
  EXPECT_EQ(full["wait_channel"], "x");
  EXPECT_EQ(full["processes"], Json::parse(R"([{"pid": 9, "name": null, "state": null}])"));
  EXPECT_EQ(full["files"][0], Json::parse(R"({"fd": 7, "kind": "pipe", "to_read": true, "to_write": false, "path": null,
      "server": null, "server_answers": null, "local": null, "peer": null, "state": null,
      "processes": [{"pid": 4213, "name": "worker.py", "state": "sleeping"}]})"));
  EXPECT_EQ(full["files"][1]["local"], "10.0.0.3:51234");
  EXPECT_EQ(full["files"][1]["peer"], "10.0.0.9:5432");
  EXPECT_EQ(full["files"][1]["state"], "established");
  still.threads[0].waiting_on->files[0].server = "nfs4 host:/export, mounted at /srv";
  still.threads[0].waiting_on->files[0].server_answers = false;
  const Json far = parsed(still)["threads"][0]["waiting_on"]["files"][0];
  EXPECT_EQ(far["server"], "nfs4 host:/export, mounted at /srv");
  EXPECT_EQ(far["server_answers"], false);
  for (const char* key : {"syscall", "address", "timeout", "seconds_left", "wait_channel"}) {
    EXPECT_TRUE(threads[1]["waiting_on"][key].is_null()) << key;
  }
  EXPECT_TRUE(threads[1]["waiting_on"]["files"].empty());
}

TEST(Json, ADeepStackIsNeverFolded) {
  model::Still still = live_still();
  still.threads.push_back({.tid = 1});
  still.threads[0].frames.assign(100'000, frame("/srv/app.py", 3, "f", "    return f(n - 1)", "f(n - 1)"));
  const auto before = std::chrono::steady_clock::now();
  const std::string text = to_json(still, "1");
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  EXPECT_EQ(Json::parse(text)["threads"][0]["frames"].size(), 100'000U);
}

TEST(Json, ComesInPiecesOfBoundedSize) {
  auto still = live_still();
  still.threads.push_back({.frames = std::vector(20'000, frame("/srv/app.py", 7, "f", "    f(n - 1)"))});
  still.threads.resize(3'000);
  std::string whole;
  std::size_t pieces = 0;
  EXPECT_TRUE(write_json(still, "9.9.9", [&](std::string_view piece) {
    EXPECT_LT(piece.size(), 70'000);
    whole += piece;
    ++pieces;
    return true;
  }));
  EXPECT_GT(pieces, 20);
  EXPECT_EQ(whole, to_json(still, "9.9.9"));
  EXPECT_EQ(Json::parse(whole)["threads"][0]["frames"].size(), 20'000);
}

TEST(Json, EndsWhereTheSinkWantsNoMore) {
  auto still = live_still();
  still.threads.push_back({.frames = std::vector(20'000, frame("/srv/app.py", 7, "f"))});
  std::size_t pieces = 0;
  EXPECT_FALSE(write_json(still, "9.9.9", [&](std::string_view) { return ++pieces < 3; }));
  EXPECT_EQ(pieces, 3);
}

TEST(Json, ProcessesAndPools) {
  model::Still still = live_still();
  still.threads = {{.tid = 1, .daemon = true}};
  still.pools = {{.queue = 0x5000, .workers = {1}, .waiting = {0x6000}}};
  still.forked_from = model::OtherProcess{.pid = 9};
  still.descendants = {{.process = {.pid = 7, .name = "cat", .state = model::OsState::sleeping},
                        .parent = 1,
                        .waits = {{.tid = 8, .fd = 1, .writes = true, .other_end = {{.pid = 1}}, .ours = true}}}};
  const Json json = parsed(still);
  EXPECT_EQ(json["threads"][0]["daemon"], true);
  EXPECT_EQ(json["pools"], Json::parse(R"([{"queue": "0x5000", "workers": [1], "waiting": ["0x6000"]}])"));
  EXPECT_EQ(json["forked_from"]["pid"], 9);
  EXPECT_EQ(json["descendants"][0]["parent"], 1);
  EXPECT_EQ(json["descendants"][0]["pipe_waits"][0]["other_end"][0]["pid"], 1);
  EXPECT_EQ(json["descendants"][0]["pipe_waits"][0]["attended"], false);
}

TEST(Json, KeysAreThoseOfTheSchema) {
  model::Still still = live_still();
  still.threads.push_back({.tid = 1, .frames = {frame("a", 1, "f")}});
  const Json json = parsed(still);
  EXPECT_EQ(keys_of(json),
            (std::vector<std::string>{"chains", "consistency", "crash", "descendants", "findings", "forked_from",
                                      "interpreters", "partial", "pools", "python", "resources", "schema", "signals",
                                      "source", "taken_at", "threads", "tool_version", "wait_graph", "warnings"}));
}

}  // namespace
}  // namespace stillframe::render
