// Objects of types that are implemented in C: sound, cut and hostile ones, in every layout.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "cpython/every_layout.h"
#include "cpython/values/printer.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;
using Bytes = std::vector<std::uint8_t>;

class EveryLayoutCTypes : public testing::EveryLayout {
 protected:
  Written write(Address object) {
    Types types(objects);
    return Printer(objects, types, limits, redaction).write(object);
  }
  std::string text(Address object) { return write(object).text; }

  // An object whose members behind the head are these.
  template <typename... T>
  Address made(std::string_view type, const T&... members) {
    const Address at = python.object(python.type(type), 512);
    Address next = at + layout.object.type.value() + 8;
    ((python.memory.put(next, members), next += sizeof(T)), ...);
    return at;
  }
  // Of varying size, with ob_size.
  template <typename... T>
  Address made_long(std::string_view type, std::uint64_t size, const T&... members) {
    const Address at = python.object(python.type(type), 512);
    python.set(at, layout.var_object.size_field, size);
    Address next = at + layout.var_object.size_field.value() + 8;
    ((python.memory.put(next, members), next += sizeof(T)), ...);
    return at;
  }
  template <typename T>
  Address data(const std::vector<T>& values) {
    const Address at = python.allocate(values.size() * sizeof(T) + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      python.memory.put(at + i * sizeof(T), values[i]);
    }
    return at;
  }
  // The head of datetime's types: hash, hastzinfo, then their bytes.
  Address moment(std::string_view type, std::uint8_t has_zone, const std::array<std::uint8_t, 15>& bytes,
                 Address zone = 0) {
    return made(type, std::int64_t{-1}, has_zone, bytes, zone);
  }
  Address decimal(std::uint8_t flags, std::int64_t exponent, std::int64_t digits,
                  const std::vector<std::uint64_t>& words) {
    const Address at = made("decimal.Decimal", std::int64_t{-1}, std::uint64_t{flags}, exponent, digits,
                            static_cast<std::int64_t>(words.size()), std::int64_t{4}, data(words));
    python.set(objects.type_of(at).value(), layout.type.basicsize, std::uint64_t{104 + 32});
    return at;
  }
  Address array(char code, std::int32_t size, std::uint64_t length, Address items) {
    const Address item = data(std::vector<std::int32_t>{code, size});
    return made_long("array.array", length, items, std::int64_t{0}, item);
  }

  [[nodiscard]] bool old() const { return layout.version.major < 3; }

  ValueLimits limits;
  Redaction redaction = Redaction::usual();
};
SF_EVERY_LAYOUT(EveryLayoutCTypes);

TEST_P(EveryLayoutCTypes, WritesDatesAndTimes) {
  EXPECT_EQ(text(moment("datetime.date", 0, {0x07, 0xE8, 2, 29})), "datetime.date(2024, 2, 29)");
  EXPECT_EQ(text(moment("datetime.time", 0, {1, 2, 0, 0, 0, 0})), "datetime.time(1, 2)");
  EXPECT_EQ(text(moment("datetime.time", 0, {1, 2, 0, 0, 1, 0})), "datetime.time(1, 2, 0, 256)");
  EXPECT_EQ(text(moment("datetime.datetime", 0, {0x07, 0xE8, 2, 29, 23, 59, 58, 0, 0, 0})),
            "datetime.datetime(2024, 2, 29, 23, 59, 58)");
}

TEST_P(EveryLayoutCTypes, WritesFoldAndZoneInTheOrderOfEachType) {
  const Address zone = python.list({});
  const bool has_fold = layout.version >= PythonVersion{3, 6, 0};
  // The zone stands on the next whole word.
  const Address time =
      made("datetime.time", std::int64_t{-1}, std::uint8_t{1}, std::array<std::uint8_t, 7>{1, 2, 3, 0, 0, 0, 1}, zone);
  EXPECT_EQ(text(time), has_fold ? "datetime.time(1, 2, 3, tzinfo=[], fold=1)" : "datetime.time(1, 2, 3, tzinfo=[])");
  const Address both = moment("datetime.datetime", 1, {0x07, 0xE8, 2, 29, 1, 2, 3, 0, 0, 4, 1}, zone);
  EXPECT_EQ(text(both), has_fold ? "datetime.datetime(2024, 2, 29, 1, 2, 3, 4, fold=1, tzinfo=[])"
                                 : "datetime.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=[])");
}

TEST_P(EveryLayoutCTypes, RefusesImpossibleDates) {
  EXPECT_TRUE(text(moment("datetime.date", 0, {0xDD, 0xDD, 0xDD, 0xDD})).ends_with(": it is no date>"));
  EXPECT_TRUE(text(moment("datetime.time", 0, {24, 0, 0})).ends_with(": it is no time of a day>"));
  EXPECT_TRUE(text(moment("datetime.time", 0xDD, {1, 2, 3})).starts_with("<unreadable: datetime.time at "));
  EXPECT_TRUE(text(made("datetime.timedelta", std::int64_t{0}, 1, 86'400, 0)).ends_with(": it is no time span>"));
}

TEST_P(EveryLayoutCTypes, WritesTimeSpansAsTheVersionDoes) {
  const Address span = made("datetime.timedelta", std::int64_t{0}, -1, 0, 5);
  const bool names = layout.version >= PythonVersion{3, 7, 0};
  EXPECT_EQ(text(span), names ? "datetime.timedelta(days=-1, microseconds=5)" : "datetime.timedelta(-1, 0, 5)");
  const Address none = made("datetime.timedelta", std::int64_t{0}, 0, 0, 0);
  EXPECT_EQ(text(none), "datetime.timedelta(0)");
  EXPECT_EQ(text(made("datetime.timezone", none, Address{0})), "datetime.timezone.utc");
  EXPECT_EQ(text(made("datetime.timezone", span, Address{0})), "datetime.timezone(" + text(span) + ")");
}

TEST_P(EveryLayoutCTypes, WritesDecimalsInScientificNotationOnlyWhereItMust) {
  EXPECT_EQ(text(decimal(0, 0, 1, {0})), "Decimal('0')");
  EXPECT_EQ(text(decimal(1, -2, 3, {123})), "Decimal('-1.23')");
  EXPECT_EQ(text(decimal(0, -5, 1, {1})), "Decimal('0.00001')");
  EXPECT_EQ(text(decimal(0, -7, 1, {1})), "Decimal('1E-7')");
  EXPECT_EQ(text(decimal(0, 2, 2, {12})), "Decimal('1.2E+3')");
  EXPECT_EQ(text(decimal(0, -1, 20, {5, 1})), "Decimal('1000000000000000000.5')");
  EXPECT_EQ(text(decimal(3, 0, 0, {})), "Decimal('-Infinity')");
  EXPECT_EQ(text(decimal(4, 0, 0, {})), "Decimal('NaN')");
  EXPECT_EQ(text(decimal(8, 0, 2, {42})), "Decimal('sNaN42')");
}

TEST_P(EveryLayoutCTypes, ReadsOnlyTheDigitsOfADecimalThatAreShown) {
  limits.max_string = 5;
  const Address at =
      made("decimal.Decimal", std::int64_t{-1}, std::uint64_t{0}, std::int64_t{0}, std::int64_t{190}, std::int64_t{10},
           std::int64_t{10}, data(std::vector<std::uint64_t>{1'234'567'890'123'456'789U}) - 72);
  python.set(objects.type_of(at).value(), layout.type.basicsize, std::uint64_t{136});
  const Written written = write(at);
  EXPECT_EQ(written.text, "Decimal('12345… 185 more digits')");
  EXPECT_TRUE(written.cut);
}

TEST_P(EveryLayoutCTypes, RefusesDecimalsThatAreNone) {
  EXPECT_FALSE(write(decimal(0, 0, 2, {1})).readable);                                // has one digit
  EXPECT_FALSE(write(decimal(0, 0, std::int64_t{1} << 62U, {1})).readable);           // too few words
  EXPECT_FALSE(write(decimal(0, 0, 20, {10'000'000'000'000'000'000U, 1})).readable);  // not a word of 19 digits
  EXPECT_FALSE(write(decimal(0, std::numeric_limits<std::int64_t>::min(), 1, {1})).readable);
}

TEST_P(EveryLayoutCTypes, WritesArrays) {
  EXPECT_EQ(text(array('h', 2, 3, data(std::vector<std::int16_t>{-1, 0, 500}))), "array('h', [-1, 0, 500])");
  EXPECT_EQ(text(array('f', 4, 1, data(std::vector<float>{0.1F}))), "array('f', [0.10000000149011612])");
  EXPECT_EQ(text(array('d', 8, 4, data(std::vector<double>{1e16, 1e-5, -0.0, 123456.5}))),
            "array('d', [1e+16, 1e-05, -0.0, 123456.5])");
  EXPECT_EQ(text(array('Q', 8, 0, 0)), "array('Q')");
  EXPECT_EQ(text(array('u', 4, 2, data(std::vector<std::uint32_t>{'a', '\''}))),
            old() ? "array('u', u\"a'\")" : "array('u', \"a'\")");
}

TEST_P(EveryLayoutCTypes, CutsArraysAndRefusesHostileOnes) {
  limits.max_items = 2;
  // No more than what is shown is there to be read.
  EXPECT_EQ(text(array('b', 1, 10'002, data(std::vector<std::int8_t>{1, 2}))), "array('b', [1, 2, … 10,000 more])");
  EXPECT_TRUE(text(array('b', 1, std::uint64_t{1} << 63U, 0)).ends_with(": its length is impossible>"));
  EXPECT_TRUE(text(array('b', 1, 2, 0x10)).ends_with(": its items cannot be read>"));
  EXPECT_TRUE(text(array('k', 1, 2, 0x10)).ends_with(": its items are of no known type>"));
  EXPECT_FALSE(write(array('i', 0, 2, 0x10)).readable);
}

TEST_P(EveryLayoutCTypes, WritesPatternsAndMatches) {
  python.set(python.text_type, layout.type.flags, std::uint64_t{1} << (old() ? 27U : 28U));
  const Address pattern = made_long("re.Pattern", 0, std::int64_t{0}, Address{0}, Address{0}, python.text("a+"),
                                    std::uint32_t{old() ? 2U : 34U});
  EXPECT_EQ(text(pattern), "re.compile('a+', re.IGNORECASE)");
  const Address string = python.text("xxaab");
  const auto match = [&](std::int64_t begin, std::int64_t end) {
    return made_long("re.Match", 0, string, Address{0}, pattern, std::int64_t{0}, std::int64_t{5}, std::int64_t{-1},
                     std::int64_t{1}, begin, end);
  };
  EXPECT_EQ(text(match(2, 4)), "<re.Match object; span=(2, 4), match='aa'>");
  EXPECT_EQ(text(match(2, 2)), "<re.Match object; span=(2, 2), match=''>");
  EXPECT_TRUE(text(match(2, 6)).contains("match=<unreadable: what was matched>"));
  EXPECT_TRUE(text(match(0, std::int64_t{1} << 62U)).contains("match=<unreadable: what was matched>"));
  EXPECT_FALSE(write(match(4, 2)).readable);
}

TEST_P(EveryLayoutCTypes, WritesFilesWithTheirDescriptors) {
  const std::uint32_t readable = old() ? 1 : 2;
  const std::uint32_t close_fd = layout.version >= PythonVersion{3, 15, 0} ? 128 : 64;
  const Address file = made("_io.FileIO", 5, readable | close_fd);
  EXPECT_EQ(text(file), old() ? "<_io.FileIO mode='rb' fd=5>" : "<_io.FileIO mode='rb' closefd=True fd=5>");
  const Address buffer = made("_io.BufferedReader", file, 1, 0);
  EXPECT_EQ(text(buffer), "<_io.BufferedReader fd=5>");
  const Address wrapper = made("_io.TextIOWrapper", 1, 0, std::int64_t{8192}, buffer, python.text("utf-8"));
  EXPECT_EQ(text(wrapper), "<_io.TextIOWrapper encoding='utf-8' fd=5>");
  EXPECT_EQ(text(made("_io.FileIO", -1, readable)), "<_io.FileIO [closed]>");
  EXPECT_EQ(text(made("_io.BufferedReader", Address{0}, 0, 1)), "<_io.BufferedReader detached>");
}

TEST_P(EveryLayoutCTypes, EndsWithFilesThatWrapThemselves) {
  const Address buffer = made("_io.BufferedReader", Address{0}, 1, 0);
  python.memory.put(buffer + layout.object.type.value() + 8, buffer);
  EXPECT_EQ(text(buffer), "<_io.BufferedReader>");
}

TEST_P(EveryLayoutCTypes, WritesBuffersInMemory) {
  limits.max_string = 3;
  const Address bytes = old() ? data(std::vector<char>{'a', 'b', 'c', 'd'}) : python.bytes("abcd");
  EXPECT_TRUE(
      text(made("_io.BytesIO", bytes, std::int64_t{1}, std::int64_t{4}))
          .ends_with(old() ? " size=4 position=1 'abc'… 1 more bytes>" : " size=4 position=1 b'abc'… 1 more bytes>"));
  EXPECT_TRUE(text(made("_io.BytesIO", Address{0}, std::int64_t{1}, std::int64_t{4})).ends_with(" closed>"));
  EXPECT_FALSE(write(made("_io.BytesIO", bytes, std::int64_t{1}, std::int64_t{-4})).readable);
}

TEST_P(EveryLayoutCTypes, WritesSockets) {
  const std::int64_t none = old() ? std::bit_cast<std::int64_t>(-1.0) : -1'000'000'000;
  const std::int64_t two = old() ? std::bit_cast<std::int64_t>(2.0) : 2'000'000'000;
  EXPECT_EQ(text(made("_socket.socket", 3, 2, 1, 0, Address{0}, none)),
            old() ? "<socket object, fd=3, family=2, type=1, protocol=0>"
                  : "<socket object, fd=3, family=2, type=1, proto=0>");
  EXPECT_TRUE(text(made("_socket.socket", 3, 2, 1, 0, Address{0}, two)).ends_with("=0, timeout=2.0>"));
  EXPECT_FALSE(write(made("_socket.socket", -7, 2, 1, 0, Address{0}, two)).readable);
  EXPECT_TRUE(text(made("select.epoll", 4)).ends_with(" fd=4>"));
}

// numpy's array, and its dtypes of numpy 1 and 2.
class EveryLayoutNumpy : public EveryLayoutCTypes {
 protected:
  Address dtype(bool second, char kind, std::int64_t size, char order = '<') {
    const Address names = 0;
    Address at = 0;
    if (second) {
      at = made("numpy.dtype", Address{0}, std::array<char, 4>{kind, 0, order, 0}, 0, std::uint64_t{0}, size, size,
                Address{0}, std::int64_t{0}, Address{0}, Address{0}, Address{0}, Address{0}, names);
    } else {
      at = made("numpy.dtype", Address{0}, std::array<char, 4>{kind, 0, order, 0}, 0, static_cast<std::int32_t>(size),
                static_cast<std::int32_t>(size), Address{0}, Address{0}, names);
    }
    const std::uint64_t head = layout.object.type.value() + 8;
    python.set(objects.type_of(at).value(), layout.type.basicsize, head + (second ? 104 : 80));
    return at;
  }
  Address array_of(Address type, Address at, const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides) {
    return made("numpy.ndarray", at, static_cast<std::int32_t>(shape.size()), 0, data(shape), data(strides), Address{0},
                type);
  }
};
SF_EVERY_LAYOUT(EveryLayoutNumpy);

TEST_P(EveryLayoutNumpy, WritesArraysByTheirStrides) {
  const Address numbers = data(std::vector<std::int32_t>{1, 2, 3, 4, 5, 6});
  for (const bool second : {false, true}) {
    const Address type = dtype(second, 'i', 4);
    EXPECT_EQ(text(array_of(type, numbers, {2, 3}, {12, 4})), "array([[1, 2, 3], [4, 5, 6]]) shape=(2, 3) dtype=int32");
    EXPECT_EQ(text(array_of(type, numbers, {3, 2}, {4, 12})),
              "array([[1, 4], [2, 5], [3, 6]]) shape=(3, 2) dtype=int32");
    EXPECT_EQ(text(array_of(type, numbers + 20, {6}, {-4})), "array([6, 5, 4, 3, 2, 1]) shape=(6,) dtype=int32");
    EXPECT_EQ(text(array_of(type, numbers, {}, {})), "array(1) shape=() dtype=int32");
    EXPECT_EQ(text(array_of(type, 0, {0}, {4})), "array([]) shape=(0,) dtype=int32");
    EXPECT_EQ(text(type), "dtype('int32')");
    EXPECT_EQ(text(dtype(second, 'f', 8, '>')), "dtype('>f8')");
  }
}

TEST_P(EveryLayoutNumpy, ReadsOnlyTheElementsThatAreShown) {
  limits.max_items = 2;
  const Address numbers = data(std::vector<double>{0.5, 1.5});
  EXPECT_EQ(text(array_of(dtype(true, 'f', 8), numbers, {1'000'002}, {8})),
            "array([0.5, 1.5, … 1,000,000 more]) shape=(1000002,) dtype=float64");
}

TEST_P(EveryLayoutNumpy, RefusesHostileArrays) {
  const Address type = dtype(true, 'i', 4);
  EXPECT_FALSE(write(array_of(type, 0x10, {2}, {4})).readable);
  EXPECT_FALSE(write(array_of(type, 0x10, {-1}, {4})).readable);
  EXPECT_FALSE(write(array_of(dtype(true, 'x', 4), 0x10, {1}, {4})).readable);
  EXPECT_FALSE(write(array_of(dtype(true, 'i', -4), 0x10, {1}, {4})).readable);
  EXPECT_FALSE(write(made("numpy.ndarray", Address{0}, 1 << 30, 0, Address{0}, Address{0}, Address{0}, type)).readable);
  // A structure within itself.
  const Address itself = dtype(true, 'V', 4);
  const Address members = itself + layout.object.type.value() + 8;
  if (python.tuple_type == 0) {
    python.tuple({});
  }
  python.set(python.tuple_type, layout.type.flags, std::uint64_t{1} << 26U);
  const Address name = python.text("a");
  python.memory.put(members + 80, python.dict({{name, python.tuple({itself, python.integer(0)})}}));
  python.memory.put(members + 88, python.tuple({name}));
  EXPECT_FALSE(write(array_of(itself, data(std::vector<std::int32_t>{1}), {1}, {4})).readable);
  EXPECT_LT(text(itself).size(), 10'000U);
  // Many dimensions, each of a great length and without stride: bounded all the same.
  limits.max_items = 1000;
  const Address zero = data(std::vector<std::int32_t>{0});
  const Written large =
      write(array_of(type, zero, std::vector<std::int64_t>(60, 1 << 30), std::vector<std::int64_t>(60, 0)));
  EXPECT_TRUE(large.cut);
  EXPECT_LT(large.text.size(), 10'000U);
}

}  // namespace
}  // namespace stillframe::cpython
