#include "cpython/objects/objects.h"

#include <gtest/gtest.h>

#include <limits>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

constexpr std::uint64_t kHugeLength = std::uint64_t{1} << 63U;
constexpr PythonVersion k3{3, 0, 0};

class EveryLayoutObjects : public testing::EveryLayout {};
SF_EVERY_LAYOUT(EveryLayoutObjects);

TEST_P(EveryLayoutObjects, ReadsText) {
  EXPECT_EQ(objects.text(python.text("price")), "price");
  EXPECT_EQ(objects.text(python.text("")), "");
}

TEST_P(EveryLayoutObjects, ReadsWiderCharacters) {
  if (layout.version < k3) {
    GTEST_SKIP() << "2.7 keeps unicode elsewhere";
  }
  EXPECT_EQ(objects.text(python.text(std::string_view("\xe9\xff", 2), 1, false)), "\u00e9\u00ff");
  EXPECT_EQ(objects.text(python.text(std::string_view("\xac\x20", 2), 2, false)), "\u20ac");
  EXPECT_EQ(objects.text(python.text(std::string_view("\x00\xf6\x01\x00", 4), 4, false)), "\U0001f600");
  EXPECT_EQ(objects.text(python.text(std::string_view("\x00\xd8", 2), 2, false)), "\ufffd") << "a lone surrogate";
  EXPECT_EQ(objects.text(python.text(std::string_view("\xff\xff\xff\xff", 4), 4, false)), "\ufffd");
}

TEST_P(EveryLayoutObjects, RefusesLengthsThatNothingHas) {
  const Address text = python.text("price");
  const Offset length = layout.version < k3 ? layout.var_object.size_field : layout.unicode.length;
  for (const std::uint64_t hostile :
       {kHugeLength, kHugeLength - 1, std::numeric_limits<std::uint64_t>::max(), std::uint64_t{4097}}) {
    python.set(text, length, hostile);
    EXPECT_FALSE(objects.text(text)) << hostile;
  }
  const Address bytes = python.bytes("abc");
  python.set(bytes, layout.var_object.size_field, kHugeLength);
  EXPECT_FALSE(objects.bytes(bytes, 1U << 20U));
}

TEST_P(EveryLayoutObjects, RefusesALengthThatLeadsOutOfMemory) {
  const Address text = python.text("price");
  python.set(text, layout.version < k3 ? layout.var_object.size_field : layout.unicode.length, std::uint64_t{4000});
  EXPECT_FALSE(objects.text(text));
}

TEST_P(EveryLayoutObjects, RefusesEveryStateThatIsNone) {
  if (layout.version < k3) {
    GTEST_SKIP() << "2.7 has none";
  }
  const Address text = python.text("price");
  for (std::uint32_t state = 0; state < 0x4000; ++state) {
    python.set(text, layout.unicode.state, state);
    const auto found = objects.text(text);
    EXPECT_TRUE(!found || found->size() <= 20) << state;
  }
}

TEST_P(EveryLayoutObjects, PointersToNowhereGiveNothing) {
  for (const Address at : {Address{0}, Address{8}, Address{3}, kHugeLength, ~Address{0}, ~Address{7}}) {
    EXPECT_FALSE(objects.text(at)) << at;
    EXPECT_FALSE(objects.type_of(at)) << at;
    EXPECT_FALSE(objects.integer(at)) << at;
    EXPECT_FALSE(objects.bytes(at, 100)) << at;
    EXPECT_FALSE(objects.lookup(at, "x")) << at;
    EXPECT_FALSE(objects.instance_attribute(at, "x")) << at;
  }
}

TEST_P(EveryLayoutObjects, ATypeNameWithoutEndIsNone) {
  const Address type = python.type("x");
  const Address endless = python.allocate(4096);
  python.memory.put_text(endless, std::string(4096, 'x'));
  python.set(type, layout.type.name, endless);
  EXPECT_FALSE(objects.type_name(type));
  python.set(type, layout.type.name, kHugeLength);
  EXPECT_FALSE(objects.type_name(type));
}

TEST_P(EveryLayoutObjects, IntegersThatDoNotFitAreNone) {
  const Address large = python.integer(std::uint64_t{1} << 63U);
  if (layout.small_integer.value.present()) {  // a C long of 2.7, which has no more bits
    EXPECT_EQ(objects.signed_integer(large), std::numeric_limits<std::int64_t>::min());
    return;
  }
  EXPECT_EQ(objects.integer(large), std::uint64_t{1} << 63U);
  EXPECT_FALSE(objects.signed_integer(large));
  EXPECT_EQ(objects.signed_integer(python.integer(~std::uint64_t{0} >> 1U)), std::numeric_limits<std::int64_t>::max());
  const Address larger = python.integer(~std::uint64_t{0});
  EXPECT_EQ(objects.integer(larger), ~std::uint64_t{0});
  // 2^64: bits of the third digit that have no room.
  python.memory.put(larger + layout.integer.digits.value() + 8, std::uint32_t{16});
  EXPECT_FALSE(objects.integer(larger));
  EXPECT_FALSE(objects.signed_integer(larger));
}

TEST_P(EveryLayoutObjects, ReadsIntegersOfUpTo64Bits) {
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{0x7f12'3456'7890}, kHugeLength + 5}) {
    EXPECT_EQ(objects.integer(python.integer(value)), value);
  }
}

TEST_P(EveryLayoutObjects, RefusesIntegersOfImpossibleSize) {
  const Address number = python.object(python.type("long"));
  const Offset size = layout.integer.tag.present() ? layout.integer.tag : layout.var_object.size_field;
  for (const std::int64_t hostile : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
                                     std::int64_t{-64}, std::int64_t{64}}) {
    python.set(number, size, hostile);
    EXPECT_FALSE(objects.integer(number)) << hostile;
  }
}

TEST_P(EveryLayoutObjects, LooksUpInDicts) {
  const Address one = python.integer(1);
  const Address two = python.integer(2);
  const Address dict = python.dict({{python.text("one"), one}, {python.text("two"), two}});
  EXPECT_EQ(objects.lookup(dict, "one"), one);
  EXPECT_EQ(objects.lookup(dict, "two"), two);
  EXPECT_FALSE(objects.lookup(dict, "three"));
  int seen = 0;
  EXPECT_TRUE(objects.for_each_entry(dict, [&](Address, Address) { return ++seen < 10; }));
  EXPECT_EQ(seen, 2);
}

TEST_P(EveryLayoutObjects, DictsOfImpossibleSizeEndSoon) {
  const Address dict = python.dict({{python.text("one"), python.integer(1)}});
  const auto ends = [&] {
    const std::size_t before = python.memory.reads;
    const bool whole = objects.for_each_entry(dict, [](Address, Address) { return true; });
    EXPECT_LT(python.memory.reads - before, 100);
    return !whole;
  };
  for (const std::uint64_t hostile :
       {kHugeLength, ~std::uint64_t{0}, std::uint64_t{1} << 40U, std::uint64_t{1} << 19U}) {
    if (layout.dict.table.present()) {
      python.set(dict, layout.dict.mask, hostile);
      EXPECT_TRUE(ends()) << hostile;
      continue;
    }
    python.set(python.last_keys, layout.dict_keys.nentries, hostile);
    EXPECT_TRUE(ends()) << hostile;
    python.set(python.last_keys, layout.dict_keys.nentries, std::uint64_t{1});
    if (layout.dict_keys.size_field.present()) {
      python.set(python.last_keys, layout.dict_keys.size_field, hostile);
      EXPECT_TRUE(ends()) << hostile;
      python.set(python.last_keys, layout.dict_keys.size_field, std::uint64_t{8});
    }
  }
  if (layout.dict_keys.log2_index_bytes.present()) {
    for (const int hostile : {255, 64, 63, 40, 12}) {
      python.set(python.last_keys, layout.dict_keys.log2_index_bytes, static_cast<std::uint8_t>(hostile));
      EXPECT_TRUE(ends()) << hostile;
    }
    python.set(python.last_keys, layout.dict_keys.log2_index_bytes, std::uint8_t{3});
    python.set(python.last_keys, layout.dict_keys.kind, std::uint8_t{77});
    EXPECT_TRUE(ends());
  }
}

TEST_P(EveryLayoutObjects, FindsAttributesInAnInstancesDict) {
  const Address name = python.text("worker");
  const Address instance = python.instance(python.dict({{python.text("_name"), name}}));
  EXPECT_EQ(objects.instance_attribute(instance, "_name"), name);
  EXPECT_FALSE(objects.instance_attribute(instance, "other"));
  const auto type = objects.type_of(instance);
  ASSERT_TRUE(type);
  for (const std::int64_t hostile : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                                     std::int64_t{60000}, std::numeric_limits<std::int64_t>::max()}) {
    python.set(*type, layout.type.dictoffset, hostile);
    EXPECT_FALSE(objects.instance_attribute(instance, "_name")) << hostile;
  }
}

TEST_P(EveryLayoutObjects, FindsAttributesBesideTheTypesSharedKeys) {
  if (layout.version < PythonVersion{3, 11, 0}) {
    GTEST_SKIP() << "instances have managed dicts from 3.11 on";
  }
  const Address name = python.text("worker");
  static_cast<void>(python.dict({{python.text("_name"), 0}}));
  const Address type = python.type("Thread");
  python.set(type, layout.type.flags, std::uint64_t{(1U << 2U) | (1U << 4U)});
  python.set(type, layout.type.basicsize, std::uint64_t{64});
  python.set(type, layout.heap_type.cached_keys, python.last_keys);
  const Address instance = python.object(type);
  const Address values_at = layout.dict_values.values.value();
  if (layout.version >= PythonVersion{3, 13, 0}) {
    python.set(instance + 64, layout.dict_values.capacity, std::uint8_t{1});
    python.set(instance + 64, layout.dict_values.size_field, std::uint8_t{1});
    python.memory.put(instance + 64 + values_at, name);
    python.memory.put(instance + 64 + values_at + 8, std::uint8_t{0});  // the order in which they were set
  } else {
    const Address values = python.allocate(64);
    python.memory.put(values + values_at, name);
    python.memory.put(values - 2, std::uint8_t{1});  // so many were set; before it, in which order
    python.memory.put(values - 3, std::uint8_t{0});
    const bool tagged = layout.version >= PythonVersion{3, 12, 0};
    python.memory.put(instance - (tagged ? 24 : 32), tagged ? values - 1 : values);
  }
  EXPECT_EQ(objects.instance_attribute(instance, "_name"), name);
  python.set(type, layout.heap_type.cached_keys, kHugeLength);
  EXPECT_FALSE(objects.instance_attribute(instance, "_name"));
}

}  // namespace
}  // namespace stillframe::cpython
