#include "render/inspection.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "render/stills.h"

namespace stillframe::render {
namespace {

using model::InspectedObject;
using model::PartRole;

InspectedObject part(PartRole role, std::string name, std::string type, std::string value) {
  return {.role = role, .name = name, .path = name, .type = std::move(type), .value = std::move(value)};
}

model::Inspection caches() {
  const model::Still still = testing::live_still();
  model::Inspection made;
  made.taken_at = still.taken_at;
  made.source = still.source;
  made.consistency = still.consistency;
  made.python = still.python;
  InspectedObject root = part(PartRole::root, "app.CACHES", "dict", "{'default': {'TIMEOUT': 300}, 'big': [1, 2, …]}");
  root.outline = "{…}";
  root.address = 0x7f0010;
  root.items = 4;
  root.refcount = 2;
  root.size = 64;
  InspectedObject inner = part(PartRole::entry, "'default'", "dict", "{'TIMEOUT': 300}");
  inner.outline = "{…}";
  inner.address = 0x7f0020;
  inner.items = 1;
  inner.children = {part(PartRole::entry, "'TIMEOUT'", "int", "300")};
  InspectedObject again = part(PartRole::entry, "'self'", "dict", "{…}");
  again.outline = "{…}";
  again.address = 0x7f0010;
  again.items = 4;
  again.same_as = "app.CACHES";
  InspectedObject secret = part(PartRole::entry, "'password'", "", "<redacted>");
  secret.hidden = true;
  InspectedObject order = part(PartRole::entry, "'order'", "app.Order", "<app.Order at 0x7f0030 name='x\x1b[31m'>");
  order.outline = "<app.Order at 0x7f0030>";
  order.address = 0x7f0030;
  order.children = {part(PartRole::attribute, "name", "str", "'x\x1b[31m'")};
  order.left_out = 9990;
  root.children = {inner, again, secret, order};
  made.answers.push_back({.asked = "app.CACHES", .object = root, .error = std::nullopt});
  return made;
}

constexpr std::string_view kWide =
    R"(Process 4211: python /srv/app.py --port 80 | Python 3.12.1 | untouched: not stopped, no thread ran meanwhile

app.CACHES = {…}  (dict, 0x7f0010, 4 items, refcount 2, 64 bytes)
├─ 'default': {…}  (dict, 0x7f0020, 1 item)
│  └─ 'TIMEOUT': 300
├─ 'self': {…}  … as at app.CACHES
├─ 'password': <redacted>
└─ 'order': <app.Order at 0x7f0030>  (9,991 attributes)
   ├─ name = 'x\x1b[31m'
   └─ … 9,990 more
)";

TEST(InspectionText, ATreeOfWhatItIsMadeOf) {
  EXPECT_EQ(to_text(caches(), {}), kWide);
}

TEST(InspectionText, OnANarrowTerminalTheValueGivesWay) {
  model::Inspection made = caches();
  made.answers[0].object->children = {
      part(PartRole::entry, "'a long key that goes on'", "str", "'a text that is long'")};
  made.answers[0].object->children[0].role = PartRole::entry;
  EXPECT_EQ(to_text(made, {.width = 50}), R"(Process 4211: python /srv/app.py --port 80
  Python 3.12.1
  untouched: not stopped, no thread ran meanwhile

app.CACHES = {…}  (dict, 0x7f0010, 4 items, refco…
└─ 'a long key that goes on': 'a text that is lon…
)");
}

TEST(InspectionText, AHiddenObjectSaysHowToShowIt) {
  model::Inspection made = caches();
  InspectedObject root = part(PartRole::root, "app.PASSWORD", "", "<redacted>");
  root.hidden = true;
  made.answers[0].object = root;
  const std::string text = to_text(made, {});
  EXPECT_NE(text.find("app.PASSWORD = <redacted>\n  hidden, because its name says that it is secret: --no-redact shows "
                      "it\n"),
            std::string::npos);
}

TEST(InspectionText, ColoursEndWhereTheyBegin) {
  const std::string text = to_text(caches(), {.color = true});
  std::string plain;
  bool on = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "\x1b[") != 0) {
      plain += text[at];
      continue;
    }
    const std::size_t end = text.find('m', at);
    const bool off = text.compare(at, 4, "\x1b[0m") == 0;
    EXPECT_NE(on, !off);
    on = !off;
    at = end;
  }
  EXPECT_FALSE(on);
  EXPECT_EQ(plain, kWide);
}

TEST(InspectionJson, IsTheModelWrittenDown) {
  model::Inspection made = caches();
  made.answers.push_back({.asked = "app.X",
                          .object = std::nullopt,
                          .error = Error{.kind = ErrorKind::not_found, .tried = "t", .stopper = "s", .advice = "a"}});
  const std::string text = to_json(made, "0.1.0");
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["schema"], "stillframe-inspection/1");
  EXPECT_EQ(json["consistency"]["method"], "untouched");
  const auto& object = json["answers"][0]["object"];
  EXPECT_EQ(object["address"], "0x7f0010");
  EXPECT_EQ(object["refcount"], 2);
  EXPECT_EQ(object["children"][1]["same_as"], "app.CACHES");
  EXPECT_EQ(object["children"][2]["type"], nullptr);
  EXPECT_EQ(object["children"][2]["address"], nullptr);
  EXPECT_TRUE(object["children"][2]["hidden"]);
  EXPECT_EQ(object["children"][3]["left_out"], 9990);
  EXPECT_EQ(json["answers"][1]["object"], nullptr);
  EXPECT_EQ(json["answers"][1]["error"]["stopper"], "s");
}

TEST(InspectionJson, BytesThatAreNoUtf8StayValid) {
  model::Inspection made = caches();
  made.answers[0].object->value = "'\xff'";
  EXPECT_TRUE(nlohmann::json::accept(to_json(made, "0.1.0")));
}

}  // namespace
}  // namespace stillframe::render
