#include "binary/core_file.h"

#include <gtest/gtest.h>

#include "core_builder.h"

namespace stillframe::binary {
namespace {

using testing::CoreBuilder;
using testing::MemoryFile;

constexpr std::size_t kPage = 4096;
constexpr std::size_t kRip = 16;
constexpr std::size_t kFsBase = 21;

CoreBuilder small_core() {
  CoreBuilder core;
  core.thread(100, 11, {{kRip, 0x1234}, {kFsBase, 0x7000}})
      .process(100, "python3", "python3 app.py ")
      .signal(11, 1, 0xdead)
      .auxv({{AT_PAGESZ, 4096}, {AT_ENTRY, 0x401000}})
      .files({{0x400000, 0x401000, 0, "/usr/bin/python3"}})
      .thread(101, 0, {{kRip, 0x5678}});
  core.memory(0x400000, std::string(kPage, 'a'), PF_R).memory(0x500000, std::string(2 * kPage, 'b'));
  return core;
}

Result<CoreFile> open_bytes(const std::string& bytes) {
  const MemoryFile file(bytes);
  return CoreFile::open(file.fd(), "core");
}

TEST(CoreFile, ReadsWhatTheKernelWrites) {
  const MemoryFile file(small_core().build());
  const auto core = CoreFile::open(file.fd(), "core");
  ASSERT_TRUE(core);
  EXPECT_TRUE(core->warnings().empty()) << core->warnings().front();
  EXPECT_EQ(core->machine(), CoreMachine::x86_64);
  ASSERT_EQ(core->threads().size(), 2U);
  EXPECT_EQ(core->threads()[0].tid, 100);
  EXPECT_EQ(core->threads()[0].signal, 11);
  EXPECT_EQ(core->threads()[1].tid, 101);
  EXPECT_EQ(core->registers(core->threads()[0])->words[kRip], 0x1234U);
  EXPECT_EQ(core->registers(core->threads()[1])->words[kRip], 0x5678U);
  EXPECT_EQ(core->process()->name, "python3");
  EXPECT_EQ(core->process()->arguments, "python3 app.py");
  EXPECT_EQ(core->signal()->address, 0xdeadU);
  EXPECT_EQ(core->auxv(AT_ENTRY), 0x401000U);
  ASSERT_EQ(core->file_mappings().size(), 1U);
  EXPECT_EQ(core->file_mappings()[0].path, "/usr/bin/python3");
  EXPECT_FALSE(core->file_list_damaged());
  ASSERT_EQ(core->segments().size(), 2U);
  EXPECT_EQ(core->segments()[1].present, 2 * kPage);
  EXPECT_TRUE(core->segments()[1].writable);
}

TEST(CoreFile, ReadsAarch64) {
  CoreBuilder builder;
  builder.machine = EM_AARCH64;
  builder.thread(7, 6, {{31, 0x8000}, {32, 0x9000}}).note(NT_ARM_TLS, std::string("\x10\0\0\0\0\0\0\0", 8), "LINUX");
  builder.memory(0x1000, std::string(kPage, 'x'));
  const MemoryFile file(builder.build());
  const auto core = CoreFile::open(file.fd(), "core");
  ASSERT_TRUE(core);
  EXPECT_EQ(core->machine(), CoreMachine::aarch64);
  const auto registers = core->registers(core->threads()[0]);
  EXPECT_EQ(registers->words[32], 0x9000U);
  EXPECT_EQ(registers->thread_pointer, 0x10U);
}

TEST(CoreFile, CountsProgramHeadersBeyond16Bits) {
  constexpr std::uint64_t many = 70'000;
  CoreBuilder builder;
  builder.thread(1).extended_numbering = true;
  for (std::uint64_t i = 1; i <= many; ++i) {
    builder.memory(i * 2 * kPage, i == many ? "x" : "", PF_R, kPage);
  }
  const MemoryFile file(builder.build());
  const auto core = CoreFile::open(file.fd(), "core");
  ASSERT_TRUE(core);
  EXPECT_EQ(core->segments().size(), many);
  EXPECT_TRUE(core->warnings().empty());
}

TEST(CoreFile, TellsApartWhatIsNoCore) {
  EXPECT_NE(open_bytes("").error().stopper.find("empty"), std::string::npos);
  EXPECT_NE(open_bytes("#!/bin/sh\necho core\n").error().stopper.find("a script"), std::string::npos);
  EXPECT_NE(open_bytes(std::string(200, 'x')).error().stopper.find("text"), std::string::npos);
  EXPECT_NE(open_bytes("!<arch>\n" + std::string(100, ' ')).error().stopper.find("archive"), std::string::npos);
  EXPECT_NE(open_bytes(testing::make_library("12345678")).error().stopper.find("an executable or a library"),
            std::string::npos);
}

TEST(CoreFile, RefusesOtherArchitectures) {
  std::string bytes = small_core().build();
  bytes[EI_CLASS] = ELFCLASS32;
  bytes[40 + 12] = 52;  // where e_ehsize of a 64-bit header stands
  bytes[54] = 32;
  EXPECT_NE(open_bytes(bytes).error().stopper.find("32-bit"), std::string::npos);
  CoreBuilder other;
  other.machine = EM_RISCV;
  other.note(NT_PRSTATUS, std::string(376, '\0')).memory(0x1000, "x");
  EXPECT_NE(open_bytes(other.build()).error().stopper.find("RISC-V"), std::string::npos);
  EXPECT_EQ(open_bytes(other.build()).error().kind, ErrorKind::unsupported);
}

TEST(CoreFile, RefusesOneWithoutMemory) {
  EXPECT_NE(open_bytes(CoreBuilder().build()).error().stopper.find("no memory"), std::string::npos);
  EXPECT_NE(
      open_bytes(CoreBuilder().thread(1).memory(0x1000, "", PF_R, kPage).build()).error().stopper.find("1 threads"),
      std::string::npos);
}

TEST(CoreFile, BelievesTheRestOfADamagedHeader) {
  const std::string good = small_core().build();
  struct Damage {
    std::size_t at;
    char value;
  };
  for (const Damage damage :
       {Damage{0, 'x'}, Damage{EI_CLASS, 1}, Damage{EI_DATA, 2}, Damage{EI_VERSION, 9}, Damage{16, 77}, Damage{18, 99},
        Damage{20, 7}, Damage{32, 99}, Damage{54, 3}, Damage{56, 0}, Damage{56, 2}, Damage{57, 9}, Damage{57, -1}}) {
    std::string bytes = good;
    bytes[damage.at] = damage.value;
    const MemoryFile file(bytes);
    const auto core = CoreFile::open(file.fd(), "core");
    ASSERT_TRUE(core) << "byte " << damage.at << ": " << core.error().stopper;
    EXPECT_EQ(core->threads().size(), 2U) << "byte " << damage.at;
    EXPECT_EQ(core->segments().size(), 2U) << "byte " << damage.at;
  }
}

TEST(CoreFile, ShowsWhatACutCoreHolds) {
  std::string bytes = small_core().build();
  bytes.resize(bytes.size() - kPage - 100);
  const MemoryFile file(bytes);
  const auto core = CoreFile::open(file.fd(), "core");
  ASSERT_TRUE(core);
  EXPECT_TRUE(core->truncated());
  EXPECT_EQ(core->threads().size(), 2U);
  EXPECT_EQ(core->segments()[1].present, kPage - 100);
  EXPECT_EQ(core->segments()[1].file_size, 2 * kPage);
  EXPECT_FALSE(core->warnings().empty());
}

TEST(CoreFile, FindsNotesBehindADamagedOne) {
  std::string bytes = small_core().build();
  const std::size_t first = bytes.find(std::string("CORE\0", 5)) - 12;
  bytes[first + 6] = 0x7f;  // the length of the first note
  const MemoryFile file(bytes);
  const auto core = CoreFile::open(file.fd(), "core");
  ASSERT_TRUE(core);
  EXPECT_TRUE(core->process());
  ASSERT_FALSE(core->threads().empty());
  EXPECT_EQ(core->threads().back().tid, 101);
}

TEST(CoreFile, FindsNotesThatNoHeaderLeadsTo) {
  std::string bytes = small_core().build();
  bytes[64] = 0x55;                // p_type of PT_NOTE
  bytes.replace(64 + 8, 8, 8, 0);  // p_offset
  const MemoryFile file(bytes);
  const auto core = CoreFile::open(file.fd(), "core");
  ASSERT_TRUE(core);
  EXPECT_EQ(core->threads().size(), 2U);
  EXPECT_EQ(core->segments().size(), 2U);
}

TEST(CoreFile, CutsOverlappingSegments) {
  CoreBuilder builder;
  builder.thread(1).memory(0x1000, std::string(kPage, 'a'), PF_R, 1U << 20U).memory(0x3000, std::string(kPage, 'b'));
  const MemoryFile file(builder.build());
  const auto core = CoreFile::open(file.fd(), "core");
  ASSERT_TRUE(core);
  ASSERT_EQ(core->segments().size(), 2U);
  EXPECT_EQ(core->segments()[0].memory_size, 0x2000U);
  EXPECT_FALSE(core->warnings().empty());
}

TEST(CoreFile, SurvivesAbsurdFileLists) {
  for (const std::uint64_t count : {std::uint64_t{1} << 63U, std::uint64_t{1} << 32U, std::uint64_t{1000}}) {
    std::string table;
    testing::append(table, count);
    testing::append(table, ~std::uint64_t{0});
    testing::append(table, std::array<std::uint64_t, 3>{0x1000, 0x2000, ~std::uint64_t{0}});
    table += "/x";
    CoreBuilder builder;
    builder.thread(1).note(NT_FILE, table).memory(0x1000, "x");
    const MemoryFile file(builder.build());
    const auto core = CoreFile::open(file.fd(), "core");
    ASSERT_TRUE(core);
    EXPECT_TRUE(core->file_list_damaged());
    EXPECT_LE(core->file_mappings().size(), 1U);
  }
}

}  // namespace
}  // namespace stillframe::binary
