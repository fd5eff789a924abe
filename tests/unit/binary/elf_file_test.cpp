#include "binary/elf_file.h"

#include <gtest/gtest.h>

#include "core_builder.h"

namespace stillframe::binary {
namespace {

using testing::MemoryFile;

TEST(ElfFile, ReadsTheBuildId) {
  const MemoryFile library(testing::make_library("\x01\xab\xff"));
  const auto file = ElfFile::open(library.fd(), "libx.so");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->build_id(), "01abff");
  EXPECT_EQ(file->machine(), EM_X86_64);
  EXPECT_TRUE(file->is_64_bit());
  EXPECT_EQ(file->first_load_address(), 0U);
}

TEST(ElfFile, GivesNothingWhereThereIsNothing) {
  const MemoryFile library(testing::make_library(""));
  const auto file = ElfFile::open(library.fd(), "libx.so");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->build_id(), "");
  EXPECT_FALSE(file->section(".PyRuntime"));
  EXPECT_FALSE(file->find_symbol("_PyRuntime"));
}

TEST(ElfFile, RefusesWhatIsNoElfFile) {
  for (const std::string bytes : {"", "#!/bin/sh\n",
                                  "\x7f"
                                  "ELF",
                                  "!<arch>\n"}) {
    const MemoryFile file(bytes);
    EXPECT_FALSE(ElfFile::open(file.fd(), "x")) << bytes;
  }
}

TEST(ElfFile, FindsSectionsAndSymbolsOfARealFile) {
  const int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(self, 0);
  const auto file = ElfFile::open(self, "unit_tests");
  ASSERT_TRUE(file);
  const auto text = file->section(".text");
  ASSERT_TRUE(text);
  EXPECT_GT(text->size, 0U);
  const auto main = file->find_symbol("main");
  ASSERT_TRUE(main);
  EXPECT_GE(main->value, text->address);
  EXPECT_LT(main->value, text->address + text->size);
  close(self);
}

// Counts, offsets and sizes of every kind that leave the file.
TEST(ElfFile, SurvivesDamage) {
  const std::string good = testing::make_library("0123456789abcdef");
  for (std::size_t at = 16; at < 64 + 4 * sizeof(Elf64_Phdr); ++at) {
    for (const char value : {'\0', '\x7f', '\xff'}) {
      std::string bytes = good;
      bytes[at] = value;
      const MemoryFile damaged(bytes);
      if (const auto file = ElfFile::open(damaged.fd(), "x")) {
        (void)file->build_id();
        (void)file->section(".text");
        (void)file->find_symbol("main");
        (void)file->first_load_address();
      }
    }
  }
}

}  // namespace
}  // namespace stillframe::binary
