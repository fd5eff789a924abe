#include "cpython/objects/object_path.h"

#include <gtest/gtest.h>

namespace stillframe::cpython {
namespace {

using StepKind = PathStep::Kind;

// The steps in one line: "a:app i:3 t:key".
std::string parsed(std::string_view asked) {
  const auto path = parse_object_path(asked);
  if (!path) {
    return "error: " + path.error().stopper;
  }
  std::string out;
  for (const PathStep& step : path->steps) {
    out += out.empty() ? "" : " ";
    out += std::string_view("aitbnow")[static_cast<std::size_t>(step.kind)];
    out += ":" + (step.kind == StepKind::integer ? std::to_string(step.number) : step.text);
  }
  return out;
}

TEST(ObjectPath, NamesAndSubscripts) {
  EXPECT_EQ(parsed("app"), "a:app");
  EXPECT_EQ(parsed("app.settings.CACHES['default']"), "a:app a:settings a:CACHES t:default");
  EXPECT_EQ(parsed("app.registry[3].name"), "a:app a:registry i:3 a:name");
  EXPECT_EQ(parsed("m.x[-1][\"a'b\"][b'k\\x00']"), std::string("a:m a:x i:-1 t:a'b b:k\0", 23));
  EXPECT_EQ(parsed("m.x[None][True][False]"), "a:m a:x n:None o:True o:False");
  EXPECT_EQ(parsed("m.x[ 'with ] and [' ]"), "a:m a:x t:with ] and [");
  EXPECT_EQ(parsed("m.x[('a', 1)]"), "a:m a:x w:('a', 1)");
  EXPECT_EQ(parsed("m.x[1.5]"), "a:m a:x w:1.5");
  EXPECT_EQ(parsed("m.\u00fcber"), "a:m a:\u00fcber");
  EXPECT_EQ(parsed(R"(m.x['\'\n\u00e9\U0001f600'])"), "a:m a:x t:'\n\u00e9\U0001f600");
}

TEST(ObjectPath, Addresses) {
  const auto path = parse_object_path("0x7f31c0de5a40['a'].b");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->address, 0x7f31c0de5a40U);
  EXPECT_EQ(path->steps.size(), 2U);
  EXPECT_EQ(path->up_to(0), "0x7f31c0de5a40");
  EXPECT_EQ(path->up_to(1), "0x7f31c0de5a40['a']");
  EXPECT_EQ(path->up_to(2), "0x7f31c0de5a40['a'].b");
}

TEST(ObjectPath, WhatMakesNoSenseIsToldPartByPart) {
  EXPECT_EQ(parsed(""), "error: nothing was given");
  EXPECT_EQ(parsed("a..b"), "error: no name stands behind 'a.'");
  EXPECT_EQ(parsed("a."), "error: no name stands behind 'a.'");
  EXPECT_EQ(parsed("['a']"), "error: it begins with no name");
  EXPECT_EQ(parsed("a.3"), "error: '3' is no name: a name begins with no digit");
  EXPECT_EQ(parsed("a['b'"), "error: '['b'' has no end: ']' is missing");
  EXPECT_EQ(parsed("a['b]"), "error: '['b]' has no end: ']' is missing");
  EXPECT_EQ(parsed("a['b']c"), "error: 'c' stands where '.name' or '[key]' should");
  EXPECT_EQ(parsed("a b"), "error: ' b' stands where '.name' or '[key]' should");
  EXPECT_TRUE(parsed("a[key]").starts_with("error: [key] is no key"));
  EXPECT_TRUE(parsed("a[]").starts_with("error: [] is no key"));
  EXPECT_TRUE(parsed("a['\\q']").starts_with("error: ['\\q'] is no key"));
  EXPECT_TRUE(parsed("a['\\x1']").starts_with("error: ['\\x1'] is no key"));
  EXPECT_EQ(parsed("0x"), "error: an address is 0x and up to 16 hexadecimal digits");
  EXPECT_EQ(parsed("0x7g"), "error: an address is 0x and up to 16 hexadecimal digits");
  EXPECT_EQ(parsed("0x11112222333344445"), "error: an address is 0x and up to 16 hexadecimal digits");
  EXPECT_EQ(parsed(std::string(5000, 'a')), "error: it is too long");
  EXPECT_EQ(parse_object_path("a..b").error().kind, ErrorKind::usage);
}

// Every text, whole or cut anywhere, is either a path or an error.
TEST(ObjectPath, CutAnywhere) {
  const std::string whole = R"(m.x['a\'\\'][-12][b"\xff"][(1, ['x'])]["\U0001f600"].name)";
  ASSERT_TRUE(parse_object_path(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto path = parse_object_path(whole.substr(0, length));
    if (path) {
      EXPECT_EQ(path->up_to(path->steps.size()), whole.substr(0, length));
    }
  }
}

}  // namespace
}  // namespace stillframe::cpython
