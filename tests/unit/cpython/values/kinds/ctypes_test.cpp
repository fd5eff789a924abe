// Objects of ctypes: the C data behind them, sound, cut and hostile.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/values/made_instances.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutCtypes : public testing::Instances {
 protected:
  // A class of ctypes itself, or derived from one.
  Address data_class(std::string_view name, std::string_view base, const Attributes& attributes) {
    return class_of("ctypes", name, {python.type(base)}, attributes);
  }
  Address simple_class(std::string_view name, std::string_view code) {
    return data_class(name, "_ctypes._SimpleCData", {{"_type_", python.text(code)}});
  }
  // An object of it with these bytes.
  template <typename T>
  Address object_of(Address of, const std::vector<T>& values) {
    const Address data = python.allocate(values.size() * sizeof(T) + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      python.memory.put(data + i * sizeof(T), values[i]);
    }
    return object_at(of, data, values.size() * sizeof(T));
  }
  Address object_at(Address of, Address data, std::uint64_t size) {
    const Address at = python.object(of);
    set_word(at, 0, data);
    set_word(at, 3, size);
    return at;
  }
  Address array_class(Address element, std::uint64_t length) {
    return data_class("Array_n", "_ctypes.Array", {{"_type_", element}, {"_length_", integer(length)}});
  }
  Address field(std::uint64_t offset, std::uint64_t size) {
    const Address at = python.object(python.type("_ctypes.CField"));
    set_word(at, 0, offset);
    set_word(at, 1, size);
    return at;
  }
  // What stands behind "<… object at 0x… ".
  std::string behind(Address object) {
    const std::string all = text(object);
    const std::size_t at = all.find(" at 0x");
    return all.starts_with("<ctypes.") ? all.substr(all.find(' ', at + 4) + 1) : all;
  }
};
SF_EVERY_LAYOUT(EveryLayoutCtypes);

TEST_P(EveryLayoutCtypes, SimpleValues) {
  EXPECT_EQ(text(object_of<std::int32_t>(simple_class("c_int", "i"), {-5})), "c_int(-5)");
  EXPECT_EQ(text(object_of<std::uint64_t>(simple_class("c_ulong", "L"), {7})), is_old() ? "c_ulong(7L)" : "c_ulong(7)");
  EXPECT_EQ(text(object_of<std::uint32_t>(simple_class("c_int_be", "i"), {0x05000000})), "c_int_be(5)");
  EXPECT_EQ(text(object_of<float>(simple_class("c_float", "f"), {0.1F})), "c_float(0.10000000149011612)");
  EXPECT_EQ(text(object_of<Address>(simple_class("c_void_p", "P"), {0})), "c_void_p(None)");
  EXPECT_EQ(text(object_of<Address>(simple_class("py_object", "O"), {integer(3)})), "py_object(3)");
  EXPECT_EQ(text(object_of<double>(simple_class("c_double_complex", "Zd"), {1.5, -2})), "c_double_complex((1.5-2j))");
  const Address own = class_of("app", "Mine", {simple_class("c_int", "i"), python.type("_ctypes._SimpleCData")});
  EXPECT_TRUE(text(object_of<std::int32_t>(own, {7})).ends_with(" value=7>"));
}

TEST_P(EveryLayoutCtypes, TextsThatPointersLeadTo) {
  limits.max_string = 3;
  const Address abc = python.allocate(8);
  python.memory.put_text(abc, "abc");
  const Address of = simple_class("c_char_p", "z");
  EXPECT_EQ(text(object_of<Address>(of, {abc})), is_old() ? "c_char_p('abc')" : "c_char_p(b'abc')");
  python.memory.put_text(abc, "abcd");
  EXPECT_EQ(text(object_of<Address>(of, {abc})), is_old() ? "c_char_p('abc'…)" : "c_char_p(b'abc'…)");
  EXPECT_TRUE(is_unreadable(object_of<Address>(of, {24})));
}

TEST_P(EveryLayoutCtypes, Arrays) {
  const Address number = simple_class("c_short", "h");
  EXPECT_EQ(behind(object_of<std::int16_t>(array_class(number, 3), {1, -2, 3})), "[1, -2, 3]>");
  EXPECT_EQ(behind(object_of<std::int16_t>(array_class(number, 0), {})), "[]>");
  EXPECT_EQ(behind(object_of<std::int16_t>(array_class(array_class(number, 2), 2), {1, 2, 3, 4})), "[[1, 2], [3, 4]]>");
  EXPECT_EQ(behind(object_of<char>(array_class(simple_class("c_char", "c"), 2), {'a', 0})),
            is_old() ? "'a\\x00'>" : "b'a\\x00'>");
  limits.max_items = 2;
  // No more than what is shown is there to be read.
  const Address data = python.allocate(4);
  EXPECT_EQ(behind(object_at(array_class(number, 1'000'002), data, 2'000'004)), "[0, 0, … 1,000,000 more]>");
}

TEST_P(EveryLayoutCtypes, HostileArrays) {
  const Address number = simple_class("c_short", "h");
  for (const std::uint64_t length : testing::kImpossible) {
    EXPECT_TRUE(is_unreadable(object_at(array_class(number, length), python.allocate(4), 4))) << length;
  }
  EXPECT_TRUE(is_unreadable(object_at(array_class(number, 2), 24, 4)));
  EXPECT_TRUE(is_unreadable(object_at(array_class(24, 2), python.allocate(4), 4)));
  // An array of itself, in itself.
  const Address type = python.allocate(8);
  const Address itself = data_class("Loop", "_ctypes.Array", {{"_length_", integer(1)}, {"_type_", type}});
  python.set(itself, layout.type.dict, dict({{"_length_", integer(1)}, {"_type_", itself}}));
  EXPECT_TRUE(text(object_at(itself, python.allocate(4), 4)).contains("…"));
}

TEST_P(EveryLayoutCtypes, Structures) {
  const Address number = simple_class("c_int", "i");
  const auto entry = [&](std::string_view name) { return python.tuple({python.text(name), number}); };
  const Address bits = python.tuple({python.text("bits"), number, integer(3)});
  const Address fields = python.list({entry("x"), entry("token"), bits, entry("gone"), entry("far")});
  const Address of = data_class("Point", "_ctypes.Structure",
                                {{"_fields_", fields},
                                 {"x", field(0, 4)},
                                 {"token", field(4, 4)},
                                 {"bits", field(8, 4)},
                                 {"far", field(std::uint64_t{1} << 63U, 4)}});
  EXPECT_EQ(behind(object_of<std::int32_t>(of, {5, 6, 7})),
            "(x=5, token=<redacted>, bits=…, <unreadable: a field>, far=<unreadable: its value>)>");
  EXPECT_EQ(behind(object_of<std::int32_t>(data_class("Empty", "_ctypes.Union", {}), {5})), "()>");
}

// Of the elements of an array nothing but their data is read.
TEST_P(EveryLayoutCtypes, AStructureIsLearntOnceForAllElements) {
  const Address number = simple_class("c_int", "i");
  const auto entry = [&](std::string_view name) { return python.tuple({python.text(name), number}); };
  const Address point =
      data_class("Point", "_ctypes.Structure",
                 {{"_fields_", python.list({entry("x"), entry("y")})}, {"x", field(0, 4)}, {"y", field(4, 4)}});
  const auto reads_of = [&](std::uint64_t length) {
    const Address array = object_of<std::int32_t>(array_class(point, length), std::vector<std::int32_t>(length * 2, 7));
    const std::size_t before = python.memory.reads;
    EXPECT_TRUE(behind(array).ends_with("Point(x=7, y=7)]>"));
    return python.memory.reads - before;
  };
  reads_of(1);
  EXPECT_EQ(reads_of(12) - reads_of(2), 20U);
}

TEST_P(EveryLayoutCtypes, Pointers) {
  const Address of = data_class("LP_c_int", "_ctypes._Pointer", {});
  EXPECT_EQ(behind(object_of<Address>(of, {0})), "NULL>");
  EXPECT_EQ(behind(object_of<Address>(of, {0x1234})), "to 0x1234>");
  EXPECT_TRUE(is_unreadable(object_at(of, 24, 8)));
}

}  // namespace
}  // namespace stillframe::cpython
