#include "binary/elf_image.h"

#include <elf.h>
#include <gtest/gtest.h>
#include <link.h>
#include <unistd.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "fake_memory.h"
#include "memory/live_memory.h"

namespace stillframe::binary {
namespace {

using testing::FakeMemory;

constexpr Address kImageBase = 0x7f0000000000;
constexpr Address kDynamic = 0x1000;  // these as linked: without kBase
constexpr Address kSymbols = 0x1400;
constexpr Address kStrings = 0x1800;
constexpr Address kHash = 0x1c00;
constexpr Address kNotes = 0x2000;
constexpr Address kImageSize = 0x3000;

// An image with two symbols, "_PyRuntime" (defined) and "malloc" (undefined), and a build-id.
class ElfImageTest : public ::testing::Test {
 protected:
  ElfImageTest() {
    memory_.map(kImageBase, kImageSize);
    header_.e_ident[EI_CLASS] = ELFCLASS64;
    header_.e_ident[EI_DATA] = ELFDATA2LSB;
    std::memcpy(header_.e_ident, ELFMAG, SELFMAG);
    header_.e_type = ET_DYN;
    header_.e_machine = EM_X86_64;
    header_.e_phoff = sizeof(Elf64_Ehdr);
    header_.e_phentsize = sizeof(Elf64_Phdr);
    add({.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = kImageSize, .p_memsz = kImageSize});
    add({.p_type = PT_DYNAMIC, .p_flags = PF_R, .p_vaddr = kDynamic, .p_memsz = 0x200});
    add({.p_type = PT_NOTE, .p_flags = PF_R, .p_vaddr = kNotes, .p_filesz = 0x100, .p_memsz = 0x100});
    memory_.put_text(kImageBase + kStrings, std::string_view("\0_PyRuntime\0malloc\0", 19));
    memory_.put(kImageBase + kSymbols + 1 * sizeof(Elf64_Sym),
                Elf64_Sym{.st_name = 1, .st_shndx = 7, .st_value = 0x2800, .st_size = 64});
    memory_.put(kImageBase + kSymbols + 2 * sizeof(Elf64_Sym), Elf64_Sym{.st_name = 12, .st_shndx = SHN_UNDEF});
    put_note();
  }

  void add(const Elf64_Phdr& program) {
    memory_.put(kImageBase + header_.e_phoff + header_.e_phnum * sizeof(Elf64_Phdr), program);
    ++header_.e_phnum;
    memory_.put(kImageBase, header_);
  }

  void put_header() { memory_.put(kImageBase, header_); }

  // Run-time addresses, as glibc leaves them, or linked ones, as musl does.
  void put_dynamic(Elf64_Sxword hash_tag, Address bias, std::uint64_t strings_size = 19) {
    const std::vector<Elf64_Dyn> entries = {{.d_tag = DT_STRTAB, .d_un = {.d_ptr = kStrings + bias}},
                                            {.d_tag = DT_SYMTAB, .d_un = {.d_ptr = kSymbols + bias}},
                                            {.d_tag = DT_STRSZ, .d_un = {.d_val = strings_size}},
                                            {.d_tag = hash_tag, .d_un = {.d_ptr = kHash + bias}},
                                            {.d_tag = DT_NULL, .d_un = {}}};
    memory_.write(kImageBase + kDynamic, std::as_bytes(std::span(entries)));
  }

  void put_words(Address at, const std::vector<std::uint32_t>& words) {
    memory_.write(kImageBase + at, std::as_bytes(std::span(words)));
  }

  void put_note() {
    memory_.put(kImageBase + kNotes, Elf64_Nhdr{.n_namesz = 4, .n_descsz = 4, .n_type = NT_GNU_BUILD_ID});
    memory_.put_text(kImageBase + kNotes + 12, std::string_view("GNU\0\xde\xad\xbe\xef", 8));
  }

  static std::uint32_t gnu_hash(std::string_view name) {
    std::uint32_t hash = 5381;
    for (const char letter : name) {
      hash = hash * 33 + static_cast<std::uint8_t>(letter);
    }
    return hash;
  }

  [[nodiscard]] std::optional<Symbol> find(std::string_view name) const {
    const auto image = ElfImage::at(memory_, kImageBase);
    return image ? image->find_dynamic_symbol(memory_, name) : std::nullopt;
  }

  FakeMemory memory_;
  Elf64_Ehdr header_{};
};

TEST_F(ElfImageTest, ReadsHeaders) {
  const auto image = ElfImage::at(memory_, kImageBase);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->base(), kImageBase);
  EXPECT_EQ(image->bias(), kImageBase);
  EXPECT_EQ(image->machine(), EM_X86_64);
  ASSERT_EQ(image->segments().size(), 3U);
  EXPECT_EQ(image->segments()[1].address, kImageBase + kDynamic);
}

TEST_F(ElfImageTest, ReadsBuildId) {
  EXPECT_EQ(ElfImage::at(memory_, kImageBase)->build_id(memory_), "deadbeef");
}

TEST_F(ElfImageTest, FindsThroughSysvHash) {
  put_dynamic(DT_HASH, kImageBase);
  put_words(kHash, {1, 3, 2, 0, 0, 1});  // one bucket: 2 -> 1
  ASSERT_TRUE(find("_PyRuntime"));
  EXPECT_EQ(find("_PyRuntime")->address, kImageBase + 0x2800);
  EXPECT_EQ(find("_PyRuntime")->size, 64U);
  EXPECT_FALSE(find("malloc")) << "an undefined symbol is not here";
  EXPECT_FALSE(find("_PyRun"));
}

TEST_F(ElfImageTest, FindsThroughGnuHashWithLinkedAddresses) {
  put_dynamic(DT_GNU_HASH, 0);
  // One bucket, symbols from 1, one Bloom word (all bits set), shift 6, bucket {1}, chain.
  put_words(kHash, {1, 1, 1, 6, ~0U, ~0U, 1, gnu_hash("_PyRuntime") & ~1U, gnu_hash("malloc") | 1U});
  ASSERT_TRUE(find("_PyRuntime"));
  EXPECT_EQ(find("_PyRuntime")->address, kImageBase + 0x2800);
  EXPECT_FALSE(find("malloc"));
  EXPECT_FALSE(find("PyEval_SaveThread"));
}

TEST_F(ElfImageTest, FindsWithoutHashTable) {
  put_dynamic(DT_DEBUG, kImageBase);
  ASSERT_TRUE(find("_PyRuntime"));
  EXPECT_FALSE(find("nothing"));
}

TEST_F(ElfImageTest, RefusesWhatIsNoImage) {
  const FakeMemory nothing;
  EXPECT_FALSE(ElfImage::at(nothing, kImageBase));
  for (const auto damage : {EI_MAG0, EI_CLASS, EI_DATA}) {
    auto header = header_;
    header.e_ident[damage] ^= 1U;
    memory_.put(kImageBase, header);
    EXPECT_FALSE(ElfImage::at(memory_, kImageBase)) << "byte " << damage;
  }
}

TEST_F(ElfImageTest, RefusesImpossibleProgramHeaders) {
  const auto whole = header_;
  header_.e_phnum = 65535;
  put_header();
  EXPECT_FALSE(ElfImage::at(memory_, kImageBase));
  header_ = whole;
  header_.e_phoff = std::uint64_t{1} << 63U;
  put_header();
  EXPECT_FALSE(ElfImage::at(memory_, kImageBase));
  header_ = whole;
  header_.e_phoff = ~std::uint64_t{0};
  put_header();
  EXPECT_FALSE(ElfImage::at(memory_, kImageBase));
  header_ = whole;
  header_.e_phentsize = 0;
  put_header();
  EXPECT_FALSE(ElfImage::at(memory_, kImageBase));
  header_ = whole;
  header_.e_phnum = 0;
  put_header();
  EXPECT_FALSE(ElfImage::at(memory_, kImageBase));
}

TEST_F(ElfImageTest, SurvivesHugeSegments) {
  add({.p_type = PT_DYNAMIC, .p_vaddr = std::uint64_t{1} << 63U, .p_memsz = ~std::uint64_t{0}});
  add({.p_type = PT_NOTE, .p_vaddr = ~std::uint64_t{0} - 4, .p_filesz = ~std::uint64_t{0}});
  EXPECT_FALSE(find("_PyRuntime"));
  EXPECT_EQ(ElfImage::at(memory_, kImageBase)->build_id(memory_), "deadbeef");
}

TEST_F(ElfImageTest, EndsOnCyclicSysvChain) {
  put_dynamic(DT_HASH, kImageBase);
  put_words(kHash, {1, 3, 2, 0, 1, 2});  // 2 -> 2 -> …
  EXPECT_FALSE(find("_PyRuntime"));
}

TEST_F(ElfImageTest, EndsOnGnuChainWithoutEnd) {
  put_dynamic(DT_GNU_HASH, kImageBase);
  put_words(kHash, {1, 1, 0, 6, 1});
  // Zeroed memory behind: no hash there ends the chain.
  memory_.map(kImageBase + kImageSize, 1U << 20U);
  const auto before = memory_.reads;
  EXPECT_FALSE(find("_PyRuntime"));
  EXPECT_LT(memory_.reads - before, 200'000U);
}

TEST_F(ElfImageTest, RefusesHugeHashCounts) {
  put_dynamic(DT_GNU_HASH, kImageBase);
  for (const auto& words : std::vector<std::vector<std::uint32_t>>{
           {~0U, 1, 1, 6}, {1, 1, ~0U, 6}, {0, 1, 1, 6}, {1, ~0U, 1, 6}, {1, 1, 1, ~0U, 0, 0, ~0U}}) {
    put_words(kHash, words);
    EXPECT_FALSE(find("_PyRuntime"));
  }
  put_dynamic(DT_HASH, kImageBase);
  for (const auto& words : std::vector<std::vector<std::uint32_t>>{{~0U, ~0U}, {0, 3}, {1, ~0U, ~0U - 1}, {1, 0, 2}}) {
    put_words(kHash, words);
    EXPECT_FALSE(find("_PyRuntime"));
  }
}

TEST_F(ElfImageTest, RefusesNamesOutsideOfStrings) {
  put_dynamic(DT_HASH, kImageBase, 1);
  put_words(kHash, {1, 3, 2, 0, 0, 1});
  EXPECT_FALSE(find("_PyRuntime"));
  EXPECT_FALSE(find(std::string(4096, 'a')));
}

TEST_F(ElfImageTest, StepsOverOtherNotesAndEndsInBadOnes) {
  const auto image = ElfImage::at(memory_, kImageBase);
  memory_.put(kImageBase + kNotes, Elf64_Nhdr{.n_namesz = 4, .n_descsz = 6, .n_type = 5});
  memory_.put(kImageBase + kNotes + 24, Elf64_Nhdr{.n_namesz = 4, .n_descsz = 2, .n_type = NT_GNU_BUILD_ID});
  memory_.put_text(kImageBase + kNotes + 36, std::string_view("GNU\0\x01\x02", 6));
  EXPECT_EQ(image->build_id(memory_), "0102");
  for (const std::uint32_t size : {65U, 65537U, 0x80000000U, ~0U}) {
    memory_.put(kImageBase + kNotes, Elf64_Nhdr{.n_namesz = 4, .n_descsz = size, .n_type = NT_GNU_BUILD_ID});
    memory_.put(kImageBase + kNotes + 24, std::uint64_t{0});
    EXPECT_EQ(image->build_id(memory_), "");
  }
}

TEST_F(ElfImageTest, ReadsPrelinkedImages) {
  // Linked at an address above the one where it lies: the bias is negative.
  FakeMemory memory;
  constexpr Address kLinked = 0x3000000000;
  constexpr Address kLoaded = 0x1000000000;
  memory.map(kLoaded, kImageSize);
  header_.e_phnum = 2;
  memory.put(kLoaded, header_);
  memory.put(kLoaded + 64, Elf64_Phdr{.p_type = PT_LOAD, .p_vaddr = kLinked, .p_memsz = kImageSize});
  memory.put(kLoaded + 64 + 56, Elf64_Phdr{.p_type = PT_DYNAMIC, .p_vaddr = kLinked + kDynamic, .p_memsz = 0x200});
  const std::vector<Elf64_Dyn> entries = {{.d_tag = DT_STRTAB, .d_un = {.d_ptr = kLoaded + kStrings}},
                                          {.d_tag = DT_SYMTAB, .d_un = {.d_ptr = kLoaded + kSymbols}},
                                          {.d_tag = DT_STRSZ, .d_un = {.d_val = 19}}};
  memory.write(kLoaded + kDynamic, std::as_bytes(std::span(entries)));
  memory.put_text(kLoaded + kStrings, std::string_view("\0_PyRuntime\0malloc\0", 19));
  memory.put(kLoaded + kSymbols + sizeof(Elf64_Sym),
             Elf64_Sym{.st_name = 1, .st_shndx = 7, .st_value = kLinked + 0x2800});
  const auto image = ElfImage::at(memory, kLoaded);
  ASSERT_TRUE(image);
  const auto symbol = image->find_dynamic_symbol(memory, "_PyRuntime");
  ASSERT_TRUE(symbol);
  EXPECT_EQ(symbol->address, kLoaded + 0x2800);
}

// What the dynamic linker of this very process says, for every library in it.
TEST(ElfImageOfThisProcess, AgreesWithTheDynamicLinker) {
  const memory::LiveMemory memory(getpid());
  std::vector<std::pair<Address, std::string>> libraries;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* into) {
        static_cast<std::vector<std::pair<Address, std::string>>*>(into)->emplace_back(info->dlpi_addr,
                                                                                       info->dlpi_name);
        return 0;
      },
      &libraries);
  bool found = false;
  for (const auto& [base, name] : libraries) {
    const auto image = ElfImage::at(memory, base);
    if (!image) {
      continue;  // the executable, when it is not position independent
    }
    EXPECT_EQ(image->bias(), base) << name;
    if (const auto symbol = image->find_dynamic_symbol(memory, "getpid"); symbol && name.contains("libc.so")) {
      found = true;
      EXPECT_GE(symbol->address, base);
    }
  }
  EXPECT_TRUE(found || libraries.size() < 2);
}

}  // namespace
}  // namespace stillframe::binary
