#include "cpython/objects/string_hash.h"

#include <gtest/gtest.h>

namespace stillframe::cpython {
namespace {

// What hash() says in CPython 3.12.1 and 3.8.18, with PYTHONHASHSEED=0 and 42.
constexpr HashSecret kZero{};
constexpr HashSecret kFortyTwo{.first = 0xdc504fd368cd90af, .second = 0xb920bb9ffe99e9c1};

TEST(StringHash, IsThatOfTheInterpreter) {
  EXPECT_EQ(string_hash("", kZero, true), 0U);
  EXPECT_EQ(string_hash("a", kZero, true), 0x407448d2b89b1813U);
  EXPECT_EQ(string_hash("xxxxxxxx", kZero, true), 0xbe6e37f7534339a0U);
  EXPECT_EQ(string_hash("GLOBAL_RUN_CONTEXT", kZero, true), 0xc707319138ef6d69U);
  EXPECT_EQ(string_hash("threading", kFortyTwo, true), 0x4e4d3453edcf7dd5U);
}

TEST(StringHash, IsThatOfOlderOnes) {
  EXPECT_EQ(string_hash("", kFortyTwo, false), 0U);
  EXPECT_EQ(string_hash("xxxxxxxx", kZero, false), 0x401140782fc56c2fU);
  EXPECT_EQ(string_hash("GLOBAL_RUN_CONTEXT", kZero, false), 0x6ed4b7125d01e4f6U);
  EXPECT_EQ(string_hash("threading", kFortyTwo, false), 0xa6bbfec737ce0ffaU);
}

}  // namespace
}  // namespace stillframe::cpython
