#include "cpython/values/types.h"

#include <gtest/gtest.h>

#include "cpython/every_layout.h"
#include "cpython/values/kinds.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutTypes : public testing::EveryLayout {
 protected:
  Types types{objects};
};
SF_EVERY_LAYOUT(EveryLayoutTypes);

TEST_P(EveryLayoutTypes, FindsTheKindOfATypeByItsName) {
  const Type* type = types.find(python.type("list"));
  ASSERT_NE(type, nullptr);
  ASSERT_NE(type->kind, nullptr);
  EXPECT_EQ(type->kind->name, "list");
  EXPECT_EQ(type->kind_type, type);
  EXPECT_FALSE(type->is_heap());
}

TEST_P(EveryLayoutTypes, AClassIsNotWhatItIsCalled) {
  const Address of = python.python_class("list");
  python.set(of, layout.type.dict, python.dict({{python.text("__module__"), python.text("app")}}));
  const Type* type = types.find(of);
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->qualified, "app.list");
  EXPECT_EQ(type->kind, nullptr);
}

TEST_P(EveryLayoutTypes, ClassesInheritTheKindOfTheNearestBase) {
  const Address list = python.type("list");
  const Address tuple = python.type("tuple");
  const Type* type = types.find(python.python_class("Basket", {python.python_class("Mixin"), list, tuple}));
  ASSERT_NE(type, nullptr);
  ASSERT_NE(type->kind, nullptr);
  EXPECT_EQ(type->kind->name, "list");
  EXPECT_EQ(type->kind_type->address, list);
  EXPECT_EQ(type->mro.size(), 3U);
}

TEST_P(EveryLayoutTypes, WhatHasNoMetaclassIsNoType) {
  EXPECT_EQ(types.find(python.list({})), nullptr);
  EXPECT_EQ(types.find(0), nullptr);
  EXPECT_EQ(types.find(~Address{7}), nullptr);
  const Address huge = python.type("huge");
  python.set(huge, layout.type.basicsize, std::uint64_t{1} << 40U);
  EXPECT_EQ(types.find(huge), nullptr);
}

TEST_P(EveryLayoutTypes, BasesThatLeadInCirclesEnd) {
  const Address one = python.python_class("One");
  const Address two = python.python_class("Two", {one});
  python.set(one, layout.type.mro, python.tuple({one, two}));
  const Type* type = types.find(two);
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->mro.size(), 1U);
}

TEST_P(EveryLayoutTypes, BasesWithoutEndEnd) {
  Address last = python.python_class("Class");
  for (int i = 0; i < 500; ++i) {
    last = python.python_class("Class", {last});
  }
  EXPECT_NE(types.find(last), nullptr);
}

TEST_P(EveryLayoutTypes, AClassAttributeComesFromTheNearestClassThatHasIt) {
  const Address base = python.python_class("Base");
  const Address derived = python.python_class("Derived", {base});
  const Address one = python.integer(1);
  const Address two = python.integer(2);
  python.set(base, layout.type.dict, python.dict({{python.text("x"), one}, {python.text("y"), one}}));
  python.set(derived, layout.type.dict, python.dict({{python.text("x"), two}}));
  const Type* type = types.find(derived);
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(types.class_attribute(*type, "x"), two);
  EXPECT_EQ(types.class_attribute(*type, "y"), one);
  EXPECT_FALSE(types.class_attribute(*type, "z"));
}

}  // namespace
}  // namespace stillframe::cpython
