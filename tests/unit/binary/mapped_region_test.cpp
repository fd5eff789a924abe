#include "binary/mapped_region.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "binary/compiled_object.h"
#include "binary/native_symbols.h"

namespace stillframe::binary {
namespace {

using testing::address_of;
using testing::Workshop;

constexpr std::uint64_t pages = 8;

class CutFile : public ::testing::Test {
 public:
  CutFile(const CutFile&) = delete;
  CutFile& operator=(const CutFile&) = delete;
  CutFile(CutFile&&) = delete;
  CutFile& operator=(CutFile&&) = delete;

 protected:
  CutFile() : page_(static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))), fd_(memfd_create("cut", MFD_CLOEXEC)) {
    const std::vector<char> bytes(pages * page_, 'x');
    EXPECT_EQ(write(fd_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  ~CutFile() override { close(fd_); }

  void cut_to(std::uint64_t size) const { ASSERT_EQ(ftruncate(fd_, static_cast<off_t>(size)), 0); }

  std::uint64_t page_;
  int fd_;
};

TEST_F(CutFile, ReadsAsZerosWhereItIsGone) {
  const auto before = MappedRegion::lost_pages();
  const auto plain = MappedRegion::of_file(fd_, pages * page_);
  auto editable = MappedRegion::of_file_with_room(fd_, pages * page_, 100);
  cut_to(3 * page_);
  for (const auto bytes : {plain.bytes(), std::span<const std::byte>(editable.bytes())}) {
    const auto whole = bytes.first(3 * page_);
    const auto gone = bytes.subspan(3 * page_);
    EXPECT_TRUE(std::ranges::all_of(whole, [](std::byte byte) { return byte == std::byte{'x'}; }));
    EXPECT_TRUE(std::ranges::all_of(gone, [](std::byte byte) { return byte == std::byte{0}; }));
  }
  EXPECT_EQ(MappedRegion::lost_pages() - before, 2 * (pages - 3));
  editable.writable()[4 * page_] = std::byte{1};
  EXPECT_EQ(editable.bytes()[4 * page_], std::byte{1});
}

TEST_F(CutFile, IsGuardedInAnyNumber) {
  std::vector<MappedRegion> regions;
  regions.reserve(600);
  for (int i = 0; i < 600; ++i) {
    regions.push_back(MappedRegion::of_file(fd_, pages * page_));
  }
  regions.erase(regions.begin(), regions.begin() + 200);
  cut_to(0);
  for (const MappedRegion& region : regions) {
    EXPECT_EQ(region.bytes()[page_], std::byte{0});
  }
}

TEST_F(CutFile, LeavesTheSignalAsItWas) {
  struct sigaction before{};
  struct sigaction after{};
  sigaction(SIGBUS, nullptr, &before);
  {
    const auto region = MappedRegion::of_file(fd_, pages * page_);
    sigaction(SIGBUS, nullptr, &after);
    EXPECT_NE(after.sa_sigaction, before.sa_sigaction);
  }
  sigaction(SIGBUS, nullptr, &after);
  EXPECT_EQ(after.sa_sigaction, before.sa_sigaction);
}

TEST_F(CutFile, IsCopiedWhereNoSignalMayBeHandled) {
  struct sigaction before{};
  struct sigaction after{};
  sigaction(SIGBUS, nullptr, &before);
  const auto region = MappedRegion::copy_of_file(fd_, pages * page_);
  sigaction(SIGBUS, nullptr, &after);
  EXPECT_EQ(after.sa_sigaction, before.sa_sigaction);
  cut_to(0);
  ASSERT_EQ(region.bytes().size(), pages * page_);
  EXPECT_TRUE(std::ranges::all_of(region.bytes(), [](std::byte byte) { return byte == std::byte{'x'}; }));
  EXPECT_TRUE(MappedRegion::copy_of_file(fd_, 1).empty()) << "no byte of it is left";
}

TEST(NativeSymbols, OfACopiedFileAreThoseOfAMappedOne) {
  const Workshop shop;
  shop.write("a.c", "static inline int twice(int x) { return x + x; } int first(int x) { return twice(x) + 1; }");
  shop.run("gcc -g -O1 -shared -fPIC a.c -o a.so");
  shop.run("objcopy --only-keep-debug a.so a.debug && objcopy --strip-debug --add-gnu-debuglink=a.debug a.so b.so");
  const std::string file = shop.path("b.so");
  const auto first = address_of(shop.path("a.so"), "first");
  const auto mapping = testing::open_symbols(file);
  const auto mapped = mapping->calls_at(first + 1, false);
  const auto copying = testing::open_symbols(file, testing::open_plainly, {}, FileAccess::copied);
  struct sigaction now{};
  sigaction(SIGBUS, nullptr, &now);
  const auto copied = copying->calls_at(first + 1, false);
  struct sigaction after{};
  sigaction(SIGBUS, nullptr, &after);
  EXPECT_EQ(now.sa_sigaction, after.sa_sigaction);
  ASSERT_FALSE(mapped.empty());
  ASSERT_EQ(copied.size(), mapped.size());
  for (std::size_t i = 0; i < copied.size(); ++i) {
    EXPECT_EQ(copied[i].function, mapped[i].function);
    EXPECT_EQ(copied[i].line, mapped[i].line);
  }
}

// By the signal, or by the report of a sanitizer.
using CutFileDeathTest = CutFile;

TEST_F(CutFileDeathTest, IsNoExcuseForOtherMemory) {
  EXPECT_EXIT(
      {
        const auto region = MappedRegion::of_file(fd_, pages * page_);
        auto* other = static_cast<volatile char*>(mmap(nullptr, page_, PROT_READ, MAP_PRIVATE, fd_, 0));
        cut_to(0);
        std::_Exit(other[0]);
      },
      [](int status) { return status != 0; }, "");
  EXPECT_EXIT(
      {
        const auto region = MappedRegion::of_file(fd_, pages * page_);
        kill(getpid(), SIGBUS);
        std::_Exit(0);
      },
      [](int status) { return status != 0; }, "");
}

TEST(NativeSymbols, NameNothingOnceTheFileIsCut) {
  const Workshop shop;
  shop.write("a.c", "int first(int x) { return x + 1; } int second(int x) { return x + 2; }");
  shop.run("gcc -g -shared -fPIC a.c -o a.so");
  const std::string file = shop.path("a.so");
  const auto first = address_of(file, "first");
  const auto second = address_of(file, "second");
  const auto symbols = testing::open_symbols(file);
  const auto known = symbols->calls_at(first, false);
  ASSERT_EQ(known.size(), 1U);
  EXPECT_FALSE(symbols->was_cut());
  const auto untouched = testing::open_symbols(file);
  ASSERT_EQ(truncate(file.c_str(), 0), 0);
  EXPECT_TRUE(untouched->calls_at(second, false).empty());
  EXPECT_TRUE(untouched->was_cut());
  EXPECT_FALSE(untouched->function_at(first));
  const auto again = symbols->calls_at(first, false);
  ASSERT_EQ(again.size(), 1U) << "what was read before stays";
  EXPECT_EQ(again.front().function, "first");
}

}  // namespace
}  // namespace stillframe::binary
