#include <gtest/gtest.h>

#include "binary/compiled_object.h"

namespace stillframe::binary {
namespace {

using testing::address_of;
using testing::open_symbols;
using testing::Workshop;

constexpr std::string_view source = R"(
#define SPOT(name) asm volatile(name ": nop")
#define LATER 1
#define GONE(x) SPOT(x)
#undef GONE
#define PLAIN asm volatile("plain: nop")
#define CALL(x) helper(x)

static inline __attribute__((always_inline)) int helper(volatile int *p) {
  SPOT("in_helper");
  return *p;
}
#define helper2 helper

int entry(volatile int *p) {
  SPOT("in_macro");
  asm volatile("outside: nop"); SPOT("behind");
  PLAIN;
  return CALL(p) + *p;
}
#define late(x) x
int other(volatile int *p) { asm volatile("late_spot: nop"); return *p; }
)";

std::vector<std::string> macros_at(NativeSymbols& symbols, std::uint64_t address) {
  std::vector<std::string> all;
  for (const NativeCall& call : symbols.calls_at(address, false)) {
    all.emplace_back(call.macro.value_or("-"));
  }
  return all;
}

class Macros : public ::testing::TestWithParam<std::string> {};

TEST_P(Macros, AreNamedWhereTheyAreUsed) {
  const Workshop shop;
  shop.write("m.c", source);
  shop.run(GetParam());
  const std::string library = shop.path("m.so");
  const auto symbols = open_symbols(library);
  using Names = std::vector<std::string>;
  EXPECT_EQ(macros_at(*symbols, address_of(library, "in_macro")), Names{"SPOT"});
  EXPECT_EQ(macros_at(*symbols, address_of(library, "outside")), Names{"-"});
  EXPECT_EQ(macros_at(*symbols, address_of(library, "behind")), Names{"SPOT"});
  EXPECT_EQ(macros_at(*symbols, address_of(library, "plain")), Names{"PLAIN"});
  EXPECT_EQ(macros_at(*symbols, address_of(library, "in_helper")), (Names{"SPOT", "CALL"}));
  EXPECT_EQ(macros_at(*symbols, address_of(library, "late_spot")), Names{"-"});
}

INSTANTIATE_TEST_SUITE_P(Formats, Macros,
                         ::testing::Values("gcc -gdwarf-5 -g3 -O1 -shared -fPIC m.c -o m.so",
                                           "gcc -gdwarf-4 -g3 -O1 -shared -fPIC m.c -o m.so",
                                           "gcc -gdwarf-5 -g3 -O1 -gz -shared -fPIC m.c -o m.so"));

TEST(MacrosWithoutColumns, AreNamedWhereTheLineLeavesNoDoubt) {
  const Workshop shop;
  shop.write("m.c", source);
  shop.run("gcc -g3 -gno-column-info -O1 -shared -fPIC m.c -o m.so");
  const std::string library = shop.path("m.so");
  const auto symbols = open_symbols(library);
  using Names = std::vector<std::string>;
  EXPECT_EQ(macros_at(*symbols, address_of(library, "in_macro")), Names{"SPOT"});
  EXPECT_EQ(macros_at(*symbols, address_of(library, "plain")), Names{"-"}) << "like a variable";
  EXPECT_EQ(macros_at(*symbols, address_of(library, "in_helper")), (Names{"SPOT", "CALL"}));
}

TEST(MacrosWithoutSource, AreNotNamed) {
  const Workshop shop;
  shop.write("m.c", source);
  shop.run("gcc -g3 -O1 -shared -fPIC m.c -o m.so && rm m.c");
  const auto symbols = open_symbols(shop.path("m.so"));
  EXPECT_EQ(macros_at(*symbols, address_of(shop.path("m.so"), "in_macro")), std::vector<std::string>{"-"});
}

TEST(MacrosOfAnotherName, AreNotNamedBeforeTheyAreDefinedOrAfterTheyAreGone) {
  const Workshop shop;
  // The source has changed since: names that are macros elsewhere in the file now stand where there was none.
  shop.write("m.c", source);
  shop.run(
      "gcc -g3 -O1 -shared -fPIC m.c -o m.so && sed -i 's/^  SPOT(\"in_macro\")/  GONE(\"in_macro\")/' m.c && "
      "sed -i 's/^  PLAIN/  late( )/' m.c");
  const std::string library = shop.path("m.so");
  const auto symbols = open_symbols(library);
  EXPECT_EQ(macros_at(*symbols, address_of(library, "in_macro")), std::vector<std::string>{"-"});
  EXPECT_EQ(macros_at(*symbols, address_of(library, "plain")), std::vector<std::string>{"-"});
}

}  // namespace
}  // namespace stillframe::binary
