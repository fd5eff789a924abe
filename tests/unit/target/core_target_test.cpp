#include "target/core_target.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <csignal>

#include "core_builder.h"

namespace stillframe::target {
namespace {

using testing::CoreBuilder;
using testing::MemoryFile;
using testing::TemporaryFolder;

constexpr std::size_t kPage = 4096;
constexpr Address kBase = 0x7f0000000000;
constexpr Address kHeap = 0x600000;
constexpr std::size_t kRax = 10;
constexpr std::size_t kOrigRax = 15;
constexpr std::size_t kRip = 16;
constexpr std::size_t kRdi = 14;
constexpr std::size_t kFsBase = 21;

// A process with one library: its first page is in the core, its code and data are not.
CoreBuilder with_library(const std::string& library, const std::string& path, bool anonymous = true) {
  CoreBuilder core;
  core.thread(100, SIGSEGV, {{kRip, kBase + kPage + 2}, {kOrigRax, 230}, {kRdi, 5}, {kFsBase, 0x77}})
      .process(100, "python3", "python3")
      .signal(SIGSEGV, 1, 0x10)
      .auxv({{AT_PHDR, kBase + 64}, {AT_ENTRY, kBase}})
      .files({{kBase, kBase + kPage, 0, path},
              {kBase + kPage, kBase + 2 * kPage, 1, path},
              {kBase + 2 * kPage, kBase + 3 * kPage, 2, path}})
      .thread(101);
  if (anonymous) {
    core.memory(kHeap, std::string(kPage, 'h'));
  }
  core.memory(kBase, library.substr(0, kPage), PF_R)
      .memory(kBase + kPage, "", PF_R | PF_X, kPage)
      .memory(kBase + 2 * kPage, "", PF_R | PF_W, kPage);
  return core;
}

Result<std::unique_ptr<Target>> open_built(const CoreBuilder& core, const CoreOptions& options = {}) {
  const TemporaryFolder folder;
  return open_core(folder.add("core", core.build()), options);
}

char byte_at(const Target& target, Address address) {
  return target.memory().get<char>(address).value_or('\0');
}

memory::FaultReason fault_at(const Target& target, Address address) {
  const auto read = target.memory().get<char>(address);
  return read ? memory::FaultReason::gone : read.error().reason;
}

TEST(CoreTarget, ReadsAbsentPagesFromTheFileOfTheSameBuildId) {
  const TemporaryFolder folder;
  const std::string library = testing::make_library("0123456789abcdef");
  const std::string path = folder.add("libx.so", library);
  const auto target = open_built(with_library(library, path));
  ASSERT_TRUE(target);
  EXPECT_EQ(byte_at(**target, kHeap), 'h');
  EXPECT_EQ(byte_at(**target, kBase + kPage), 'c');
  // Written pages would be in the core: this one was never written.
  EXPECT_EQ(byte_at(**target, kBase + 2 * kPage), 'd');
  EXPECT_EQ(fault_at(**target, kBase + 3 * kPage), memory::FaultReason::unmapped);
  std::array<char, 2 * kPage> across{};
  ASSERT_TRUE((*target)->memory().read(kBase + kPage / 2, std::as_writable_bytes(std::span(across))));
  EXPECT_EQ(across[kPage / 2], 'c');
  EXPECT_EQ(across.back(), 'd');
  EXPECT_TRUE((*target)->open_mapped((*target)->mappings()[1]));
  EXPECT_TRUE((*target)->warnings().empty());
}

TEST(CoreTarget, NeverReadsAnotherFileOfTheSameName) {
  const TemporaryFolder folder;
  const std::string path = folder.add("libx.so", testing::make_library("another build id"));
  const auto target = open_built(with_library(testing::make_library("0123456789abcdef"), path));
  ASSERT_TRUE(target);
  EXPECT_EQ(fault_at(**target, kBase + kPage), memory::FaultReason::not_in_core);
  EXPECT_FALSE((*target)->open_mapped((*target)->mappings()[1]));
  ASSERT_EQ((*target)->warnings().size(), 1U);
  EXPECT_NE((*target)->warnings()[0].find("libx.so"), std::string::npos);
}

TEST(CoreTarget, LooksInTheSearchRootAndPath) {
  const std::string library = testing::make_library("0123456789abcdef");
  const TemporaryFolder folder;
  folder.add("root/opt/gone/libx.so", library);
  folder.add("flat/libx.so", library);
  folder.add("wrong/libx.so", testing::make_library("something else.."));
  const CoreBuilder core = with_library(library, "/opt/gone/libx.so");
  EXPECT_EQ(byte_at(**open_built(core, {.library_search_root = folder.path() + "/root"}), kBase + kPage), 'c');
  EXPECT_EQ(byte_at(**open_built(core, {.library_search_path = {folder.path() + "/wrong", folder.path() + "/flat"}}),
                    kBase + kPage),
            'c');
  folder.add("tree/a/b/libx.so", testing::make_library("something else.."));
  folder.add("tree/c/libx.so", library);
  EXPECT_EQ(byte_at(**open_built(core, {.library_search_root = folder.path() + "/tree"}), kBase + kPage), 'c');
  EXPECT_EQ(fault_at(**open_built(core), kBase + kPage), memory::FaultReason::not_in_core);
}

TEST(CoreTarget, TrustsUnprovedFilesOnlyForWhatCannotBeWritten) {
  const TemporaryFolder folder;
  const std::string path = folder.add("libx.so", testing::make_library("0123456789abcdef"));
  CoreBuilder core;
  core.thread(100).files({{kBase, kBase + kPage, 0, path},
                          {kBase + kPage, kBase + 2 * kPage, 1, path},
                          {kBase + 2 * kPage, kBase + 3 * kPage, 2, path}});
  core.memory(kHeap, "vdso", PF_R | PF_X)
      .memory(kBase, "", PF_R, kPage)
      .memory(kBase + kPage, "", PF_R | PF_X, kPage)
      .memory(kBase + 2 * kPage, "", PF_R | PF_W, kPage);
  const auto target = open_built(core);
  ASSERT_TRUE(target);
  EXPECT_EQ(byte_at(**target, kBase + kPage), 'c');
  EXPECT_EQ(fault_at(**target, kBase + 2 * kPage), memory::FaultReason::not_in_core);
  EXPECT_EQ((*target)->warnings().size(), 1U);
}

TEST(CoreTarget, ReadsNoDataFromFilesWhereWrittenPagesWereLeftOut) {
  const TemporaryFolder folder;
  const std::string library = testing::make_library("0123456789abcdef");
  const auto target = open_built(with_library(library, folder.add("libx.so", library), false));
  ASSERT_TRUE(target);
  EXPECT_EQ(byte_at(**target, kBase + kPage), 'c');
  EXPECT_EQ(fault_at(**target, kBase + 2 * kPage), memory::FaultReason::not_in_core);
}

TEST(CoreTarget, IsReadFromADescriptor) {
  const TemporaryFolder folder;
  const std::string bytes = CoreBuilder().thread(7).memory(kHeap, std::string(kPage, 'h')).build();
  const std::string path = folder.add("core", bytes);
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::filesystem::remove(path);
  const auto target = open_core(std::move(file), "the core of the build", {}, Host{});
  ASSERT_TRUE(target) << target.error().stopper;
  EXPECT_EQ(byte_at(**target, kHeap), 'h');
  EXPECT_EQ((*target)->source().core, "the core of the build");
  EXPECT_EQ((*target)->threads()->front().tid, 7);
}

TEST(CoreTarget, SaysWhatIsWrongWithADescriptor) {
  EXPECT_EQ(open_core(FileHandle(), "it", {}).error().kind, ErrorKind::usage);
  FileHandle folder(::open("/", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(open_core(std::move(folder), "it", {}).error().stopper, "it is a directory");
  FileHandle device(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(open_core(std::move(device), "it", {}).error().stopper.starts_with("it is not a regular file"));
}

TEST(CoreTarget, TellsWhereACutCoreEnds) {
  const TemporaryFolder folder;
  std::string bytes = CoreBuilder().thread(1).memory(kHeap, std::string(2 * kPage, 'h')).build();
  bytes.resize(bytes.size() - kPage);
  const auto target = open_core(folder.add("core", bytes), {});
  ASSERT_TRUE(target);
  EXPECT_EQ(byte_at(**target, kHeap), 'h');
  EXPECT_EQ(fault_at(**target, kHeap + kPage), memory::FaultReason::truncated);
  EXPECT_FALSE((*target)->warnings().empty());
}

TEST(CoreTarget, FailsWhenTheCoreShrinksWhileItIsRead) {
  const TemporaryFolder folder;
  const std::string path = folder.add("core", CoreBuilder().thread(1).memory(kHeap, std::string(kPage, 'h')).build());
  const auto target = open_core(path, {});
  ASSERT_TRUE(target);
  std::filesystem::resize_file(path, 100);
  EXPECT_EQ(fault_at(**target, kHeap), memory::FaultReason::truncated);
  EXPECT_FALSE((*target)->registers(1));
}

TEST(CoreTarget, ShowsBothBuildIdsOfAWrongExecutable) {
  const TemporaryFolder folder;
  const std::string right = testing::make_library("0123456789abcdef");
  const std::string wrong = folder.add("wrong", testing::make_library("ABCDEFGHIJKLMNOP"));
  const CoreBuilder core = with_library(right, folder.add("right", right));
  EXPECT_TRUE(open_built(core, {.executable = folder.path() + "/right"}));
  const auto refused = open_built(core, {.executable = wrong});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().stopper.find("30313233343536373839616263646566"), std::string::npos);
  EXPECT_NE(refused.error().stopper.find("4142434445464748494a4b4c4d4e4f50"), std::string::npos);
  EXPECT_FALSE(open_built(core, {.executable = folder.path() + "/missing"}));
}

TEST(CoreTarget, ListsThreadsAndTheirRegisters) {
  const TemporaryFolder folder;
  const std::string library = testing::make_library("0123456789abcdef");
  const auto target = open_built(with_library(library, folder.add("libx.so", library)));
  ASSERT_TRUE(target);
  const auto threads = (*target)->threads();
  ASSERT_TRUE(threads);
  ASSERT_EQ(threads->size(), 2U);
  EXPECT_EQ((*threads)[0].tid, 100);
  EXPECT_EQ((*threads)[0].state, model::OsState::dead);
  const auto registers = (*target)->registers(100);
  ASSERT_TRUE(registers);
  EXPECT_EQ(registers->pc, kBase + kPage + 2);
  EXPECT_EQ(registers->thread_pointer, 0x77U);
  EXPECT_EQ(registers->dwarf[5], 5U);  // rdi
  EXPECT_FALSE((*target)->registers(999));
  EXPECT_TRUE((*target)->lifeless());
  EXPECT_FALSE((*target)->stop({}));
  EXPECT_FALSE((*target)->syscall(100)) << "the code before the pc is 'cc', no system call";
}

constexpr auto result(std::int64_t value) {
  return static_cast<std::uint64_t>(value);
}

TEST(CoreTarget, KnowsASystemCallByTheInstructionBeforeIt) {
  std::string code(kPage, '\x90');
  code[2] = '\x0f';
  code[3] = '\x05';
  constexpr std::uint64_t restarts = result(-512);  // ERESTARTSYS
  CoreBuilder core;
  core.thread(1, 0, {{kRip, kHeap + 4}, {kRax, restarts}, {kOrigRax, 202}, {kRdi, 0x1000}})
      .thread(2, 0, {{kRip, kHeap + 5}, {kRax, restarts}, {kOrigRax, 202}})
      .thread(3, 0, {{kRip, kHeap + 4}, {kRax, restarts}, {kOrigRax, ~std::uint64_t{0}}});
  core.memory(kHeap, code, PF_R | PF_X);
  const auto target = open_built(core);
  ASSERT_TRUE(target);
  const auto call = (*target)->syscall(1);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->number, 202);
  EXPECT_EQ(call->name, "futex");
  EXPECT_EQ(call->arguments[0], 0x1000U);
  EXPECT_FALSE((*target)->syscall(2));
  EXPECT_FALSE((*target)->syscall(3));
}

TEST(CoreTarget, KnowsACallThatWaitedByItsResult) {
  std::string code(kPage, '\x90');
  code[2] = '\x0f';
  code[3] = '\x05';
  CoreBuilder core;
  std::int32_t tid = 1;
  for (const std::int64_t code_of : {-512, -513, -514, -516, -4, 0, 1, -11}) {
    core.thread(tid++, 0, {{kRip, kHeap + 4}, {kRax, result(code_of)}, {kOrigRax, 232}});
  }
  core.memory(kHeap, code, PF_R | PF_X);
  const auto target = open_built(core);
  ASSERT_TRUE(target);
  for (Tid waits = 1; waits <= 5; ++waits) {
    EXPECT_TRUE((*target)->syscall(waits)) << waits;
  }
  for (Tid returned = 6; returned <= 8; ++returned) {
    EXPECT_FALSE((*target)->syscall(returned)) << returned;
  }
}

TEST(CoreTarget, KnowsTheCallsOfAarch64) {
  constexpr std::size_t x8 = 8;
  constexpr std::size_t pc = 32;
  std::string code(kPage, '\0');
  code.replace(4, 4, "\x01\x00\x00\xd4", 4);  // svc #0
  CoreBuilder core;
  core.machine = EM_AARCH64;
  core.thread(1, 0, {{0, 7}, {x8, 63}, {pc, kHeap + 4}})           // to be started again
      .thread(2, 0, {{0, result(-4)}, {x8, 22}, {pc, kHeap + 8}})  // not so
      .thread(3, 0, {{0, 5}, {x8, 64}, {pc, kHeap + 8}})           // has returned
      .thread(4, 0, {{0, 7}, {x8, 63}, {pc, kHeap + 16}});         // in no call
  core.memory(kHeap, code, PF_R | PF_X);
  const auto target = open_built(core);
  ASSERT_TRUE(target);
  const auto read = (*target)->syscall(1);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, "read");
  EXPECT_EQ(read->arguments[0], 7U);
  EXPECT_TRUE(read->first_argument_known);
  const auto epoll = (*target)->syscall(2);
  ASSERT_TRUE(epoll);
  EXPECT_EQ(epoll->name, "epoll_pwait");
  EXPECT_FALSE(epoll->first_argument_known);
  EXPECT_FALSE((*target)->syscall(3));
  EXPECT_FALSE((*target)->syscall(4));
}

std::optional<model::Crash> crash_of(std::int16_t signal, std::int32_t code, std::uint64_t address) {
  CoreBuilder core;
  core.thread(9, signal).signal(signal, code, address).memory(kHeap, "x");
  return (*open_built(core))->crash();
}

TEST(CoreTarget, DescribesTheCrash) {
  const auto fault = crash_of(SIGSEGV, 1, 0xdead);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->signal_name, "SIGSEGV");
  EXPECT_EQ(fault->code, "SEGV_MAPERR");
  EXPECT_EQ(fault->fault_address, 0xdeadU);
  EXPECT_EQ(fault->tid, 9);
  EXPECT_FALSE(fault->sender_pid);

  const auto sent = crash_of(SIGABRT, -6, (std::uint64_t{1000} << 32U) | 77U);
  EXPECT_EQ(sent->code, "SI_TKILL");
  EXPECT_EQ(sent->sender_pid, 77);
  EXPECT_EQ(sent->sender_uid, 1000);
  EXPECT_FALSE(sent->fault_address);

  const auto protection = crash_of(SIGSEGV, 128, 0);
  EXPECT_EQ(protection->code, "SI_KERNEL");
  EXPECT_FALSE(protection->fault_address);

  EXPECT_FALSE(crash_of(SIGSTOP, 128, 0)) << "gcore writes this of a process that went on";
  EXPECT_FALSE(crash_of(0, 0, 0));
}

TEST(CoreTarget, RecognisesFilesByTheirHeadersWhereTheListIsLost) {
  const std::string library = testing::make_library("0123456789abcdef");
  CoreBuilder core;
  core.thread(1).process(1, "python3", "/opt/python3 x").auxv({{AT_PHDR, kBase + 64}});
  core.memory(kHeap, std::string(kPage, 'h'))
      .memory(kBase, library.substr(0, kPage), PF_R)
      .memory(kBase + kPage, "", PF_R | PF_X, kPage);
  const auto target = open_built(core);
  ASSERT_TRUE(target);
  EXPECT_EQ((*target)->mappings().size(), 3U);
  EXPECT_FALSE((*target)->warnings().empty());
}

TEST(CoreTarget, ReadsTheWholeCommandLineFromTheStack) {
  constexpr Address stack = 0x7ffff0000000;
  std::string bytes(kPage, '\0');
  const auto put = [&](std::size_t at, std::uint64_t value) { std::memcpy(bytes.data() + at, &value, sizeof value); };
  const std::string long_name(200, 'n');
  bytes.replace(0x800, 7, std::string("python\0", 7));
  bytes.replace(0x810, long_name.size(), long_name);
  put(0x100, 2);  // argc, argv, NULL, envp, NULL, auxv
  put(0x108, stack + 0x800);
  put(0x110, stack + 0x810);
  put(0x120, stack + 0x900);
  put(0x130, AT_RANDOM);
  put(0x138, stack + 0x700);
  put(0x140, AT_PAGESZ);
  put(0x148, kPage);
  CoreBuilder core;
  core.thread(1).process(1, "python", "python nnn").auxv({{AT_RANDOM, stack + 0x700}, {AT_PAGESZ, kPage}});
  core.memory(stack, bytes);
  const auto target = open_built(core);
  ASSERT_TRUE(target);
  EXPECT_EQ((*target)->source().command_line, (std::vector<std::string>{"python", long_name}));
}

// Python 2.7 changes argv, and unsetenv() leaves two ends behind the environment.
TEST(CoreTarget, ReadsTheCommandLineThatTheKernelGave) {
  constexpr Address stack = 0x7ffff0000000;
  std::string bytes(kPage, '\0');
  const auto put = [&](std::size_t at, std::uint64_t value) { std::memcpy(bytes.data() + at, &value, sizeof value); };
  bytes.replace(0x800, 20, std::string("python\0-c\0print(1)\0", 19) + "A");
  put(0x100, 3);  // argc, argv, NULL, envp, NULL, NULL, auxv
  put(0x108, stack + 0x800);
  put(0x110, stack + 0x807);
  put(0x118, 0x7fff'0000'1000);
  put(0x128, stack + 0x813);
  put(0x140, AT_RANDOM);
  put(0x148, stack + 0x700);
  put(0x150, AT_PAGESZ);
  put(0x158, kPage);
  CoreBuilder core;
  core.thread(1).process(1, "python", "python nnn").auxv({{AT_RANDOM, stack + 0x700}, {AT_PAGESZ, kPage}});
  core.memory(stack, bytes);
  const auto target = open_built(core);
  ASSERT_TRUE(target);
  EXPECT_EQ((*target)->source().command_line, (std::vector<std::string>{"python", "-c", "print(1)"}));
}

TEST(CoreTarget, TellsApartWhatCannotBeOpened) {
  const TemporaryFolder folder;
  EXPECT_EQ(open_core(folder.path() + "/none", {}).error().kind, ErrorKind::not_found);
  EXPECT_NE(open_core(folder.path(), {}).error().stopper.find("a directory"), std::string::npos);
  EXPECT_NE(open_core(folder.add("empty", ""), {}).error().stopper.find("empty"), std::string::npos);
  EXPECT_NE(open_core("/dev/null", {}).error().stopper.find("not a regular file"), std::string::npos);
  EXPECT_NE(open_core(folder.add("gz", "\x1f\x8b\x08 nonsense"), {}).error().stopper.find("gzip"), std::string::npos);
}

}  // namespace
}  // namespace stillframe::target
