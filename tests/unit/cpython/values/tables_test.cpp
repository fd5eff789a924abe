// dict, its views, and sets.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/values/value_writing.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutTables : public testing::ValueWriting {
 protected:
  Address one = python.integer(1);
  Address two = python.integer(2);
  Address three = python.integer(3);

  // A set whose table has these slots; `hash` is -1 for an element that was removed.
  struct Slot {
    Address key;
    std::uint64_t hash;
  };
  Address set(const std::vector<Slot>& slots, std::uint64_t used, std::string_view type = "set") {
    const Address at = python.object(python.type(type));
    const Address table = python.allocate(slots.size() * 16);
    for (std::size_t i = 0; i < slots.size(); ++i) {
      python.memory.put(table + i * 16 + (is_old() ? 8 : 0), slots[i].key);
      python.memory.put(table + i * 16 + (is_old() ? 0 : 8), slots[i].hash);
    }
    set_word(at, 0, used);
    set_word(at, 1, used);
    set_word(at, 2, slots.size() - 1);
    set_word(at, 3, table);
    return at;
  }
};
SF_EVERY_LAYOUT(EveryLayoutTables);

TEST_P(EveryLayoutTables, WritesDicts) {
  EXPECT_EQ(text(python.dict({})), "{}");
  const Written written = write(python.dict({{python.text("a"), one}, {two, three}}));
  EXPECT_EQ(written.text, "{'a': 1, 2: 3}");
  ASSERT_EQ(written.children.size(), 2U);
  EXPECT_EQ(written.children[0].name, "'a'");
  EXPECT_EQ(written.children[1].name, "2");
  EXPECT_EQ(written.children[1].address, three);
}

TEST_P(EveryLayoutTables, PassesOverDeletedEntries) {
  const Address dict = python.dict({{one, one}, {two, Address{0}}, {three, three}});
  python.set(dict, layout.dict.used, std::uint64_t{2});
  EXPECT_EQ(text(dict), "{1: 1, 3: 3}");
}

TEST_P(EveryLayoutTables, SaysHowManyEntriesAreLeftOut) {
  limits.max_items = 1;
  const Written written = write(python.dict({{one, one}, {two, two}, {three, three}}));
  EXPECT_EQ(written.text, "{1: 1, … 2 more}");
  EXPECT_TRUE(written.cut);
}

TEST_P(EveryLayoutTables, HidesWhatSecretKeysLeadTo) {
  EXPECT_EQ(text(python.dict({{python.text("password"), one}})), "{'password': <redacted>}");
}

TEST_P(EveryLayoutTables, RefusesDictsThatMakeNoSense) {
  const Address dict = python.dict({{one, two}});
  for (const std::uint64_t used : testing::kImpossible) {
    python.set(dict, layout.dict.used, used);
    EXPECT_TRUE(is_unreadable(dict)) << used;
  }
  python.set(dict, layout.dict.used, std::uint64_t{1});
  python.set(dict, layout.dict.table.present() ? layout.dict.table : layout.dict.keys, Address{24});
  EXPECT_TRUE(is_unreadable(dict));
}

TEST_P(EveryLayoutTables, ADictThatContainsItselfEnds) {
  const Address dict = python.dict({{one, Address{1}}});
  const Address table = layout.dict.table.present() ? objects.pointer(dict, layout.dict.table).value()
                                                    : python.last_keys + layout.dict_keys.indices.value() + 8;
  python.memory.put(table + 16, dict);
  EXPECT_EQ(text(dict), "{1: {...}}");
}

TEST_P(EveryLayoutTables, WritesViews) {
  const Address dict = python.dict({{one, two}});
  const auto view = [&](std::string_view type) {
    const Address at = python.object(python.type(type));
    set_word(at, 0, dict);
    return at;
  };
  EXPECT_EQ(text(view("dict_keys")), "dict_keys([1])");
  EXPECT_EQ(text(view("dict_values")), "dict_values([2])");
  EXPECT_EQ(text(view("dict_items")), "dict_items([(1, 2)])");
  EXPECT_EQ(text(view("mappingproxy")), is_old() ? "dict_proxy({1: 2})" : "mappingproxy({1: 2})");
  const Address bad = view("dict_keys");
  set_word(bad, 0, one);
  EXPECT_TRUE(is_unreadable(bad));
}

TEST_P(EveryLayoutTables, WritesSets) {
  const std::vector<Slot> none(8, {0, 0});
  EXPECT_EQ(text(set(none, 0)), is_old() ? "set([])" : "set()");
  EXPECT_EQ(text(set(none, 0, "frozenset")), is_old() ? "frozenset([])" : "frozenset()");
  const std::vector<Slot> some{{0, 0}, {two, 2}, {0, 0}, {one, 1}};
  EXPECT_EQ(text(set(some, 2)), is_old() ? "set([2, 1])" : "{2, 1}");
  EXPECT_EQ(text(set(some, 2, "frozenset")), is_old() ? "frozenset([2, 1])" : "frozenset({2, 1})");
  limits.max_items = 1;
  EXPECT_EQ(text(set(some, 2)), is_old() ? "set([2, … 1 more])" : "{2, … 1 more}");
}

TEST_P(EveryLayoutTables, PassesOverRemovedElements) {
  const Address dummy = python.bytes("<dummy key>");
  python.memory.put(dummy + layout.var_object.size_field.value() + 8, ~std::uint64_t{0});
  const std::vector<Slot> slots{{dummy, is_old() ? 7 : ~std::uint64_t{0}}, {one, 1}, {0, 0}, {0, 0}};
  EXPECT_EQ(text(set(slots, 1)), is_old() ? "set([1])" : "{1}");
}

TEST_P(EveryLayoutTables, RefusesSetsThatMakeNoSense) {
  const Address at = set({{one, 1}, {0, 0}}, 1);
  for (const std::uint64_t number : testing::kImpossible) {
    set_word(at, 1, number);
    EXPECT_TRUE(is_unreadable(at)) << number;
    set_word(at, 1, 1);
    set_word(at, 2, number);
    EXPECT_TRUE(is_unreadable(at)) << number;
    set_word(at, 2, 1);
  }
  set_word(at, 3, 24);
  EXPECT_TRUE(is_unreadable(at));
}

}  // namespace
}  // namespace stillframe::cpython
