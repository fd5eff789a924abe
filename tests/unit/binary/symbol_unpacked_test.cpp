#include "binary/symbol_unpacked.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "binary/compiled_object.h"

namespace stillframe::binary {
namespace {

using testing::address_of;
using testing::described;
using testing::open_plainly;
using testing::open_symbols;
using testing::Workshop;

constexpr int units = 36;

// many.so with so many compilation units, of which the later ones are large, and the same compressed: packed.so.
void write_units(const Workshop& shop) {
  shop.run("for i in $(seq " + std::to_string(units) +
           "); do { for j in $(seq $i); do echo \"struct S${i}_$j { struct S${i}_$j *next; int part_$j; };"
           " extern struct S${i}_$j v${i}_$j; int g${i}_$j(void) { return v${i}_$j.part_$j; }\"; done;"
           " echo \"int f$i(volatile int *p) { return *p + $i; }\"; } > u$i.c; done;"
           " gcc -g -fPIC -shared u?.c u??.c -o many.so &&"
           " objcopy --compress-debug-sections=zlib many.so packed.so");
}

std::unique_ptr<SymbolImage> image_of(const std::string& path) {
  const int fd = open_plainly(path);
  auto image = SymbolImage::map(fd);
  close(fd);
  return image;
}

TEST(UnpackedSections, GiveTheBeginningThatIsAskedFor) {
  const Workshop shop;
  write_units(shop);
  const auto plain = image_of(shop.path("many.so"));
  const auto packed = image_of(shop.path("packed.so"));
  ASSERT_TRUE(plain != nullptr && packed != nullptr);
  const auto expected = plain->content(*plain->section(".debug_info"));
  const auto sections = UnpackedSections::open(*packed);
  ASSERT_NE(sections, nullptr);
  ASSERT_EQ(sections->size(".debug_info"), expected.size());
  for (const std::uint64_t end :
       {std::uint64_t{1}, std::uint64_t{100}, expected.size() / 10, expected.size() / 9, std::uint64_t{50}}) {
    const auto got = sections->beginning(".debug_info", end);
    ASSERT_GE(got.size(), end);
    EXPECT_LT(got.size(), expected.size()) << "no more than was needed";
    EXPECT_TRUE(std::ranges::equal(got, expected.first(got.size())));
  }
  for (const std::uint64_t end : {expected.size() / 2, expected.size() + 7}) {
    EXPECT_TRUE(std::ranges::equal(sections->beginning(".debug_info", end), expected));
  }
  EXPECT_TRUE(sections->section(".debug_nothing").empty());
}

TEST(UnpackedSections, AreEmptyWhereTheyAreDamaged) {
  const Workshop shop;
  write_units(shop);
  std::string bytes = shop.read("packed.so");
  const auto whole = image_of(shop.path("packed.so"));
  ASSERT_NE(whole, nullptr);
  const ImageSection info = *whole->section(".debug_info");
  for (std::uint64_t at = info.offset + info.size / 2; at < info.offset + info.size; ++at) {
    bytes[at] = '\xff';
  }
  shop.write("damaged.so", bytes);
  const auto damaged = image_of(shop.path("damaged.so"));
  ASSERT_NE(damaged, nullptr);
  const auto sections = UnpackedSections::open(*damaged);
  ASSERT_NE(sections, nullptr);
  EXPECT_EQ(sections->beginning(".debug_info", 100).size(), 100U) << "the damage is behind";
  EXPECT_TRUE(sections->section(".debug_info").empty());
  EXPECT_TRUE(sections->beginning(".debug_info", 100).empty());
}

// Whichever unit is asked about first, and with more units than are shown alone.
TEST(UnpackedSections, NameWhatThePlainOnesName) {
  const Workshop shop;
  write_units(shop);
  const auto plain = open_symbols(shop.path("many.so"));
  const auto ask = [&](NativeSymbols& packed, int unit) {
    const auto address = address_of(shop.path("many.so"), "f" + std::to_string(unit));
    const auto calls = described(plain->calls_at(address, false));
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_TRUE(calls.front().starts_with("f" + std::to_string(unit) + " u" + std::to_string(unit) + ".c:"))
        << calls.front();
    EXPECT_EQ(described(packed.calls_at(address, false)), calls);
  };
  const auto upwards = open_symbols(shop.path("packed.so"));
  const auto downwards = open_symbols(shop.path("packed.so"));
  for (int unit = 1; unit <= units; ++unit) {
    ask(*upwards, unit);
    ask(*downwards, units + 1 - unit);
  }
}

}  // namespace
}  // namespace stillframe::binary
