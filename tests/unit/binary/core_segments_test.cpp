#include "binary/core_segments.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace stillframe::binary {
namespace {

constexpr std::uint64_t kSegmentPage = 4096;

// Four segments of the kernel's making: one behind the other in the file, in the order of their addresses.
std::vector<Elf64_Phdr> table() {
  std::vector<Elf64_Phdr> loads;
  std::uint64_t offset = kSegmentPage;
  for (const std::uint64_t address : {0x10000U, 0x20000U, 0x21000U, 0x40000U}) {
    loads.push_back({PT_LOAD, PF_R | PF_W, offset, address, 0, kSegmentPage, kSegmentPage, kSegmentPage});
    offset += kSegmentPage;
  }
  return loads;
}

constexpr std::uint64_t kFileSize = 5 * kSegmentPage;

bool same(const std::vector<CoreSegment>& left, const std::vector<CoreSegment>& right) {
  return std::ranges::equal(left, right, [](const CoreSegment& one, const CoreSegment& other) {
    return one.address == other.address && one.memory_size == other.memory_size &&
           one.file_offset == other.file_offset && one.file_size == other.file_size && one.present == other.present;
  });
}

TEST(CoreSegments, LeavesGoodTablesAlone) {
  const auto arranged = arrange_segments(table(), kFileSize);
  EXPECT_TRUE(arranged.warnings.empty());
  EXPECT_EQ(arranged.missing_bytes, 0U);
  ASSERT_EQ(arranged.segments.size(), 4U);
  EXPECT_EQ(arranged.segments[2].present, kSegmentPage);
}

TEST(CoreSegments, CorrectsOneFieldByTheNeighbours) {
  const auto good = arrange_segments(table(), kFileSize).segments;
  for (auto field : {&Elf64_Phdr::p_offset, &Elf64_Phdr::p_filesz, &Elf64_Phdr::p_vaddr}) {
    for (const std::uint64_t flip : {std::uint64_t{0x7f} << 56U, std::uint64_t{0x30} << 32U}) {
      auto loads = table();
      loads[1].*field ^= flip;
      const auto arranged = arrange_segments(loads, kFileSize);
      EXPECT_TRUE(same(arranged.segments, good));
      EXPECT_EQ(arranged.warnings.size(), 1U);
    }
  }
  auto loads = table();
  loads[1].p_memsz = 0;
  EXPECT_TRUE(same(arrange_segments(loads, kFileSize).segments, good));
}

TEST(CoreSegments, CutsASizeThatReachesIntoTheNext) {
  auto loads = table();
  loads[1].p_memsz = std::uint64_t{1} << 60U;
  const auto arranged = arrange_segments(loads, kFileSize);
  ASSERT_EQ(arranged.segments.size(), 4U);
  EXPECT_EQ(arranged.segments[1].memory_size, kSegmentPage);
  EXPECT_EQ(arranged.segments[1].present, kSegmentPage);
}

TEST(CoreSegments, SurvivesNonsense) {
  std::vector<Elf64_Phdr> loads;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const std::uint64_t word = i * 0x9e3779b97f4a7c15U;
    loads.push_back({PT_LOAD, PF_R, word, ~word, 0, word * word, word << 7U, word});
  }
  loads.push_back({PT_LOAD, PF_R, ~std::uint64_t{0}, ~std::uint64_t{0}, 0, ~std::uint64_t{0}, ~std::uint64_t{0}, 0});
  const auto arranged = arrange_segments(loads, kFileSize);
  for (std::size_t i = 0; i < arranged.segments.size(); ++i) {
    const CoreSegment& segment = arranged.segments[i];
    EXPECT_LE(segment.present, segment.file_size);
    EXPECT_LE(segment.file_size, segment.memory_size);
    EXPECT_TRUE(segment.present == 0 || segment.file_offset + segment.present <= kFileSize);
    EXPECT_TRUE(i == 0 || arranged.segments[i - 1].address + arranged.segments[i - 1].memory_size <= segment.address);
  }
}

}  // namespace
}  // namespace stillframe::binary
