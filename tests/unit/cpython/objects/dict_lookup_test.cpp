// A key that is found by its hash, as the interpreter finds it.
#include <gtest/gtest.h>

#include <array>

#include "cpython/every_layout.h"
#include "cpython/objects/dict_format.h"
#include "cpython/objects/objects.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint8_t kEmpty = 0xff;
constexpr std::uint8_t kDeleted = 0xfe;

class EveryLayoutDictLookup : public testing::EveryLayout {
 protected:
  EveryLayoutDictLookup() {
    own_.hash_secret = HashSecret{.first = 1, .second = 2};
    first_ = key("first");
    second_ = key("second");
    dict_ = python.dict({{first_, 0x100}, {second_, 0x200}});
    slots_.fill(kEmpty);
  }

  [[nodiscard]] bool too_old() const { return layout.version < PythonVersion{3, 7, 0}; }

  [[nodiscard]] std::uint64_t hash_of(std::string_view text) const {
    return string_hash(text, *own_.hash_secret, layout.version >= PythonVersion{3, 11, 0});
  }

  Address key(std::string_view text) {
    const Address at = python.text(text);
    if (layout.version.major >= 3) {
      python.memory.put(at + layout.unicode.length.value() + 8, hash_of(text));
    }
    return at;
  }

  // Where the interpreter looks first, second, … for a key.
  [[nodiscard]] std::size_t slot_of(std::string_view text, int step) const {
    std::uint64_t perturb = hash_of(text);
    std::uint64_t slot = perturb & 7U;
    for (int i = 0; i < step; ++i) {
      perturb >>= 5U;
      slot = (slot * 5 + perturb + 1) & 7U;
    }
    return slot;
  }

  void write_slots() { python.memory.put(python.last_keys + layout.dict_keys.indices.value(), slots_); }

  Layout own_ = layout;
  Objects objects_{python.memory, own_};
  std::array<std::uint8_t, 8> slots_{};
  Address first_ = 0;
  Address second_ = 0;
  Address dict_ = 0;
};
SF_EVERY_LAYOUT(EveryLayoutDictLookup);

TEST_P(EveryLayoutDictLookup, FindsByTheHashAlone) {
  if (too_old()) {
    GTEST_SKIP() << "not of this version";
  }
  slots_.at(slot_of("second", 0)) = 1;
  write_slots();
  EXPECT_EQ(objects_.lookup(dict_, "second"), 0x200U);
  python.memory.lose(first_, 64);
  EXPECT_EQ(objects_.lookup(dict_, "second"), 0x200U) << "the other key was read";
}

TEST_P(EveryLayoutDictLookup, GoesOnBehindOthersAndDeletedOnes) {
  if (too_old()) {
    GTEST_SKIP() << "not of this version";
  }
  slots_.at(slot_of("second", 2)) = 1;
  slots_.at(slot_of("second", 1)) = kDeleted;
  slots_.at(slot_of("second", 0)) = 0;
  write_slots();
  EXPECT_EQ(objects_.lookup(dict_, "second"), 0x200U);
}

TEST_P(EveryLayoutDictLookup, BelievesThatThereIsNoneWhereTheHashesAgree) {
  if (too_old()) {
    GTEST_SKIP() << "not of this version";
  }
  write_slots();
  EXPECT_FALSE(objects_.lookup(dict_, "second")) << "its slot is empty";
  own_.hash_secret->first = 77;
  const Objects other(python.memory, own_);
  EXPECT_EQ(other.lookup(dict_, "second"), 0x200U) << "another secret: every key is read";
}

TEST_P(EveryLayoutDictLookup, ReadsEveryKeyOfATableThatMakesNoSense) {
  slots_.fill(0);  // never empty
  if (!too_old()) {
    write_slots();
  }
  EXPECT_EQ(objects_.lookup(dict_, "second"), 0x200U);
  slots_.fill(9);  // behind the last entry
  if (!too_old()) {
    write_slots();
  }
  EXPECT_EQ(objects_.lookup(dict_, "second"), 0x200U);
}

TEST_P(EveryLayoutDictLookup, KnowsNoHashOfOtherCharacters) {
  if (too_old()) {
    GTEST_SKIP() << "not of this version";
  }
  const Address dict = python.dict({{python.text("\xe9", 1, false), 0x300}});
  write_slots();
  EXPECT_EQ(objects_.lookup(dict, "\u00e9"), 0x300U);
}

// A table as large as one takes two bytes for each slot.
TEST(FindEntry, ReadsWiderSlotsWithTheirSign) {
  testing::FakeMemory memory;
  memory.map(0x1000, 0x3000);
  const DictTable table{.entries = 0x2000,
                        .count = 300,
                        .stride = 16,
                        .key = 0,
                        .value = 8,
                        .indices = 0x1000,
                        .slots = 512,
                        .slot_width = 2};
  memory.put(0x1000 + 5 * 2, std::int16_t{-1});
  memory.put(0x1000 + 6 * 2, std::int16_t{299});
  memory.put(0x2000 + 299 * 16, std::uint64_t{0xabc});
  memory.put(0x2000 + 299 * 16 + 8, std::uint64_t{0xdef});
  const auto is_key = [](memory::Address key) { return key == 0xabc; };
  EXPECT_EQ(find_entry(memory, table, 5, is_key), stillframe::memory::Address{0});
  EXPECT_EQ(find_entry(memory, table, 6, is_key), stillframe::memory::Address{0xdef});
  memory.put(0x1000 + 6 * 2, std::int16_t{300});
  EXPECT_FALSE(find_entry(memory, table, 6, is_key)) << "behind the last entry";
}

}  // namespace
}  // namespace stillframe::cpython
