#include "cpython/values/printer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutPrinter : public testing::EveryLayout {
 protected:
  Written write(Address object) {
    Types types(objects);
    return Printer(objects, types, limits, redaction).write(object);
  }
  // An object of a class of its own with these attributes.
  Address instance(const std::vector<std::pair<std::string_view, Address>>& attributes) {
    std::vector<std::pair<Address, Address>> entries;
    for (const auto& [name, value] : attributes) {
      entries.emplace_back(python.text(name), value);
    }
    const Address of = python.python_class("Order");
    python.set(of, layout.type.dictoffset, std::int64_t{128});
    python.set(of, layout.type.basicsize, std::uint64_t{136});
    const Address at = python.object(of);
    python.memory.put(at + 128, python.dict(entries));
    return at;
  }

  ValueLimits limits;
  Redaction redaction = Redaction::usual();
};
SF_EVERY_LAYOUT(EveryLayoutPrinter);

TEST_P(EveryLayoutPrinter, WritesContainersAsReprDoes) {
  const Address one = python.integer(1);
  EXPECT_EQ(write(python.list({})).text, "[]");
  EXPECT_EQ(write(python.tuple({})).text, "()");
  EXPECT_EQ(write(python.tuple({one})).text, "(1,)");
  const Written written = write(python.list({one, python.tuple({one, python.integer(2)})}));
  EXPECT_EQ(written.text, "[1, (1, 2)]");
  EXPECT_EQ(written.type, "list");
  EXPECT_TRUE(written.readable);
  EXPECT_FALSE(written.cut);
  ASSERT_EQ(written.children.size(), 2U);
  EXPECT_EQ(written.children[0].name, "0");
  EXPECT_EQ(written.children[0].address, one);
}

TEST_P(EveryLayoutPrinter, SaysHowManyItemsAreLeftOut) {
  limits.max_items = 2;
  const Written written = write(python.list(std::vector<Address>(10'002, python.integer(7))));
  EXPECT_EQ(written.text, "[7, 7, … 10,000 more]");
  EXPECT_TRUE(written.cut);
  EXPECT_EQ(written.children.size(), 2U);
}

TEST_P(EveryLayoutPrinter, AnOutlineNotesThePartsAndWritesNoneOfThem) {
  limits.outline = true;
  limits.max_items = 2;
  const Address inner = python.list({python.integer(1)});
  const Address broken{24};
  const Written written = write(python.list({inner, broken, inner, inner}));
  ASSERT_EQ(written.children.size(), 2U);
  EXPECT_EQ(written.children[0].address, inner);
  EXPECT_EQ(written.children[0].role, ChildRole::item);
  EXPECT_EQ(written.children[1].address, broken);
  EXPECT_EQ(written.left_out, 2U);
  EXPECT_TRUE(written.readable) << "parts are not looked at";
  const Written order = write(instance({{"number", inner}}));
  ASSERT_EQ(order.children.size(), 1U);
  EXPECT_EQ(order.children[0].role, ChildRole::attribute);
}

TEST_P(EveryLayoutPrinter, HowManyAreLeftOutNeedNotBeSaid) {
  limits.max_items = 0;
  limits.counts = false;
  EXPECT_EQ(write(python.list({python.integer(1)})).text, "[…]");
  EXPECT_EQ(write(python.list({})).text, "[]");
}

// What is left out within a part is no part of the whole.
TEST_P(EveryLayoutPrinter, CountsOnlyItsOwnPartsAsLeftOut) {
  limits.max_items = 1;
  const Address inner = python.list(std::vector<Address>(5, python.integer(1)));
  EXPECT_EQ(write(python.list({inner})).left_out, 0U);
  EXPECT_EQ(write(python.list({inner, inner, inner})).left_out, 2U);
}

TEST_P(EveryLayoutPrinter, StopsWhereTheWholeTextIsLongEnough) {
  limits.max_text = 10;
  const Written written = write(python.list(std::vector<Address>(5, python.integer(123456))));
  EXPECT_EQ(written.text, "[123456, 123456, …]");
  EXPECT_TRUE(written.cut);
}

TEST_P(EveryLayoutPrinter, ShowsThatAnObjectContainsItself) {
  const Address list = python.list({python.integer(1), Address{0}});
  const Address items = objects.pointer(list, layout.list.items).value();
  python.memory.put(items + sizeof(Address), list);
  EXPECT_EQ(write(list).text, "[1, [...]]");
}

TEST_P(EveryLayoutPrinter, CutsNestingWithoutEnd) {
  Address inner = python.list({});
  for (int i = 0; i < 500; ++i) {
    inner = python.list({inner});
  }
  limits.max_text = 100'000;
  const Written written = write(inner);
  EXPECT_TRUE(written.cut);
  EXPECT_LT(written.text.size(), 300U);
  EXPECT_TRUE(written.text.contains("[…]"));
}

TEST_P(EveryLayoutPrinter, CutsWhatBranchesWithoutEnd) {
  // 16 lists to the power of 20, made of 20 lists.
  Address inner = python.list({});
  for (int i = 0; i < 20; ++i) {
    inner = python.list(std::vector<Address>(16, inner));
  }
  limits.max_text = std::size_t{1} << 30U;
  const Written written = write(inner);
  EXPECT_TRUE(written.cut);
  EXPECT_LT(written.text.size(), 1'000'000U);
}

TEST_P(EveryLayoutPrinter, EachBadPartCostsOnlyItself) {
  const Address bad = python.list({});
  python.set(bad, layout.var_object.size_field, std::uint64_t{1} << 63U);
  const Written written = write(python.list({python.integer(1), bad, Address{24}, python.integer(2)}));
  EXPECT_EQ(written.text, fmt::format("[1, <unreadable: list at {:#x}: its length is impossible>, "
                                      "<unreadable: no object at 0x18>, 2]",
                                      bad));
  EXPECT_FALSE(written.readable);
}

TEST_P(EveryLayoutPrinter, TakesBackWhatItWroteOfAnObjectThatBreaksInTheMiddle) {
  const Address list = python.list({python.integer(1), python.integer(2)});
  python.set(list, layout.var_object.size_field, std::uint64_t{100'000});
  limits.max_items = 100'000;
  limits.max_text = 10'000'000;
  const Written written = write(list);
  EXPECT_TRUE(written.text.starts_with("<unreadable: list at ")) << written.text.substr(0, 100);
  EXPECT_TRUE(written.children.empty());
}

TEST_P(EveryLayoutPrinter, ShowsObjectsByTheirAttributes) {
  const Address inner = instance({{"n", python.integer(1)}});
  const Address outer = instance({{"items", python.list({python.integer(2)})}, {"other", inner}});
  const Written written = write(outer);
  EXPECT_EQ(written.text, fmt::format("<Order object at {:#x} items=[2] other=<Order object at {:#x}>>", outer, inner));
  EXPECT_EQ(written.type, "Order");
  ASSERT_EQ(written.children.size(), 2U);
  EXPECT_EQ(written.children[1].name, "other");
  limits.depth = 2;
  EXPECT_EQ(write(outer).text,
            fmt::format("<Order object at {:#x} items=[2] other=<Order object at {:#x} n=1>>", outer, inner));
  limits.depth = 0;
  EXPECT_EQ(write(outer).text, fmt::format("<Order object at {:#x}>", outer));
}

TEST_P(EveryLayoutPrinter, HidesWhatIsCalledSecret) {
  const Address object = instance({{"user", python.integer(1)}, {"db_password", python.integer(1234)}});
  const Written written = write(object);
  EXPECT_EQ(written.text, fmt::format("<Order object at {:#x} user=1 db_password=<redacted>>", object));
  ASSERT_EQ(written.children.size(), 2U);
  EXPECT_FALSE(written.children[0].hidden);
  EXPECT_TRUE(written.children[1].hidden);
  redaction = Redaction::none();
  EXPECT_EQ(write(object).text, fmt::format("<Order object at {:#x} user=1 db_password=1234>", object));
}

TEST_P(EveryLayoutPrinter, HidesWhatASecretKeyLeadsToAlthoughTheKeyIsCut) {
  python.set(python.text_type, layout.type.flags, layout.version.major < 3 ? kBytesSubclass : kTextSubclass);
  const Address entries = python.dict({{python.text("password"), python.integer(1234)}});
  limits.max_string = 4;
  const Written written = write(entries);
  EXPECT_TRUE(written.text.ends_with("'pass'… 4 more characters: <redacted>}") ||
              written.text.ends_with("'pass'… 4 more bytes: <redacted>}"))
      << written.text;
  ASSERT_EQ(written.children.size(), 1U);
  EXPECT_TRUE(written.children[0].hidden);
}

TEST_P(EveryLayoutPrinter, NotesNoPartsWhereNobodyAsks) {
  limits.children = false;
  const Written written = write(python.list({python.integer(1), python.integer(2)}));
  EXPECT_EQ(written.text, "[1, 2]");
  EXPECT_TRUE(written.children.empty());
}

TEST_P(EveryLayoutPrinter, SubclassesAreWrittenAsTheirBaseUnlessTheirReprIsAnother) {
  const Address base = objects.type_of(python.list({})).value();
  python.list_type = python.python_class("Basket", {base});
  const Address basket = python.list({python.integer(1)});
  EXPECT_EQ(write(basket).text, "[1]");
  EXPECT_EQ(write(basket).type, "Basket");
  const Offset repr = layout.type.name.value() + 64U;
  python.set(python.list_type, repr, Address{0x1234});
  EXPECT_EQ(write(basket).text, fmt::format("<Basket object at {:#x} [1]>", basket));
}

TEST_P(EveryLayoutPrinter, WhatIsNoObjectIsUnreadable) {
  for (const Address at : {Address{8}, Address{3}, ~Address{0}, ~Address{7}}) {
    const Written written = write(at);
    EXPECT_EQ(written.text, fmt::format("<unreadable: no object at {:#x}>", at));
    EXPECT_FALSE(written.readable);
  }
  EXPECT_EQ(write(0).text, "<NULL>");
  // Its type is no type: the type's own type lacks the flag.
  const Address no_type = python.object(python.object(python.list({})));
  EXPECT_FALSE(write(no_type).readable);
}

}  // namespace
}  // namespace stillframe::cpython
