#include "native/modules.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "binary/loaded_file.h"
#include "core_builder.h"
#include "native/fake_stack.h"

namespace stillframe::native {
namespace {

using testing::FakeMemory;
using testing::FakeStack;
using testing::FakeTarget;
using testing::LoadedFile;

std::string sh(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "re");
  std::array<char, 65536> part{};
  for (std::size_t size = 0; pipe != nullptr && (size = fread(part.data(), 1, part.size(), pipe)) > 0;) {
    text.append(part.data(), size);
  }
  EXPECT_EQ(pipe == nullptr ? -1 : pclose(pipe), 0) << command;
  return text;
}

// One instruction as objdump names it.
struct Instruction {
  Address begin = 0;
  bool call = false;
  bool comes_to_an_end = false;  // what stands behind it is the next instruction
};

std::vector<Instruction> disassemble(const std::string& options, const std::string& file) {
  std::istringstream lines(sh("objdump --no-show-raw-insn " + options + " " + file));
  std::vector<Instruction> all;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(":\t");
    if (colon == std::string::npos || line.front() != ' ') {
      continue;
    }
    const std::size_t first = line.find_first_not_of(' ');
    Address begin = 0;
    std::from_chars(line.data() + first, line.data() + colon, begin, 16);
    const std::string text = line.substr(colon + 2);
    const bool call = text.starts_with("call") || text.starts_with("notrack call") || text.starts_with("bnd call") ||
                      text.starts_with("bl ") || text.starts_with("bl\t") || text.starts_with("blr");
    all.push_back({.begin = begin, .call = call});
  }
  return all;
}

struct Counts {
  int calls = 0;
  int missed = 0;
  int others = 0;
  int mistaken = 0;  // taken for what follows a call
};

Counts count(const std::vector<Instruction>& code, const Modules& modules, Address bias) {
  Counts counts;
  for (std::size_t i = 1; i < code.size(); ++i) {
    const bool follows = modules.follows_call(code[i].begin + bias);
    if (code[i - 1].call) {
      ++counts.calls;
      counts.missed += follows ? 0 : 1;
      EXPECT_TRUE(follows) << std::hex << code[i].begin;
    } else {
      ++counts.others;
      counts.mistaken += follows ? 1 : 0;
    }
  }
  return counts;
}

target::Mapping code_mapping(Address begin, Address end) {
  return {.begin = begin, .end = end, .readable = true, .executable = true, .inode = 7, .path = "/lib/fake.so"};
}

TEST(FollowsCall, AgreesWithObjdumpAboutLibc) {
  Dl_info info{};
  ASSERT_NE(dladdr(reinterpret_cast<const void*>(&getppid), &info), 0);
  const LoadedFile file(info.dli_fname);
  const FakeTarget target(file.memory,
                          {code_mapping(LoadedFile::kBase + file.code_begin, LoadedFile::kBase + file.code_end)}, true);
  const Modules modules(target, file.memory);
  const Counts counts = count(disassemble("-d -j .text", info.dli_fname), modules, LoadedFile::kBase);
  EXPECT_GT(counts.calls, 5000);
  EXPECT_EQ(counts.missed, 0);
  EXPECT_GT(counts.others, 50'000);
  EXPECT_LT(counts.mistaken * 200, counts.others) << "a byte of a number may look like a call";
}

#if defined(__x86_64__)
TEST(FollowsCall, KnowsEveryEncoding) {
  const testing::TemporaryFolder folder;
  const std::vector<std::string> registers = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                              "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
  std::string source = "start: call start\n call *start(%rip)\n call *0x1234\n notrack call *%rax\n";
  for (const std::string& base : registers) {
    source += "call *%" + base + "\n";
    for (const char* displacement : {"", "0x10", "-0x10", "0x12345", "-0x12345"}) {
      source += std::string("call *") + displacement + "(%" + base + ")\n";
      for (const std::string& index : registers) {
        if (index != "rsp") {
          source += std::string("call *") + displacement + "(%" + base + ",%" + index + ",8)\n";
          source += std::string("call *") + displacement + "(,%" + index + ",4)\n";
        }
      }
    }
  }
  const std::string file = folder.add("calls.s", source + "nop\n");
  const std::string object = folder.path() + "/calls.o";
  const std::string raw = folder.path() + "/calls.bin";
  sh("as -o " + object + " " + file + " && objcopy -O binary -j .text " + object + " " + raw);
  std::ifstream stream(raw, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  FakeMemory memory;
  memory.put_text(FakeStack::kJit, bytes);
  const FakeTarget target(memory, {code_mapping(FakeStack::kJit, FakeStack::kJit + bytes.size())}, true);
  const Modules modules(target, memory);
  const Counts counts = count(disassemble("-d", object), modules, FakeStack::kJit);
  EXPECT_GT(counts.calls, 2000);
  EXPECT_EQ(counts.missed, 0) << "the first ones have nothing before them that could be read";
}

TEST(FollowsCall, IsNotWhatOnlyLooksAlike) {
  FakeMemory memory;
  memory.map(0x10000, 0x100);
  const FakeTarget target(memory, {code_mapping(0x10000, 0x10080)}, true);
  const Modules modules(target, memory);
  memory.put(0x10010, std::uint16_t{0xE0FF});  // jmp *%rax
  EXPECT_FALSE(modules.follows_call(0x10012));
  memory.put(0x10010, std::uint16_t{0x50FF});  // call *disp8(%rax) that lacks its displacement
  EXPECT_FALSE(modules.follows_call(0x10012));
  EXPECT_TRUE(modules.follows_call(0x10013));
  memory.put(0x10010, std::uint16_t{0xD0FF});
  EXPECT_TRUE(modules.follows_call(0x10012));
  memory.put(0x10090, std::uint16_t{0xD0FF});
  EXPECT_FALSE(modules.follows_call(0x10092)) << "it is not executable";
  for (const Address at : {Address{0}, Address{1}, ~Address{0}, Address{0x10000}, Address{0x10080}}) {
    EXPECT_FALSE(modules.follows_call(at));
  }
}

TEST(DirectCallTarget, IsWhereTheCallLeads) {
  FakeMemory memory;
  memory.map(0x10000, 0x100);
  const FakeTarget target(memory, {code_mapping(0x10000, 0x10100)}, true);
  const Modules modules(target, memory);
  memory.put(0x10020, std::uint8_t{0xE8});
  memory.put(0x10021, std::int32_t{-0x20});
  EXPECT_EQ(modules.direct_call_target(0x10025), 0x10005U);
  EXPECT_FALSE(modules.direct_call_target(0x10026));
  EXPECT_FALSE(modules.direct_call_target(3));
}
#endif

class ModulesTest : public ::testing::Test {
 protected:
  ModulesTest() {
    fake_.sized_function(FakeStack::kText, 0x40, 48);
    fake_.finish();
  }

  static constexpr Address kCode = FakeStack::kBase + FakeStack::kText;
  FakeStack fake_;
};

TEST_F(ModulesTest, FindsTheFileOfAnAddress) {
  const FakeTarget target(fake_.memory, fake_.mappings, true);
  Modules modules(target, fake_.memory);
  Module* module = modules.find(kCode);
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->path(), "/lib/fake.so");
  EXPECT_EQ(module->first_mapping().begin, FakeStack::kBase);
  EXPECT_EQ(module->linked(kCode), FakeStack::kText);
  EXPECT_FALSE(module->is_vdso());
  EXPECT_EQ(modules.find(FakeStack::kBase + 0xFFFF), module) << "one for all mappings of the file";
  EXPECT_EQ(modules.find(FakeStack::kBase + 0x10000), nullptr);
  EXPECT_EQ(modules.find(FakeStack::kBase - 1), nullptr);
  EXPECT_EQ(modules.find(FakeStack::kJit), nullptr) << "no file";
  EXPECT_EQ(modules.find(FakeStack::kStack), nullptr) << "[stack] is no file either";
  EXPECT_EQ(modules.find(~Address{0}), nullptr);
}

TEST_F(ModulesTest, KnowsWhatIsCode) {
  const FakeTarget target(fake_.memory, fake_.mappings, true);
  const Modules modules(target, fake_.memory);
  EXPECT_TRUE(modules.is_code(kCode));
  EXPECT_TRUE(modules.is_code(FakeStack::kJit));
  EXPECT_FALSE(modules.is_code(FakeStack::kBase));
  EXPECT_FALSE(modules.is_code(FakeStack::kStack));
  EXPECT_FALSE(modules.is_code(0));
}

// The zeroed part of a file's data is mapped anonymously right behind it.
TEST_F(ModulesTest, FindsTheOwnerOfZeroedData) {
  fake_.mappings.push_back(
      {.begin = FakeStack::kBase + 0x10000, .end = FakeStack::kBase + 0x12000, .readable = true, .writable = true});
  std::ranges::sort(fake_.mappings, {}, &target::Mapping::begin);
  const FakeTarget target(fake_.memory, fake_.mappings, true);
  Modules modules(target, fake_.memory);
  Module* module = modules.find(kCode);
  EXPECT_EQ(modules.owner_of(FakeStack::kBase + 0x11000), module);
  EXPECT_EQ(modules.owner_of(FakeStack::kBase + 0x9000), module);
  EXPECT_EQ(modules.find(FakeStack::kBase + 0x11000), nullptr);
  EXPECT_EQ(modules.owner_of(FakeStack::kJit), nullptr) << "nothing before it";
  EXPECT_EQ(modules.owner_of(FakeStack::kOtherStack), nullptr);
  EXPECT_EQ(modules.owner_of(0), nullptr);
}

// The same file can be loaded twice (dlmopen): each time is a module of its own.
TEST_F(ModulesTest, KeepsTwoLoadingsApart) {
  constexpr Address kAgain = FakeStack::kBase + 0x100000;
  fake_.memory.map(kAgain, 0x10000);
  const std::size_t count = fake_.mappings.size();
  for (std::size_t i = 0; i < count; ++i) {
    target::Mapping mapping = fake_.mappings[i];
    if (mapping.path == "/lib/fake.so") {
      mapping.begin += 0x100000;
      mapping.end += 0x100000;
      fake_.mappings.push_back(mapping);
    }
  }
  std::ranges::sort(fake_.mappings, {}, &target::Mapping::begin);
  const FakeTarget target(fake_.memory, fake_.mappings, true);
  Modules modules(target, fake_.memory);
  Module* second = modules.find(kAgain + FakeStack::kText);
  ASSERT_NE(second, nullptr);
  EXPECT_NE(second, modules.find(kCode));
  EXPECT_EQ(second->first_mapping().begin, kAgain);
}

TEST_F(ModulesTest, FindsRowsAndCountsWhatTheyCost) {
  const FakeTarget target(fake_.memory, fake_.mappings, true);
  Modules modules(target, fake_.memory);
  const auto* row = modules.row_at(kCode + 4);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->cfa_offset, 48);
  const std::uint64_t effort = modules.effort();
  EXPECT_GT(effort, 0U);
  EXPECT_EQ(modules.row_at(kCode + 4)->cfa_offset, 48);
  EXPECT_EQ(modules.effort(), effort) << "found again for nothing";
  EXPECT_EQ(modules.row_at(kCode + 0x40), nullptr);
  EXPECT_EQ(modules.row_at(FakeStack::kJit), nullptr);
  EXPECT_GT(modules.effort(), effort);
}

// Hostile stacks name ever new places; what is kept of them has a bound, and stays right.
TEST_F(ModulesTest, ForgetsRowsWhenThereAreTooMany) {
  const FakeTarget target(fake_.memory, fake_.mappings, true);
  Modules modules(target, fake_.memory);
  for (Address i = 0; i < 100'000; ++i) {
    EXPECT_EQ(modules.row_at(FakeStack::kStack + i), nullptr);
  }
  ASSERT_NE(modules.row_at(kCode), nullptr);
  EXPECT_EQ(modules.row_at(kCode)->cfa_offset, 48);
}

TEST_F(ModulesTest, AsksWhoKnowsTheFunctions) {
  const FakeTarget target(fake_.memory, fake_.mappings, true);
  Modules modules(target, fake_.memory);
  EXPECT_FALSE(modules.function_at(kCode)) << "nobody was named";
  modules.ask_for_functions([](Module& module, Address pc) {
    EXPECT_EQ(module.path(), "/lib/fake.so");
    return Modules::Range{.begin = pc, .end = pc + 1};
  });
  EXPECT_EQ(modules.function_at(kCode)->begin, kCode);
  EXPECT_FALSE(modules.function_at(FakeStack::kJit)) << "code without a file has no symbols";
}

TEST_F(ModulesTest, LivesWithoutHeaders) {
  fake_.memory.put(FakeStack::kBase, std::uint32_t{0});  // no ELF file any more
  const FakeTarget target(fake_.memory, fake_.mappings, true);
  Modules modules(target, fake_.memory);
  Module* module = modules.find(kCode);
  ASSERT_NE(module, nullptr);
  EXPECT_FALSE(module->image());
  EXPECT_EQ(module->linked(kCode), FakeStack::kText);
  EXPECT_EQ(modules.row_at(kCode), nullptr);
}

// A library as it is mapped: its head, then `size` bytes of code.
std::vector<target::Mapping> mappings_of(const LoadedFile& file, Address size) {
  target::Mapping head = code_mapping(LoadedFile::kBase, LoadedFile::kBase + 0x1000);
  head.executable = false;
  target::Mapping code = code_mapping(LoadedFile::kBase + file.code_begin, LoadedFile::kBase + file.code_begin + size);
  code.offset = 0x1000;
  return {head, code};
}

class FileTarget : public FakeTarget {
 public:
  FileTarget(const memory::MemorySource& memory, std::vector<target::Mapping> mappings, std::string path)
      : FakeTarget(memory, std::move(mappings), true), path_(std::move(path)) {}
  [[nodiscard]] Result<target::FileHandle> open_mapped(const target::Mapping& /*mapping*/) const override {
    return target::FileHandle(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  }
  // Beside the file alone.
  [[nodiscard]] Result<target::FileHandle> open_file(std::string_view path) const override {
    const std::string beside = path_.substr(0, path_.rfind('/')) + std::string(path.substr(path.rfind('/')));
    return path.starts_with("/lib/") ? target::FileHandle(open(beside.c_str(), O_RDONLY | O_CLOEXEC))
                                     : FakeTarget::open_file(path);
  }

 private:
  std::string path_;
};

// A flag without a meaning, for what is stripped afterwards.
constexpr std::string_view kElsewhere = "-DELSEWHERE";

// What is not loaded is read from the file: .debug_frame, compressed too, and that of its debug file, and .eh_frame
// without a search table.
class FromFileTest : public ::testing::TestWithParam<const char*> {};

TEST_P(FromFileTest, GivesRows) {
  const testing::TemporaryFolder folder;
  std::string source = "long work(long);\n";
  for (int i = 0; i < 50; ++i) {  // enough to be worth compressing
    source += "long f" + std::to_string(i) +
              "(long x) { long room[40]; room[x] = work(x); return work(room[1]) + x * " + std::to_string(i + 3) +
              "; }\n";
  }
  const std::string library = folder.path() + "/library.so";
  sh("cc -O2 -fomit-frame-pointer -shared -fPIC -nostdlib " + std::string(GetParam()) + " -o " + library + " " +
     folder.add("library.c", source) + " 2>&1");
  const std::string symbols = sh("nm " + library + " | grep ' T f30$'");
  if (std::string_view(GetParam()).contains(kElsewhere)) {
    sh("cd " + folder.path() + " && objcopy --only-keep-debug library.so library.debug && " +
       "objcopy --strip-all --add-gnu-debuglink=library.debug library.so 2>&1");
  }
  const LoadedFile file(library);
  const FileTarget target(file.memory, mappings_of(file, 0x10000), library);
  Modules modules(target, file.memory);
  Address begin = 0;
  ASSERT_EQ(std::from_chars(symbols.data(), symbols.data() + symbols.size(), begin, 16).ec, std::errc());
  const auto* row = modules.row_at(LoadedFile::kBase + begin + 20);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->begin, LoadedFile::kBase + begin);
  EXPECT_GT(row->cfa_offset, 40 * 8);
}

INSTANTIATE_TEST_SUITE_P(Linked, FromFileTest,
                         ::testing::Values("-g -fno-asynchronous-unwind-tables -fno-unwind-tables",
                                           "-g -gz -fno-asynchronous-unwind-tables -fno-unwind-tables",
                                           "-g -fno-asynchronous-unwind-tables -fno-unwind-tables -DELSEWHERE",
                                           "-g -gz -fno-asynchronous-unwind-tables -fno-unwind-tables -DELSEWHERE",
                                           "-Wl,--no-eh-frame-hdr", ""));

TEST(TailCalls, AreFoundInTheCode) {
  const testing::TemporaryFolder folder;
  const std::string library = folder.path() + "/library.so";
  sh("cc -O2 -fvisibility=hidden -shared -fPIC -nostdlib -o " + library + " " +
     folder.add("library.c",
                "__attribute__((noinline)) long last(long x) { asm volatile(\"\"); return x * 3; }\n"
                "__attribute__((noinline)) long calls(long x) { asm volatile(\"\"); return last(x) + 1; }\n"
                "__attribute__((noinline)) long jumps(long x) { asm volatile(\"\"); return last(x + 1); }\n"
                "__attribute__((noinline)) long jumps_twice(long x) { asm volatile(\"\"); return jumps(x + 1); }\n"
                "__attribute__((noinline)) long jumps_anywhere(long (**to)(long)) { return (*to)(1); }\n"
                "__attribute__((visibility(\"default\"))) long entry(long x, long (**to)(long)) {\n"
                "  return calls(x) + jumps_twice(x) + jumps_anywhere(to) + 1;\n"
                "}\n") +
     " 2>&1");
  const LoadedFile file(library);
  const FileTarget target(file.memory, mappings_of(file, 0x1000), library);
  Modules modules(target, file.memory);
  const auto address = [&](const std::string& name) {
    const std::string line = sh("nm " + library + " | grep -i ' t " + name + "$'");
    Address found = 0;
    EXPECT_EQ(std::from_chars(line.data(), line.data() + line.size(), found, 16).ec, std::errc()) << line;
    return LoadedFile::kBase + found;
  };
  EXPECT_TRUE(modules.tail_calls(address("jumps"), address("last")));
  EXPECT_FALSE(modules.tail_calls(address("calls"), address("last"))) << "it comes back from there";
  EXPECT_FALSE(modules.tail_calls(address("jumps"), address("calls")));
  EXPECT_FALSE(modules.tail_calls(address("jumps") + 1, address("last"))) << "no function begins there";
  EXPECT_FALSE(modules.tail_calls(0, address("last")));
  EXPECT_TRUE(modules.may_end_in(address("jumps"), address("last")));
  EXPECT_TRUE(modules.may_end_in(address("jumps_twice"), address("last")));
  EXPECT_FALSE(modules.tail_calls(address("jumps_twice"), address("last")));
  EXPECT_TRUE(modules.may_end_in(address("jumps_anywhere"), address("last")));
  EXPECT_FALSE(modules.may_end_in(address("calls"), address("last")));
  EXPECT_FALSE(modules.may_end_in(0, address("last")));
}

}  // namespace
}  // namespace stillframe::native
