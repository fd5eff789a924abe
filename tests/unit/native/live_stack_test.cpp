// Programs of four functions, compiled in every way that matters, blocked in the innermost, unwound while they live.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core_builder.h"
#include "native/thread_stacks.h"
#include "target/live_target.h"

namespace stillframe::native {
namespace {

using testing::TemporaryFolder;

constexpr std::string_view kProgram = R"(
#include <stdio.h>
#include <unistd.h>
#define FUNCTION __attribute__((noinline))
FUNCTION static long inner(long x) { pause(); __asm__ volatile("" ::: "memory"); return x + 1; }
FUNCTION static long middle(long x) {
  char room[200];
  __asm__ volatile("" : : "r"(room) : "memory");
  return inner(x) + room[3];
}
FUNCTION static long outer(long x) { return middle(x) + middle(x + 1) + x; }
int main(void) {
  printf("%d\n", (int)getpid());
  fflush(stdout);
  return (int)(outer(1) + outer(2));
}
)";

std::string run(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "re");
  std::array<char, 4096> part{};
  for (std::size_t size = 0; pipe != nullptr && (size = fread(part.data(), 1, part.size(), pipe)) > 0;) {
    text.append(part.data(), size);
  }
  EXPECT_EQ(pipe == nullptr ? -1 : pclose(pipe), 0) << command;
  return text;
}

class LiveStackTest : public ::testing::TestWithParam<const char*> {
 protected:
  LiveStackTest() {
    const std::string source = folder_.add("program.c", kProgram);
    program_ = folder_.path() + "/program";
    run("cc " + std::string(GetParam()) + " -o " + program_ + " " + source + " 2>&1");
    std::istringstream symbols(run("nm -S --defined-only " + program_));
    for (std::string line; std::getline(symbols, line);) {
      std::istringstream words(line);
      Modules::Range range;
      std::string type;
      std::string name;
      if (words >> std::hex >> range.begin >> range.end >> type >> name && (type == "t" || type == "T")) {
        range.end += range.begin;
        functions_[name] = range;
      }
    }
    pipe_ = popen(("exec " + program_).c_str(), "re");
    std::array<char, 32> line{};
    if (pipe_ != nullptr && fgets(line.data(), line.size(), pipe_) != nullptr) {
      pid_ = std::stoi(line.data());
    }
  }
  LiveStackTest(const LiveStackTest&) = delete;
  LiveStackTest& operator=(const LiveStackTest&) = delete;
  LiveStackTest(LiveStackTest&&) = delete;
  LiveStackTest& operator=(LiveStackTest&&) = delete;
  ~LiveStackTest() override {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
    }
    if (pipe_ != nullptr) {
      pclose(pipe_);
    }
  }

  // The program is on its way into pause() for a moment.
  [[nodiscard]] bool wait_until_it_sleeps(const target::Target& target) const {
    for (int i = 0; i < 20'000; ++i) {
      const auto call = target.syscall(pid_);
      if (call && (call->number == SYS_ppoll || is_pause(*call))) {
        return true;
      }
      usleep(1000);
    }
    return false;
  }

  static bool is_pause([[maybe_unused]] const target::Syscall& call) {
#if defined(SYS_pause)
    return call.number == SYS_pause;
#else
    return false;  // glibc calls ppoll there
#endif
  }

  // The functions of the program on the stack, innermost first; "?" where an address is in none of them.
  [[nodiscard]] std::string unwind(bool stopped) const {
    const auto target = target::open_process(pid_);
    if (!target || !wait_until_it_sleeps(**target)) {
      return "it does not sleep";
    }
    const auto threads = (*target)->threads();
    const auto hold =
        stopped ? (*target)->stop(std::array{target::Tid{pid_}}) : Result<std::unique_ptr<target::Hold>>();
    memory::CapturedMemory memory((*target)->memory());
    Modules modules(**target, (*target)->memory());
    modules.ask_for_functions([this](Module& module, Address at) -> std::optional<Modules::Range> {
      if (const auto function = function_at(module, at)) {
        const Address bias = module.image()->bias();
        return Modules::Range{.begin = function->second.begin + bias, .end = function->second.end + bias};
      }
      return std::nullopt;
    });
    StackReader reader(**target, memory, modules);
    auto stacks = reader.capture(*threads, stopped ? hold->get() : nullptr);
    reader.unwind(stacks, true);
    std::string names;
    for (const RawNativeFrame& frame : stacks[0].stack.frames) {
      if (frame.module == nullptr || frame.module->path() != program_) {
        continue;
      }
      const auto function = function_at(*frame.module, frame.after_call ? frame.pc - 1 : frame.pc);
      const std::string name = function ? function->first : "?";
      names += name.contains("pause") || name.contains("libc_start") ? "" : name + " ";  // of a static libc
    }
    return names + stacks[0].stack.end_reason.value_or("");
  }

  [[nodiscard]] std::optional<std::pair<std::string, Modules::Range>> function_at(const Module& module,
                                                                                  Address at) const {
    const Address linked = module.linked(at);
    for (const auto& one : functions_) {
      if (module.path() == program_ && linked >= one.second.begin && linked < one.second.end) {
        return one;
      }
    }
    return std::nullopt;
  }

  TemporaryFolder folder_;
  std::string program_;
  std::map<std::string, Modules::Range> functions_;
  FILE* pipe_ = nullptr;
  int pid_ = 0;
};

TEST_P(LiveStackTest, IsUnwound) {
  ASSERT_GT(pid_, 0);
  constexpr std::string_view kExpected = "inner middle outer main _start ";
  EXPECT_EQ(unwind(true), kExpected) << "with all registers";
  const std::string_view options = GetParam();
  if (options.contains("-fno-unwind-tables") && !options.contains("-g")) {
    EXPECT_EQ(unwind(false), "inner the registers that lead on are not known") << "no guess while it was not stopped";
  } else if (!options.contains("-fno-omit-frame-pointer")) {
    EXPECT_EQ(unwind(false), kExpected) << "with what /proc tells of a system call";
  }
}

INSTANTIATE_TEST_SUITE_P(Compiled, LiveStackTest,
                         ::testing::Values("-O2 -fomit-frame-pointer",  //
                                           "-O0 -fno-omit-frame-pointer",
                                           // No rules at all: guesses.
                                           "-O2 -fomit-frame-pointer -fno-asynchronous-unwind-tables "
                                           "-fno-unwind-tables",
                                           "-O0 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables "
                                           "-fno-unwind-tables",
                                           // .debug_frame alone.
                                           "-g -gz -O2 -fomit-frame-pointer -fno-asynchronous-unwind-tables "
                                           "-fno-unwind-tables",
                                           // .eh_frame that no search table leads to.
                                           "-O2 -fomit-frame-pointer -Wl,--no-eh-frame-hdr", "-O2 -no-pie -static"));

}  // namespace
}  // namespace stillframe::native
