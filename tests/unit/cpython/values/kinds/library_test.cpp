// Small types of the library whose state is in attributes: numbers, records, enums, paths, mappings.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/values/made_instances.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutLibrary : public testing::Instances {
 protected:
  Address word_text(std::string_view value) { return python.text(value); }
  // Wherever the class stands, the same.
  Address enum_class(const Attributes& attributes = {}) {
    return class_of("app", "Color", {class_of("enum", "Enum")}, attributes);
  }
};
SF_EVERY_LAYOUT(EveryLayoutLibrary);

TEST_P(EveryLayoutLibrary, FractionsAndIdentifiers) {
  EXPECT_EQ(text(instance("fractions.Fraction", {{"_numerator", integer(3)}, {"_denominator", integer(4)}})),
            "Fraction(3, 4)");
  EXPECT_TRUE(is_unreadable(instance("fractions.Fraction", {{"_numerator", integer(3)}})));
  EXPECT_EQ(text(instance("uuid.UUID", {{"int", integer(0x1234567890ABCDEF)}})),
            "UUID('00000000-0000-0000-1234-567890abcdef')");
  EXPECT_TRUE(is_unreadable(instance("uuid.UUID", {{"int", none}})));
  EXPECT_TRUE(is_unreadable(instance("uuid.UUID", {})));
}

TEST_P(EveryLayoutLibrary, MembersOfEnums) {
  const Address one = integer(1);
  EXPECT_EQ(text(instance_of(enum_class(), {{"_value_", one}, {"_name_", word_text("RED")}})), "<Color.RED: 1>");
  EXPECT_TRUE(is_unreadable(instance_of(enum_class(), {{"_name_", word_text("RED")}})));
  const Address number = instance_of(class_of("re", "RegexFlag", {class_of("enum", "Enum")}),
                                     {{"_value_", integer(2)}, {"_name_", word_text("IGNORECASE")}});
  const bool named = layout.version >= PythonVersion{3, 8, 0} && layout.version < PythonVersion{3, 11, 0};
  EXPECT_EQ(text(number), named ? "re.IGNORECASE" : "<RegexFlag.IGNORECASE: 2>");
}

TEST_P(EveryLayoutLibrary, MembersThatAreNamesOfAModule) {
  if (layout.version < PythonVersion{3, 11, 0}) {
    GTEST_SKIP() << "there are none";
  }
  const auto with = [&](std::string_view repr) {
    const Address function = python.object(python.type("function"));
    set_word(function, 4, python.code(repr, "enum.py", 1));
    return enum_class({{"__repr__", function}});
  };
  const Address both = word_text("RED|GREEN|0x8");
  EXPECT_EQ(text(instance_of(with("global_flag_repr"), {{"_value_", integer(11)}, {"_name_", both}})),
            "app.RED|app.GREEN|0x8");
  EXPECT_EQ(text(instance_of(with("global_flag_repr"), {{"_value_", integer(0)}, {"_name_", none}})), "app.Color(0)");
  EXPECT_EQ(text(instance_of(with("other_repr"), {{"_value_", integer(0)}, {"_name_", both}})).front(), '<');
}

TEST_P(EveryLayoutLibrary, DataclassesAndNamespaces) {
  const Address real = instance("dataclasses._FIELD_BASE", {{"name", word_text("_FIELD")}});
  const Address other = instance("dataclasses._FIELD_BASE", {{"name", word_text("_FIELD_CLASSVAR")}});
  const auto field = [&](bool shown, Address sort) {
    return instance("dataclasses.Field", {{"repr", boolean(shown)}, {"_field_type", sort}});
  };
  const Address fields = dict({{"id", field(true, real)},
                               {"hidden", field(false, real)},
                               {"shared", field(true, other)},
                               {"token", field(true, real)},
                               {"gone", field(true, real)}});
  const Address of = class_of("app", "Order", {}, {{"__dataclass_fields__", fields}});
  EXPECT_EQ(text(instance_of(of, {{"id", integer(7)}, {"token", integer(8)}})),
            "Order(id=7, token=<redacted>, gone=<not set>)");
  limits.max_items = 1;
  EXPECT_EQ(text(instance_of(of, {{"id", integer(7)}})), "Order(id=7, … 2 more)");
  limits.max_items = 16;
  const bool sorted = layout.version < PythonVersion{3, 9, 0};
  EXPECT_EQ(text(instance("argparse.Namespace", {{"b", integer(1)}, {"a", integer(2)}})),
            sorted ? "Namespace(a=2, b=1)" : "Namespace(b=1, a=2)");
}

TEST_P(EveryLayoutLibrary, NamedTuples) {
  const Address names = python.tuple({word_text("x"), word_text("y")});
  const Address of = class_of("app", "Point", {python.tuple_type}, {{"_fields", names}, {"_make", integer(1)}});
  set_flag(of, static_cast<std::uint64_t>(kHeapType) | static_cast<std::uint64_t>(kTupleSubclass));
  const auto point = [&](const std::vector<Address>& items) {
    const Address at = python.tuple(items);
    python.set(at, layout.object.type, of);
    return at;
  };
  EXPECT_EQ(text(point({integer(1), integer(2)})), "Point(x=1, y=2)");
  EXPECT_TRUE(is_unreadable(point({integer(1), integer(2), integer(3)}))) << "it has no name for the third";
  const Address endless = point({integer(1)});
  for (const std::uint64_t size : testing::kImpossible) {
    python.set(endless, layout.var_object.size_field, size);
    EXPECT_TRUE(is_unreadable(endless)) << size;
  }
}

TEST_P(EveryLayoutLibrary, Paths) {
  if (is_old()) {
    GTEST_SKIP() << "2.7 has none";
  }
  EXPECT_EQ(text(instance("pathlib.PurePath", {{"_str", word_text("/srv/app")}})), "PurePath('/srv/app')");
  const Address raw = python.list({word_text("/srv//./a"), word_text("b")});
  EXPECT_EQ(text(instance("pathlib.PurePath", {{"_raw_paths", raw}})), "PurePath('/srv/a/b')");
  EXPECT_TRUE(is_unreadable(instance("pathlib.PurePath", {{"_raw_paths", python.list({24})}})));
  EXPECT_TRUE(is_unreadable(instance("pathlib.PurePath", {})));
}

TEST_P(EveryLayoutLibrary, MappingsAroundOthers) {
  const Address inner = dict({{"k", integer(1)}, {"password", integer(2)}});
  EXPECT_EQ(text(instance("collections.UserDict", {{"data", inner}})), "{'k': 1, 'password': <redacted>}");
  EXPECT_EQ(text(instance("collections.ChainMap", {{"maps", python.list({inner, dict({})})}})),
            "ChainMap({'k': 1, 'password': <redacted>}, {})");
  EXPECT_TRUE(is_unreadable(instance("collections.UserDict", {})));
  const Address endless = python.list({});
  python.set(endless, layout.var_object.size_field, std::uint64_t{1} << 62U);
  EXPECT_TRUE(is_unreadable(instance("collections.ChainMap", {{"maps", endless}})));
}

TEST_P(EveryLayoutLibrary, TheEnvironmentIsText) {
  if (is_old()) {
    GTEST_SKIP() << "there it is an instance of an old class";
  }
  const Address bytes_type = python.type("bytes");
  set_flag(bytes_type, kBytesSubclass);
  const auto bytes = [&](std::string_view value) {
    const Address at = python.bytes(value);
    python.set(at, layout.object.type, bytes_type);
    return at;
  };
  const Address data = python.dict({{bytes("HOME"), bytes("/root\xff\xc3\xa9")}, {bytes("API_TOKEN"), bytes("x")}});
  const Address function = python.object(python.type("function"));
  EXPECT_EQ(text(instance("os._Environ", {{"_data", data}, {"decodekey", function}})),
            "environ({'HOME': '/root\\udcff\u00e9', 'API_TOKEN': <redacted>})");
  EXPECT_TRUE(text(instance("os._Environ", {{"_data", data}, {"decodekey", bytes_type}}))
                  .starts_with("environ({b'HOME': b'/root"));
  limits.max_items = 1;
  EXPECT_TRUE(text(instance("os._Environ", {{"_data", data}, {"decodekey", function}})).ends_with(", … 1 more})"));
  EXPECT_TRUE(is_unreadable(instance("os._Environ", {{"_data", none}, {"decodekey", function}})));
}

}  // namespace
}  // namespace stillframe::cpython
