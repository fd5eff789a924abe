#include "cpython/values/object_lookup.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/every_layout.h"
#include "cpython/values/object_facts.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

// sys.modules with a module `app` that has a bit of everything, and a module `app.sub`.
class EveryLayoutLookup : public testing::EveryLayout {
 protected:
  void SetUp() override {
    flag(python.text_type, old() ? kBytesSubclass : kTextSubclass);
    flag(python.dict_type, kDictSubclass);
    flag(python.integer_type, kLongSubclass);
    list = python.list({python.integer(10), python.integer(11), python.integer(12)});
    flag(python.list_type, kListSubclass);
    pair = python.tuple({python.text("left"), python.text("right")});
    flag(python.tuple_type, kTupleSubclass);
    none = python.object(python.type("NoneType"));
    settings = python.dict({{python.text("default"), list},
                            {python.integer(7), pair},
                            {none, python.integer(99)},
                            {python.text("api_token"), python.integer(13)}});
    const Address app =
        module({{"settings", settings}, {"order", make_order()}, {"Order", order_type}, {"pair", pair}});
    const Address sub = module({{"name", python.integer(5)}});
    const Address main = module({{"limit", python.integer(1)}});
    interpreter = python.interpreter();
    python.set(interpreter, layout.interpreter.modules,
               python.dict({{python.text("app"), app},
                            {python.text("app.sub"), sub},
                            {python.text("__main__"), main},
                            {python.text("gone"), none}}));
  }

  [[nodiscard]] bool old() const { return layout.version.major < 3; }

  // Beside what the type has.
  void flag(Address type, std::uint64_t flags) {
    python.set(type, layout.type.flags, flags | objects.field<std::uint64_t>(type, layout.type.flags).value_or(0));
  }

  // Modules keep their dict where their type says that instances do.
  Address module(const std::vector<std::pair<std::string, Address>>& names) {
    if (module_type == 0) {
      module_type = python.type("module");
      python.set(module_type, layout.type.dictoffset, std::int64_t{layout.module.dict.value()});
    }
    std::vector<std::pair<Address, Address>> entries;
    for (const auto& [name, value] : names) {
      entries.emplace_back(python.text(name), value);
    }
    const Address at = python.object(module_type);
    python.set(at, layout.module.dict, python.dict(entries));
    return at;
  }

  // An instance of a class with a property, a constant and a __dict__ of its own.
  Address make_order() {
    order_type = python.python_class("Order");
    const Address property = python.object(python.type("property"));
    python.set(order_type, layout.type.dict,
               python.dict({{python.text("total"), property}, {python.text("RATE"), python.integer(19)}}));
    flag(order_type, kHeapType);
    python.set(order_type, layout.type.dictoffset, std::int64_t{128});
    const Address at = python.object(order_type);
    python.memory.put(at + 128,
                      python.dict({{python.text("items"), list}, {python.text("owner"), python.text("Ada")}}));
    return at;
  }

  Result<FoundObject> find(std::string_view asked) {
    const auto path = parse_object_path(asked);
    EXPECT_TRUE(path) << asked;
    return ObjectLookup(objects, types, redaction, interpreter).find(*path);
  }
  // The number that a name leads to.
  std::uint64_t number(std::string_view asked) {
    const auto found = find(asked);
    EXPECT_TRUE(found) << asked << ": " << found.error().stopper;
    return found ? objects.integer(found->address).value_or(0) : 0;
  }
  std::string stopper(std::string_view asked) {
    const auto found = find(asked);
    EXPECT_FALSE(found) << asked;
    return found ? "" : found.error().stopper;
  }
  std::string advice(std::string_view asked) {
    const auto found = find(asked);
    EXPECT_FALSE(found) << asked;
    return found ? "" : found.error().advice;
  }

  Types types{objects};
  Redaction redaction = Redaction::usual();
  Address interpreter = 0;
  Address module_type = 0;
  Address order_type = 0;
  Address none = 0;
  Address list = 0;
  Address pair = 0;
  Address settings = 0;
};
SF_EVERY_LAYOUT(EveryLayoutLookup);

TEST_P(EveryLayoutLookup, ModulesAttributesAndSubscripts) {
  EXPECT_EQ(find("app.settings")->address, settings);
  EXPECT_EQ(find("app.settings['default']")->address, list);
  EXPECT_EQ(number("app.settings['default'][1]"), 11U);
  EXPECT_EQ(number("app.settings['default'][-1]"), 12U);
  EXPECT_EQ(find("app.settings[7]")->address, pair);
  EXPECT_EQ(number("app.settings[None]"), 99U);
  EXPECT_EQ(objects.text(find("app.pair[1]")->address), "right");
  EXPECT_EQ(find("app.order.items")->address, list);
  EXPECT_EQ(number("app.order.RATE"), 19U);
  EXPECT_EQ(number("app.Order.RATE"), 19U);
  EXPECT_EQ(find("app.order.__class__")->address, order_type);
}

TEST_P(EveryLayoutLookup, TheLongestModuleNameComesFirst) {
  EXPECT_EQ(number("app.sub.name"), 5U);
}

TEST_P(EveryLayoutLookup, Addresses) {
  EXPECT_EQ(find(fmt::format("{:#x}", list))->address, list);
  EXPECT_EQ(number(fmt::format("{:#x}[0]", list)), 10U);
  EXPECT_NE(stopper("0x10").find("cannot be read"), std::string::npos);
  const Address nothing = python.allocate(64);
  EXPECT_NE(stopper(fmt::format("{:#x}", nothing)).find("no object with a sound type"), std::string::npos);
}

// PyMemberDescrObject as it lies behind its head: d_type, d_name, from 3.3 on d_qualname, d_member.
TEST_P(EveryLayoutLookup, SlotsAndMembersOfTypesMadeByC) {
  const auto descriptor = [&](std::int32_t sort, std::int64_t offset) {
    const Address definition = python.allocate(64);
    python.memory.put(definition + 8, sort);
    python.memory.put(definition + 16, offset);
    const Address at = python.object(python.type("member_descriptor"));
    python.memory.put(at + layout.object.type.value() + (old() ? 24 : 32), definition);
    return at;
  };
  const Address of = python.python_class("Pair");
  python.set(of, layout.type.basicsize, std::uint64_t{144});
  python.set(of, layout.type.dict,
             python.dict({{python.text("slot"), descriptor(16, 128)},
                          {python.text("member"), descriptor(6, 136)},
                          {python.text("number"), descriptor(1, 128)},
                          {python.text("outside"), descriptor(16, 1 << 20)},
                          {python.text("unset"), descriptor(16, 120)}}));
  const Address at = python.object(of);
  python.memory.put(at + 128, list);
  python.memory.put(at + 136, pair);
  const std::string name = fmt::format("{:#x}", at);
  EXPECT_EQ(find(name + ".slot")->address, list);
  EXPECT_EQ(find(name + ".member")->address, pair);
  EXPECT_NE(stopper(name + ".unset").find("unset is not set in it"), std::string::npos);
  EXPECT_NE(stopper(name + ".number").find("in another form"), std::string::npos);
  EXPECT_NE(stopper(name + ".outside").find("in another form"), std::string::npos);
}

TEST_P(EveryLayoutLookup, TrueAndOneAreOneKey) {
  const Address boolean = python.integer(1);
  const Address type = python.type("bool");
  python.set(type, layout.type.flags, old() ? kIntSubclass : kLongSubclass);
  python.set(boolean, layout.object.type, type);
  const Address dict = python.dict({{boolean, pair}});
  EXPECT_EQ(find(fmt::format("{:#x}[True]", dict))->address, pair);
  EXPECT_EQ(find(fmt::format("{:#x}[1]", dict))->address, pair);
  EXPECT_FALSE(find(fmt::format("{:#x}[False]", dict)));
}

TEST_P(EveryLayoutLookup, WhatIsNotThereIsToldWithWhatIsNear) {
  EXPECT_EQ(stopper("apq.x"), "no module apq is imported");
  EXPECT_EQ(advice("apq.x"), "did you mean app?");
  EXPECT_EQ(advice("limit"), "did you mean __main__.limit?");
  EXPECT_EQ(stopper("gone.x"), "no module gone is imported");
  EXPECT_EQ(stopper("app.setings"), "app is of type module, and has no attribute setings");
  EXPECT_EQ(advice("app.setings['default']"), "did you mean app.settings?");
  EXPECT_EQ(advice("app.order.ownr"), "did you mean app.order.owner?");
  EXPECT_EQ(advice("app.order.RAT"), "did you mean app.order.RATE?");
  EXPECT_EQ(stopper("app.settings[8]"), "app.settings is of type dict, and has no key 8");
  EXPECT_EQ(stopper("app.settings['default'][3]"),
            "app.settings['default'] is of type list with 3 items, and has no [3]");
  EXPECT_EQ(stopper("app.settings['default'][-4]"),
            "app.settings['default'] is of type list with 3 items, and has no [-4]");
  EXPECT_EQ(stopper("app.pair['left']"), "app.pair is of type tuple, whose items have numbers, not [left]");
  EXPECT_EQ(stopper("app.order.total"),
            "app.order is of type Order, and total is computed by code (property), which is not run");
}

TEST_P(EveryLayoutLookup, NamesThatAreSecretHideWhatTheyLeadTo) {
  EXPECT_FALSE(find("app.settings['default']")->hidden);
  EXPECT_TRUE(find("app.settings['api_token']")->hidden);
  redaction = Redaction::none();
  EXPECT_FALSE(find("app.settings['api_token']")->hidden);
  redaction.add("settings");
  EXPECT_TRUE(find("app.settings['default'][0]")->hidden);
  // The name of a module is none of a value.
  redaction = Redaction::none();
  redaction.add("app");
  EXPECT_FALSE(find("app.settings")->hidden);
}

TEST_P(EveryLayoutLookup, ErrorsTellNothingOfWhatIsHidden) {
  EXPECT_EQ(stopper("app.settings['api_token'].x"),
            "app.settings['api_token'] is hidden, and app.settings['api_token'].x leads nowhere in it");
  EXPECT_EQ(advice("app.settings['api_token'].x"), "--no-redact shows what it has");
}

TEST_P(EveryLayoutLookup, HostileObjectsEndInAnError) {
  python.set(list, layout.var_object.size_field, std::uint64_t{1} << 63U);
  EXPECT_FALSE(find("app.settings['default'][0]"));
  python.set(list, layout.var_object.size_field, std::uint64_t{1} << 62U);
  EXPECT_FALSE(find("app.settings['default'][4611686018427387900]"));
  python.set(list, layout.list.items, Address{8});
  EXPECT_FALSE(find("app.settings['default'][0]"));
  python.set(interpreter, layout.interpreter.modules, Address{0});
  EXPECT_NE(stopper("app").find("sys.modules"), std::string::npos);
  python.set(interpreter, layout.interpreter.modules, Address{24});
  EXPECT_FALSE(find("app.x"));
}

TEST_P(EveryLayoutLookup, ReferencesAreCountedAsTheBuildDoes) {
  if (layout.build.free_threaded) {
    python.memory.put(list + layout.object.type.value() - 12, std::uint32_t{2});
    python.memory.put(list + layout.object.type.value() - 8, std::int64_t{(3 << 2) | 1});
  } else {
    python.set(list, layout.object.refcnt, std::int64_t{5});
  }
  const auto counted = reference_count(objects, list);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->count, 5U);
  EXPECT_FALSE(counted->immortal);
}

TEST_P(EveryLayoutLookup, ImmortalObjectsHaveNoCount) {
  if (layout.build.free_threaded) {
    python.memory.put(list + layout.object.type.value() - 12, std::uint32_t{0xFFFFFFFF});
  } else {
    python.set(list, layout.object.refcnt, std::uint64_t{0xC0000000});
  }
  const auto counted = reference_count(objects, list);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->immortal, layout.version >= (PythonVersion{3, 12, 0}));
}

TEST_P(EveryLayoutLookup, SizesAreThoseOfTheObjectItself) {
  const Address plain = python.type("Plain");
  python.set(plain, layout.type.basicsize, std::uint64_t{48});
  EXPECT_EQ(own_size(objects, python.object(plain), *types.find(plain)), 48U);
  const Address row = python.type("Row");
  python.set(row, layout.type.basicsize, std::uint64_t{24});
  python.set(row, layout.type.itemsize, std::uint64_t{8});
  const Address three = python.object(row);
  python.set(three, layout.var_object.size_field, std::int64_t{3});
  EXPECT_EQ(own_size(objects, three, *types.find(row)), 48U);
  python.set(three, layout.var_object.size_field, std::uint64_t{1} << 62U);
  EXPECT_EQ(own_size(objects, three, *types.find(row)), std::nullopt);
}

}  // namespace
}  // namespace stillframe::cpython
