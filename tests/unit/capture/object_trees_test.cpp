#include "capture/object_trees.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/fake_python.h"

namespace stillframe::capture {
namespace {

using cpython::Address;

class ObjectTreesTest : public ::testing::Test {
 protected:
  ObjectTreesTest() {
    python.list({});
    const auto flag = [&](Address type, std::uint64_t flags) { python.set(type, python.layout.type.flags, flags); };
    flag(python.list_type, cpython::kListSubclass);
    flag(python.integer_type, cpython::kLongSubclass);
    options.values.limits.max_items = 5;
    process.interpreters.push_back({.address = python.interpreter()});
  }

  // A class whose instances keep their attributes in a __dict__.
  Address instance(const std::vector<std::pair<Address, Address>>& attributes) {
    const Address of = python.python_class("Order");
    python.set(of, python.layout.type.dictoffset, std::int64_t{128});
    const Address at = python.object(of);
    python.memory.put(at + 128, python.dict(attributes));
    return at;
  }

  model::InspectedObject look(const std::string& asked, std::uint32_t depth) {
    options.objects.depth = depth;
    options.objects.paths = {*cpython::parse_object_path(asked)};
    const cpython::Objects objects(python.memory, python.layout);
    trees = read_objects(objects, process, options);
    EXPECT_EQ(trees.answers.size(), 1U);
    EXPECT_TRUE(trees.answers.front().object) << trees.answers.front().error.value_or(Error{}).stopper;
    return trees.answers.front().object.value_or(model::InspectedObject{});
  }
  static std::string name(Address object) { return fmt::format("{:#x}", object); }

  testing::FakePython python{*cpython::find_layout({3, 12, 0}, {})};
  cpython::RawProcess process;
  Options options;
  ObjectTrees trees;
};

TEST_F(ObjectTreesTest, PartsToTheDepthThatWasAskedFor) {
  const Address inner = python.list({python.integer(7)});
  const Address outer = python.list({inner, python.integer(8)});
  const auto flat = look(name(outer), 0);
  EXPECT_EQ(flat.value, "[[7], 8]");
  EXPECT_TRUE(flat.children.empty());
  const auto one = look(name(outer), 1);
  ASSERT_EQ(one.children.size(), 2U);
  EXPECT_EQ(one.outline, "[…]");
  EXPECT_EQ(one.items, 2U);
  EXPECT_EQ(one.children[0].value, "[7]");
  EXPECT_EQ(one.children[0].path, name(outer) + "[0]");
  EXPECT_TRUE(one.children[0].children.empty());
  const auto two = look(name(outer), 2);
  ASSERT_EQ(two.children[0].children.size(), 1U);
  EXPECT_EQ(two.children[0].children[0].path, name(outer) + "[0][0]");
  EXPECT_EQ(two.children[0].children[0].type, "int");
}

TEST_F(ObjectTreesTest, AnObjectThatIsMetAgainIsOpenedOnce) {
  const Address shared = python.list({python.integer(7)});
  const Address deep = python.list({shared});
  const Address outer = python.list({deep, shared});
  const auto tree = look(name(outer), 5);
  EXPECT_EQ(tree.children[1].children.size(), 1U) << "where it is nearest";
  EXPECT_EQ(tree.children[0].children[0].same_as, name(outer) + "[1]");
  EXPECT_TRUE(tree.children[0].children[0].children.empty());
}

TEST_F(ObjectTreesTest, CyclesEnd) {
  const Address loop = python.list({python.integer(1), python.integer(2)});
  const auto items = python.memory.get<Address>(loop + python.layout.list.items.value());
  python.memory.put(*items, loop);
  const auto tree = look(name(loop), 20);
  ASSERT_EQ(tree.children.size(), 2U);
  EXPECT_EQ(tree.children[0].same_as, name(loop));
}

TEST_F(ObjectTreesTest, WhatTheLimitsLeaveOutIsCounted) {
  const std::vector<Address> many(9, python.integer(3));
  const auto tree = look(name(python.list(many)), 1);
  EXPECT_EQ(tree.children.size(), 5U);
  EXPECT_EQ(tree.left_out, 4U);
  EXPECT_EQ(tree.items, 9U);
}

TEST_F(ObjectTreesTest, SecretsAreNotReadAtAll) {
  const Address secret = python.integer(123456789);
  const Address order = instance({{python.text("number"), python.integer(1)}, {python.text("api_token"), secret}});
  const auto tree = look(name(order), 2);
  ASSERT_EQ(tree.children.size(), 2U);
  EXPECT_EQ(tree.children[0].path, name(order) + ".number");
  EXPECT_TRUE(tree.children[1].hidden);
  EXPECT_EQ(tree.children[1].value, "<redacted>");
  EXPECT_EQ(tree.children[1].address, std::nullopt);
  EXPECT_TRUE(tree.children[1].type.empty());
  EXPECT_EQ(tree.value.find("123456789"), std::string::npos);
  EXPECT_TRUE(look(name(order) + ".api_token", 2).hidden);
  options.values.redaction = cpython::Redaction::none();
  EXPECT_EQ(look(name(order), 2).children[1].value, "123456789");
}

// 25,000 lists of their own, within one: not all of them are opened, and a warning says so.
TEST_F(ObjectTreesTest, MoreObjectsThanAPersonReads) {
  options.values.limits.max_items = 200;
  const auto number = python.integer(1);
  std::vector<Address> lists;
  for (int i = 0; i < 125; ++i) {
    lists.push_back(python.list(std::vector<Address>(200, number)));
  }
  const auto tree = look(name(python.list(lists)), 3);
  EXPECT_EQ(tree.children.size(), 125U);
  EXPECT_EQ(tree.children.front().children.size(), 200U);
  EXPECT_TRUE(tree.children.back().children.empty());
  EXPECT_FALSE(tree.children.back().value.empty());
  ASSERT_EQ(trees.warnings.size(), 1U);
  EXPECT_NE(trees.warnings[0].find("20000"), std::string::npos);
}

TEST_F(ObjectTreesTest, WithoutAnInterpreterNamesLeadNowhere) {
  process.interpreters.clear();
  options.objects.paths = {*cpython::parse_object_path("app.x")};
  const cpython::Objects objects(python.memory, python.layout);
  const ObjectTrees none = read_objects(objects, process, options);
  ASSERT_TRUE(none.answers[0].error);
  EXPECT_NE(none.answers[0].error->stopper.find("no interpreter"), std::string::npos);
  process.interpreters.push_back({.address = python.interpreter(), .id = 3});
  options.objects.interpreter = 4;
  const ObjectTrees other = read_objects(objects, process, options);
  ASSERT_TRUE(other.answers[0].error);
  EXPECT_EQ(other.answers[0].error->stopper, "there is no interpreter 4");
  EXPECT_EQ(other.answers[0].error->advice, "--interpreter with one of 3");
  EXPECT_EQ(other.unreadable, 1U);
}

}  // namespace
}  // namespace stillframe::capture
