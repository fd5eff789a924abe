#include "binary/native_symbols.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "binary/compiled_object.h"

namespace stillframe::binary {
namespace {

using testing::address_of;
using testing::described;
using testing::line_of;
using testing::open_symbols;
using testing::Workshop;

// `spot` is an address within two inlined calls, `plain_spot` one within none.
constexpr std::string_view nested_source = R"(#include "inner.h"
static inline __attribute__((always_inline)) int middle(volatile int *p) {
  int doubled = innermost(p) * 2;  // calls innermost
  return doubled + *p;
}

__attribute__((noinline)) int outer(volatile int *p) {
  int x = *p;
  return middle(p) + x;  // calls middle
}

static __attribute__((noinline, used)) int plain(volatile int *p) {
  asm volatile("plain_spot: nop");  // plain spot
  return *p;
}

int entry(volatile int *p) { return plain(p) + outer(p); }
)";
constexpr std::string_view inner = R"(
static inline __attribute__((always_inline)) int innermost(volatile int *p) {
  asm volatile("spot: nop");  // the spot
  return *p;
}
)";

std::vector<std::string> nested_calls() {
  const auto at = [](std::string_view source, std::string_view mark) { return std::to_string(line_of(source, mark)); };
  return {"innermost inner.h:" + at(inner, "the spot") + "+",
          "middle nested.c:" + at(nested_source, "calls innermost") + "+",
          "outer nested.c:" + at(nested_source, "calls middle")};
}

void write_nested(const Workshop& shop) {
  shop.write("nested.c", nested_source);
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
            std::vector{"plain nested.c:" + std::to_string(line_of(nested_source, "plain spot"))});
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
        Flags{"packed_dwarf_4",
              "gcc -gdwarf-4 -gsplit-dwarf -O2 -c -fPIC nested.c -o n.o && "
              "gcc -shared n.o -o lib.so && dwp n.dwo -o lib.so.dwp && rm n.dwo"}),
    [](const auto& one) { return one.param.name; });

// Debian's tools cannot pack GCC's DWARF 5: dwp leaves .debug_info out, and llvm-dwp never ends. So the index (DWARF 5,
// 7.3.5.3) is made here, of one unit.
TEST(NativeSymbols, FindsPackedUnitsOfDwarf5) {
  const Workshop shop;
  write_nested(shop);
  shop.run(
      "gcc -gdwarf-5 -gsplit-dwarf -O2 -c -fPIC nested.c -o n.o && gcc -shared n.o -o lib.so && "
      "for part in info abbrev str_offsets rnglists; do "
      "objcopy --dump-section .debug_$part.dwo=$part n.dwo /dev/null; done");
  const std::string info = shop.read("info");
  ASSERT_GT(info.size(), 20U);
  std::string index;
  const auto put = [&index](std::initializer_list<std::size_t> numbers) {
    for (const std::size_t number : numbers) {
      const auto word = static_cast<std::uint32_t>(number);
      index.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
  };
  put({5, 4, 1, 2});
  index.append(8, '\0').append(info.substr(12, 8));  // two slots: an empty one, and the unit's id from its header
  put({0, 1});
  put({1, 3, 6, 8});  // DW_SECT_INFO, _ABBREV, _STR_OFFSETS, _RNGLISTS
  put({0, 0, 0, 0});
  put({info.size(), shop.read("abbrev").size(), shop.read("str_offsets").size(), shop.read("rnglists").size()});
  shop.write("index", index);
  const auto spot = address_of(shop.path("lib.so"), "spot");
  shop.run("objcopy --add-section .debug_cu_index=index n.dwo lib.so.dwp && mv n.dwo n");
  EXPECT_EQ(described(open_symbols(shop.path("lib.so"))->calls_at(spot, false)), nested_calls());
  shop.run("rm lib.so.dwp");
  EXPECT_EQ(described(open_symbols(shop.path("lib.so"))->calls_at(spot, false)),
            std::vector{"outer inner.h:" + std::to_string(line_of(inner, "the spot"))})
      << "without the package, the skeleton knows lines and nothing else";
}

// The library without its debug information, and that in a file of its own: lib.so and lib.debug.
void write_stripped(const Workshop& shop, const std::string& flags = "") {
  write_nested(shop);
  shop.run("gcc -g -O2 -shared -fPIC -Wl,--build-id " + flags + " nested.c -o whole.so");
  shop.run("objcopy --only-keep-debug whole.so lib.debug && strip whole.so -o lib.so");
}

std::string build_id_of(const Workshop& shop, const std::string& name) {
  const int fd = testing::open_plainly(shop.path(name));
  const auto file = ElfFile::open(fd, name);
  const std::string id = file ? file->build_id() : "";
  close(fd);
  return id;
}

TEST(NativeSymbols, FindsTheDebugFileByBuildId) {
  const Workshop shop;
  write_stripped(shop);
  const std::string id = build_id_of(shop, "lib.so");
  const std::string place = "usr/lib/debug/.build-id/" + id.substr(0, 2);
  shop.run("mkdir -p " + place + " && cp lib.debug " + place + "/" + id.substr(2) + ".debug");
  const auto spot = address_of(shop.path("whole.so"), "spot");
  const auto symbols = open_symbols(shop.path("lib.so"), shop.as_root());
  EXPECT_EQ(described(symbols->calls_at(spot, false)), nested_calls());
  const auto plain = symbols->function_at(address_of(shop.path("whole.so"), "plain_spot"));
  ASSERT_TRUE(plain) << "a static function is in the debug file's .symtab alone";
  EXPECT_EQ(plain->linkage_name, "plain");
}

TEST(NativeSymbols, RefusesADebugFileOfAnotherBuild) {
  const Workshop shop;
  write_stripped(shop);
  const std::string id = build_id_of(shop, "lib.so");
  const std::string place = "usr/lib/debug/.build-id/" + id.substr(0, 2);
  shop.run("gcc -g -O1 -shared -fPIC -Wl,--build-id nested.c -o other.so && mkdir -p " + place +
           " && objcopy --only-keep-debug other.so " + place + "/" + id.substr(2) + ".debug");
  const auto symbols = open_symbols(shop.path("lib.so"), shop.as_root());
  EXPECT_FALSE(symbols->has_debug_info());
}

TEST(NativeSymbols, FindsTheDebugFileByItsLink) {
  for (const std::string place : {"./", ".debug/", "usr/lib/debug/opt/", "usr/lib/debug/usr/lib/"}) {
    const Workshop shop;
    write_stripped(shop, "-Wl,--build-id=none");
    shop.run("objcopy --add-gnu-debuglink=lib.debug lib.so && mkdir -p opt/.debug lib " + place);
    // The target names it /opt/lib.so or /lib/lib.so.
    const std::string directory = place.ends_with("usr/lib/") ? "/lib/" : "/opt/";
    const std::string beside = place.starts_with("usr/") ? place : directory.substr(1) + place;
    shop.run("mkdir -p " + beside + " && mv lib.debug " + beside);
    const auto spot = address_of(shop.path("whole.so"), "spot");
    const int fd = testing::open_plainly(shop.path("lib.so"));
    const auto symbols =
        NativeSymbols::open(fd, directory + "lib.so", {.debug_file = shop.as_root(), .source = {}}, {});
    close(fd);
    EXPECT_EQ(described(symbols->calls_at(spot, false)), nested_calls()) << place;
  }
}

TEST(NativeSymbols, ALinkedDebugFileMustHaveItsChecksum) {
  const Workshop shop;
  write_stripped(shop, "-Wl,--build-id=none");
  shop.run("objcopy --add-gnu-debuglink=lib.debug lib.so && printf x >> lib.debug");
  EXPECT_FALSE(open_symbols(shop.path("lib.so"))->has_debug_info());
}

TEST(NativeSymbols, FetchesTheDebugFileOnlyToNameACall) {
  const Workshop shop;
  write_stripped(shop);
  const std::string id = build_id_of(shop, "lib.so");
  std::vector<std::string> asked;
  const auto fetch = [&](const std::string& wanted) {
    asked.push_back(wanted);
    return testing::open_plainly(shop.path("lib.debug"));
  };
  const auto symbols = open_symbols(shop.path("lib.so"), {}, fetch);
  const auto spot = address_of(shop.path("whole.so"), "spot");
  (void)symbols->function_at(spot);
  EXPECT_EQ(asked, std::vector<std::string>{});
  EXPECT_EQ(described(symbols->calls_at(spot, false)), nested_calls());
  EXPECT_EQ(described(symbols->calls_at(spot, false)), nested_calls());
  EXPECT_EQ(asked, std::vector<std::string>{id});
}

TEST(NativeSymbols, WhatIsFetchedMustBeOfTheSameBuild) {
  const Workshop shop;
  write_stripped(shop);
  const auto fetch = [&](const std::string&) { return testing::open_plainly("/proc/self/exe"); };
  EXPECT_FALSE(open_symbols(shop.path("lib.so"), {}, fetch)->has_debug_info());
}

// As Fedora does it: the symbols of functions that .dynsym lacks, xz-compressed.
TEST(NativeSymbols, ReadsTheSmallSymbolTableOfStrippedFiles) {
  const Workshop shop;
  write_stripped(shop);
  shop.run(
      "objcopy -S --keep-symbol=plain whole.so mini && xz mini && "
      "objcopy --add-section .gnu_debugdata=mini.xz lib.so with.so");
  const auto spot = address_of(shop.path("whole.so"), "plain_spot");
  EXPECT_FALSE(open_symbols(shop.path("lib.so"))->function_at(spot));
  const auto symbols = open_symbols(shop.path("with.so"));
  const auto function = symbols->function_at(spot);
  ASSERT_TRUE(function);
  EXPECT_EQ(function->linkage_name, "plain");
  EXPECT_EQ(described(symbols->calls_at(spot, false)), std::vector<std::string>{"plain ?:0"});
}

TEST(NativeSymbols, NamesByDynamicSymbolsWhereThereIsNothingElse) {
  const Workshop shop;
  write_stripped(shop);
  const auto outer = address_of(shop.path("whole.so"), "outer");
  const auto symbols = open_symbols(shop.path("lib.so"));
  EXPECT_FALSE(symbols->has_debug_info());
  EXPECT_EQ(described(symbols->calls_at(outer, false)), std::vector<std::string>{"outer ?:0"});
  const auto function = symbols->function_at(outer + 1);
  ASSERT_TRUE(function);
  EXPECT_EQ(function->begin, outer);
  EXPECT_GT(function->end, outer + 1);
  EXPECT_TRUE(symbols->calls_at(0, false).empty());
  EXPECT_TRUE(symbols->calls_at(~std::uint64_t{0}, true).empty());
}

// The sections' table is not in memory when a file is loaded.
TEST(NativeSymbols, NamesAnImageWithoutSections) {
  const Workshop shop;
  for (const std::string style : {"sysv", "gnu"}) {
    write_stripped(shop, "-Wl,--hash-style=" + style);
    const auto outer = address_of(shop.path("whole.so"), "outer");
    std::string bytes = shop.read("lib.so");
    std::fill_n(bytes.begin() + 0x28, 8, '\0');  // e_shoff
    const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
    const auto symbols = NativeSymbols::from_bytes({data, data + bytes.size()}, "lib.so");
    ASSERT_NE(symbols, nullptr);
    EXPECT_EQ(described(symbols->calls_at(outer, false)), std::vector<std::string>{"outer ?:0"}) << style;
  }
}

TEST(NativeSymbols, AReturnAddressBelongsToTheCallBeforeIt) {
  const Workshop shop;
  shop.write("last.c", R"(
__attribute__((noreturn, noinline)) void leave(void) { for (;;) asm volatile(""); }
void caller(void) { leave(); }
asm(".globl behind\nbehind: ret");
)");
  // A call that never returns is the last instruction: what it would return to is the next function.
  shop.run("gcc -g -O1 -falign-functions=1 -fno-asynchronous-unwind-tables -shared -fPIC last.c -o lib.so");
  const std::string library = shop.path("lib.so");
  const auto symbols = open_symbols(library);
  const auto caller = symbols->function_at(address_of(library, "caller"));
  ASSERT_TRUE(caller);
  EXPECT_EQ(described(symbols->calls_at(caller->end, true)), std::vector<std::string>{"caller last.c:3"});
  EXPECT_NE(described(symbols->calls_at(caller->end, false)), std::vector<std::string>{"caller last.c:3"});
}

TEST(NativeSymbols, NamesCppFunctionsAsTheyAreWritten) {
  const Workshop shop;
  shop.write("shop.cc", R"(
namespace shop {
template <typename T> struct Order {
  static inline __attribute__((always_inline)) T half(T x) { asm volatile("spot: nop"); return x / 2; }
  __attribute__((noipa)) T price(T x, const char*) { return half(x); }
};
namespace { __attribute__((noipa)) int hidden(int x) { asm volatile("other: nop"); return x; } }
}
int entry(int x) { return shop::Order<int>().price(x, "") + shop::hidden(x); }
)");
  shop.run("g++ -g -O2 -shared -fPIC shop.cc -o lib.so && objcopy -g lib.so bare.so");
  const auto names = [&](const std::string& file, const std::string& symbol) {
    std::vector<std::string> all;
    const auto symbols = open_symbols(shop.path(file));
    for (const auto& call : symbols->calls_at(address_of(shop.path("lib.so"), symbol), false)) {
      all.emplace_back(call.function);
    }
    return all;
  };
  EXPECT_EQ(names("lib.so", "spot"),
            (std::vector<std::string>{"shop::Order<int>::half(int)", "shop::Order<int>::price(int, char const*)"}));
  EXPECT_EQ(names("bare.so", "spot"), std::vector<std::string>{"shop::Order<int>::price(int, char const*)"});
  EXPECT_EQ(names("lib.so", "other"), std::vector<std::string>{"shop::(anonymous namespace)::hidden"})
      << "without a linkage name";
  EXPECT_EQ(names("bare.so", "other"), std::vector<std::string>{"shop::(anonymous namespace)::hidden(int)"});
}

TEST(NativeSymbols, AssemblyWithoutSizesReachesToTheNextLabel) {
  const Workshop shop;
  shop.write("a.s", R"(
.text
.globl first, sized
first: nop; nop; nop; nop
second: nop; nop
.type sized, @function
sized: nop
within: nop; nop; nop
.size sized, . - sized
)");
  shop.run("gcc -shared -nostdlib a.s -o lib.so");
  const std::string library = shop.path("lib.so");
  const auto symbols = open_symbols(library);
  const auto first = address_of(library, "first");
  const auto name = [&](std::uint64_t offset) {
    const auto function = symbols->function_at(first + offset);
    return function ? std::string(function->linkage_name) : "none";
  };
  EXPECT_EQ(name(3), "first");
  EXPECT_EQ(name(4), "second");
  EXPECT_EQ(name(6), "sized");
  EXPECT_EQ(name(8), "sized") << "a label within a function is no function";
  EXPECT_EQ(name(10), "none") << "behind the code";
}

TEST(NativeSymbols, OfSeveralNamesTheOneThatProgramsUse) {
  const Workshop shop;
  shop.write("a.c", R"(
__attribute__((noinline)) int __internal_sleep(int x) { return x; }
extern __typeof(__internal_sleep) sleepy __attribute__((weak, alias("__internal_sleep")));
static __typeof(__internal_sleep) aa __attribute__((used, alias("__internal_sleep")));
)");
  shop.run("gcc -O2 -shared -fPIC a.c -o lib.so");
  const auto symbols = open_symbols(shop.path("lib.so"));
  const auto function = symbols->function_at(address_of(shop.path("lib.so"), "sleepy"));
  ASSERT_TRUE(function);
  EXPECT_EQ(function->linkage_name, "sleepy");
}

// dwz moves what several debug files share into a file of its own.
TEST(NativeSymbols, FollowsWhatDwzShared) {
  const Workshop shop;
  write_nested(shop);
  shop.run(
      "gcc -g -gdwarf-4 -O2 -shared -fPIC -Wl,--build-id nested.c -o lib.so && "
      "gcc -g -gdwarf-4 -O2 -shared -fPIC -Wl,--build-id=0x0102 nested.c -o other.so && "
      "dwz -m shared.debug -M " +
      shop.path("shared.debug") + " lib.so other.so");
  const auto spot = address_of(shop.path("lib.so"), "spot");
  EXPECT_EQ(described(open_symbols(shop.path("lib.so"))->calls_at(spot, false)), nested_calls());
  EXPECT_NE(described(open_symbols(shop.path("lib.so"), {})->calls_at(spot, false)), nested_calls())
      << "the test shares nothing";
}

TEST(NativeSymbols, RefusesWhatIsNoElfFile) {
  EXPECT_EQ(open_symbols("/dev/null"), nullptr);
  EXPECT_EQ(open_symbols("/proc/self/cmdline"), nullptr);
  EXPECT_EQ(open_symbols("/"), nullptr);
  EXPECT_EQ(open_symbols("/no/such/file"), nullptr);
  EXPECT_EQ(NativeSymbols::from_bytes({}, "empty"), nullptr);
}

}  // namespace
}  // namespace stillframe::binary
