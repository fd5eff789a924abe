#include "binary/native_symbols.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiled_object.h"

namespace stillframe::binary {
namespace {

using testing::address_of;
using testing::described;
using testing::line_of;
using testing::open_symbols;
using testing::Workshop;

// `spot` is an address within two inlined calls, `plain_spot` one within none.
constexpr std::string_view nested = R"(#include "inner.h"
static inline __attribute__((always_inline)) int middle(volatile int *p) {
  int doubled = innermost(p) * 2;  // calls innermost
  return doubled + *p;
}

__attribute__((noinline)) int outer(volatile int *p) {
  int x = *p;
  return middle(p) + x;  // calls middle
}

static __attribute__((noinline, used)) int plain(volatile int *p) {
  asm volatile(".globl plain_spot\nplain_spot: nop");  // plain spot
  return *p;
}

int entry(volatile int *p) { return plain(p) + outer(p); }
)";
constexpr std::string_view inner = R"(
static inline __attribute__((always_inline)) int innermost(volatile int *p) {
  asm volatile(".globl spot\nspot: nop");  // the spot
  return *p;
}
)";

std::vector<std::string> nested_calls() {
  const auto at = [](std::string_view source, std::string_view mark) { return std::to_string(line_of(source, mark)); };
  return {"innermost inner.h:" + at(inner, "the spot") + "+", "middle nested.c:" + at(nested, "calls innermost") + "+",
          "outer nested.c:" + at(nested, "calls middle")};
}

void write_nested(const Workshop& shop) {
  shop.write("nested.c", nested);
  shop.write("inner.h", inner);
}

struct Flags {
  std::string name;
  std::string compile;
};

class EveryDebugFormat : public ::testing::TestWithParam<Flags> {};

TEST_P(EveryDebugFormat, GivesNamesLinesAndInlinedCalls) {
  const Workshop shop;
  write_nested(shop);
  shop.run(GetParam().compile);
  const std::string library = shop.path("lib.so");
  const auto symbols = open_symbols(library);
  ASSERT_NE(symbols, nullptr);
  EXPECT_TRUE(symbols->has_debug_info());
  const auto calls = symbols->calls_at(address_of(library, "spot"), false);
  EXPECT_EQ(described(calls), nested_calls());
  ASSERT_FALSE(calls.empty());
  ASSERT_TRUE(calls.back().file);
  EXPECT_EQ(*calls.back().file, shop.path("nested.c")) << "joined with DW_AT_comp_dir";
  EXPECT_EQ(described(symbols->calls_at(address_of(library, "plain_spot"), false)),
            std::vector{"plain nested.c:" + std::to_string(line_of(nested, "plain spot"))});
}

INSTANTIATE_TEST_SUITE_P(
    Compilers, EveryDebugFormat,
    ::testing::Values(
        Flags{"dwarf_5", "gcc -gdwarf-5 -O2 -shared -fPIC nested.c -o lib.so"},
        Flags{"dwarf_4", "gcc -gdwarf-4 -O2 -shared -fPIC nested.c -o lib.so"},
        Flags{"dwarf_3", "gcc -gdwarf-3 -O2 -shared -fPIC nested.c -o lib.so"},
        Flags{"dwarf64", "gcc -gdwarf-5 -gdwarf64 -O2 -shared -fPIC nested.c -o lib.so"},
        Flags{"unoptimised", "gcc -g -O0 -shared -fPIC nested.c -o lib.so"},
        Flags{"compressed", "gcc -g -gz=zlib -O2 -shared -fPIC nested.c -o lib.so"},
        Flags{"compressed_in_the_old_way",
              "gcc -g -O2 -shared -fPIC nested.c -o a.so && objcopy --compress-debug-sections=zlib-gnu a.so lib.so"},
        Flags{"link_time_optimised", "gcc -g -O2 -flto -shared -fPIC nested.c -o lib.so"},
        Flags{"no_address_table", "gcc -g -O2 -shared -fPIC nested.c -o a.so && objcopy -R .debug_aranges a.so lib.so"},
        Flags{"sections", "gcc -g -O2 -ffunction-sections -Wl,--gc-sections -shared -fPIC nested.c -o lib.so"},
        Flags{"split", "gcc -gdwarf-5 -gsplit-dwarf -O2 -shared -fPIC nested.c -o lib.so && test -f *.dwo"},
        Flags{"split_dwarf_4", "gcc -gdwarf-4 -gsplit-dwarf -O2 -shared -fPIC nested.c -o lib.so && test -f *.dwo"},
        Flags{"packed",
              "gcc -gdwarf-5 -gsplit-dwarf -O2 -c -fPIC nested.c -o n.o && gcc -shared n.o -o lib.so && "
              "dwp n.dwo -o lib.so.dwp && rm n.dwo"},
        Flags{"packed_dwarf_4",
              "gcc -gdwarf-4 -gsplit-dwarf -O2 -c -fPIC nested.c -o n.o && "
              "gcc -shared n.o -o lib.so && dwp n.dwo -o lib.so.dwp && rm n.dwo"}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace stillframe::binary
