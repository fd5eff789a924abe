#include "target/memory_target.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core_builder.h"
#include "fake_memory.h"
#include "temporary_folder.h"

namespace stillframe::target {
namespace {

using testing::FakeMemory;
using testing::TemporaryFolder;

constexpr std::uint64_t kLibrary = 0x7f0000000000;
constexpr std::uint64_t kSize = 0x1000;

CallerMemory library_at(const std::string& content) {
  auto memory = std::make_shared<FakeMemory>();
  memory->put_text(kLibrary, std::string_view(content).substr(0, kSize));
  memory->put(0x1000, std::uint64_t{42});
  CallerMemory given;
  given.memory = memory;
  given.mappings = {{.begin = kLibrary, .end = kLibrary + kSize, .readable = true, .path = "/lib/x.so"},
                    {.begin = 0x1000, .end = 0x2000, .readable = true, .writable = true}};
  given.threads = {{.tid = 7, .name = "main", .registers = Registers{.pc = 5}}, {.tid = 8}};
  given.name = "machine 3";
  given.pid = 7;
  return given;
}

TEST(MemoryTarget, IsWhatTheCallerGave) {
  const auto target = open_memory(library_at("x"));
  ASSERT_TRUE(target);
  EXPECT_TRUE((*target)->lifeless());
  EXPECT_EQ((*target)->source().core, "machine 3");
  EXPECT_EQ((*target)->source().pid, 7);
  EXPECT_EQ((*target)->memory().get<std::uint64_t>(0x1000), 42);
  ASSERT_EQ((*target)->mappings().size(), 2);
  EXPECT_EQ((*target)->mappings()[0].begin, 0x1000) << "sorted";
  const auto threads = (*target)->threads();
  ASSERT_EQ(threads->size(), 2);
  EXPECT_EQ(threads->front().name, "main");
  EXPECT_EQ(threads->front().state, model::OsState::dead);
  EXPECT_EQ((*target)->registers(7)->pc, 5);
  EXPECT_FALSE((*target)->registers(8));
  EXPECT_FALSE((*target)->registers(9));
  EXPECT_FALSE((*target)->stop({}));
  EXPECT_FALSE((*target)->open_file("/lib/x.so")) << "no files were given";
}

TEST(MemoryTarget, SaysWhatMakesNoSense) {
  const auto problem = [](CallerMemory given) {
    const auto target = open_memory(std::move(given));
    EXPECT_TRUE(!target && target.error().kind == ErrorKind::usage);
    return target ? std::string() : target.error().stopper;
  };
  EXPECT_EQ(problem({}), "there is no memory");
  auto given = library_at("x");
  given.mappings.clear();
  EXPECT_EQ(problem(given), "nothing is mapped in it");
  given.mappings = {{.begin = 5, .end = 5}};
  EXPECT_EQ(problem(given), "the mapping from 0x5 to 0x5 ends before it begins");
  given.mappings = {{.begin = 1, .end = 9}, {.begin = 8, .end = 10}};
  EXPECT_EQ(problem(given), "the mapping from 0x8 to 0xa overlaps another one");
}

TEST(MemoryTarget, TakesAFileOnlyWhereItIsTheOneThatWasMapped) {
  const TemporaryFolder folder;
  const std::string right = testing::make_library("0123456789abcdef");
  folder.add("x.so", right);
  auto given = library_at(right);
  std::string asked;
  given.open_file = [&](const std::string& path) {
    asked = path;
    return open((folder.path("x.so")).c_str(), O_RDONLY | O_CLOEXEC);
  };
  const auto target = open_memory(std::move(given));
  ASSERT_TRUE(target);
  const Mapping& mapping = (*target)->mappings()[1];
  EXPECT_TRUE((*target)->open_mapped(mapping));
  EXPECT_EQ(asked, "/lib/x.so");
  folder.add("x.so", testing::make_library("another-build-id"));
  EXPECT_FALSE((*target)->open_mapped(mapping));
  folder.add("x.so", "no ELF file");
  EXPECT_FALSE((*target)->open_mapped(mapping));
  EXPECT_TRUE((*target)->open_file("/srv/app.py")) << "sources are not compared";
  EXPECT_FALSE((*target)->open_file(""));
}

TEST(MemoryTarget, TakesAFileWithoutABuildIdByItsFirstPage) {
  const TemporaryFolder folder;
  const std::string right(5000, 'r');
  folder.add("x.so", right);
  auto given = library_at(right);
  given.open_file = [&](const std::string& /*path*/) {
    return open((folder.path("x.so")).c_str(), O_RDONLY | O_CLOEXEC);
  };
  const auto target = open_memory(std::move(given));
  ASSERT_TRUE(target);
  EXPECT_TRUE((*target)->open_mapped((*target)->mappings()[1]));
  folder.add("x.so", std::string(5000, 'w'));
  EXPECT_FALSE((*target)->open_mapped((*target)->mappings()[1]));
}

}  // namespace
}  // namespace stillframe::target
