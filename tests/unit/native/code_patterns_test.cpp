#include "native/code_patterns.h"

#include <gtest/gtest.h>
#include <ucontext.h>

#include <array>
#include <csignal>
#include <cstring>
#include <vector>

#include "native/fake_stack.h"

namespace stillframe::native {
namespace {

using testing::FakeMemory;
using testing::FakeStack;

// This very process, without a system call.
class OwnMemory final : public memory::MemorySource {
 public:
  [[nodiscard]] memory::Read<void> read(Address address, std::span<std::byte> into) const override {
    std::memcpy(into.data(), reinterpret_cast<const void*>(address), into.size());
    return {};
  }
};

// What a handler has seen of the frame that the kernel made for it.
struct Seen {
  Address returns_to = 0;
  Address context = 0;
  bool is_known = false;
  std::vector<std::uint64_t> restored;  // by the row, in the order of DWARF
  std::vector<std::uint64_t> saved;     // as the C library's own structure has them
};
Seen seen;

void handler(int /*number*/, siginfo_t* /*information*/, void* context) {
  const auto* machine = &static_cast<ucontext_t*>(context)->uc_mcontext;
  seen.returns_to = reinterpret_cast<Address>(__builtin_return_address(0));
  seen.context = reinterpret_cast<Address>(context);
  const OwnMemory memory;
  const auto* row = signal_return_row(memory, seen.returns_to);
  seen.is_known = row != nullptr;
#if defined(__x86_64__)
  // `ret` has then taken the return address off the stack.
  const Address sp = seen.context;
  constexpr auto kOrder =
      std::to_array<int>({REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8, REG_R9,
                          REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP});
  for (const int number : kOrder) {
    seen.saved.push_back(static_cast<std::uint64_t>(machine->gregs[number]));
  }
#else
  const Address sp = seen.context - sizeof(siginfo_t);
  seen.saved.assign(std::begin(machine->regs), std::end(machine->regs));
  seen.saved.push_back(machine->sp);
  seen.saved.push_back(machine->pc);
#endif
  for (std::size_t number = 0; row != nullptr && number < row->registers.size(); ++number) {
    const Address cfa = sp + static_cast<Address>(row->cfa_offset);
    const auto word = memory.get<std::uint64_t>(cfa + static_cast<Address>(row->registers[number].value));
    seen.restored.push_back(word.value_or(0));
  }
}

// The truth is what this machine's kernel and C library do.
TEST(SignalReturn, IsThatOfTheKernelAndTheCLibrary) {
  struct sigaction action{};
  struct sigaction before{};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO;
  ASSERT_EQ(sigaction(SIGUSR2, &action, &before), 0);
  seen = {};
  ASSERT_EQ(raise(SIGUSR2), 0);
  ASSERT_EQ(sigaction(SIGUSR2, &before, nullptr), 0);
  ASSERT_NE(seen.context, 0U) << "the handler ran";
  EXPECT_TRUE(seen.is_known);
  EXPECT_EQ(seen.restored, seen.saved);
}

#if defined(__x86_64__)

constexpr Address kStack = FakeStack::kStack;
constexpr Address kOtherStack = FakeStack::kOtherStack + 0x800;
constexpr Address kStartCode = FakeStack::kText + 0x100;       // its return address is undefined
constexpr Address kMainCode = FakeStack::kText + 0x200;        // CFA = rsp + 32
constexpr Address kHandlerCode = FakeStack::kText + 0x300;     // a leaf: CFA = rsp + 8
constexpr Address kTrampolineCode = FakeStack::kText + 0x600;  // no rules from here on
constexpr Address kBareCode = FakeStack::kText + 0x700;
constexpr Address kThreadStart = FakeStack::kText + 0x800;

class KnownCodeTest : public ::testing::Test {
 protected:
  KnownCodeTest() {
    fake_.function(kStartCode, 0x40, {DW_CFA_undefined, 16});
    fake_.sized_function(kMainCode, 0x40, 32);
    fake_.function(kHandlerCode, 0x40);
  }

  static Address in(Address function, Address offset = 0x20) { return FakeStack::kBase + function + offset; }

  void code(Address at, const std::vector<std::uint8_t>& bytes) {
    fake_.memory.write(FakeStack::kBase + at, std::as_bytes(std::span(bytes)));
  }

  // kMainCode, called by kStartCode.
  void put_main(Address at) { fake_.words(at, {0, 0, 0, fake_.call_before(in(kStartCode), in(kMainCode, 0))}); }

  // What the kernel keeps of kMainCode at 0x20, with a stack pointer of its own, where `sp` is on entry of the
  // trampoline.
  void put_signal_frame(Address sp) {
    fake_.memory.put(sp + 40 + 15 * 8, kStack + 0x200);  // rsp
    fake_.memory.put(sp + 40 + 16 * 8, in(kMainCode));   // rip
    fake_.memory.put(sp + 40 + 11 * 8, Address{0xB0B});  // rbx
    put_main(kStack + 0x200);
  }

  NativeStack unwind(Address pc, Address sp) {
    fake_.finish();
    return fake_.unwind(pc, FakeStack::registers({{7, sp}, {6, 42}}));
  }

  static std::vector<Address> pcs(const NativeStack& stack) {
    std::vector<Address> all;
    for (const RawNativeFrame& frame : stack.frames) {
      all.push_back(frame.pc);
    }
    return all;
  }

  FakeStack fake_;
};

using PatternPcs = std::vector<Address>;

class TrampolineTest : public KnownCodeTest, public ::testing::WithParamInterface<std::vector<std::uint8_t>> {};

TEST_P(TrampolineTest, LeadsToWhatWasInterrupted) {
  code(kTrampolineCode, GetParam());
  fake_.words(kOtherStack - 8, {in(kTrampolineCode, 0)});
  put_signal_frame(kOtherStack);
  const auto stack = unwind(in(kHandlerCode, 4), kOtherStack - 8);
  EXPECT_FALSE(stack.end_reason) << *stack.end_reason;
  ASSERT_EQ(pcs(stack), (PatternPcs{in(kHandlerCode, 4), in(kTrampolineCode, 0), in(kMainCode), in(kStartCode)}));
  EXPECT_TRUE(stack.frames[1].signal);
  EXPECT_FALSE(stack.frames[2].after_call) << "it is where the signal came";
  EXPECT_EQ(stack.frames[2].found_by, FoundBy::unwind_rules) << "no guess";
  EXPECT_EQ(stack.frames[2].sp, kStack + 0x200);
  EXPECT_EQ(stack.frames[2].registers.get(3), 0xB0BU);
  EXPECT_EQ(stack.frames[2].registers.get(16), in(kMainCode));
}

TEST_P(TrampolineTest, IsKnownInItsLastInstructionToo) {
  code(kTrampolineCode, GetParam());
  put_signal_frame(kOtherStack);
  const Address last = in(kTrampolineCode, GetParam().size() - 2);
  EXPECT_EQ(pcs(unwind(last, kOtherStack)), (PatternPcs{last, in(kMainCode), in(kStartCode)}));
}

// The handler has no rules either.
TEST_P(TrampolineTest, IsFoundOnTheStack) {
  code(kTrampolineCode, GetParam());
  fake_.words(kOtherStack - 32, {1, 2, 3, in(kTrampolineCode, 0)});
  put_signal_frame(kOtherStack);
  const auto stack = unwind(in(kBareCode), kOtherStack - 32);
  ASSERT_EQ(pcs(stack), (PatternPcs{in(kBareCode), in(kTrampolineCode, 0), in(kMainCode), in(kStartCode)}));
  EXPECT_EQ(stack.frames[1].found_by, FoundBy::stack_scan);
  EXPECT_EQ(stack.frames[2].found_by, FoundBy::unwind_rules);
}

INSTANTIATE_TEST_SUITE_P(Encoded, TrampolineTest,
                         ::testing::Values(std::vector<std::uint8_t>{0x48, 0xC7, 0xC0, 15, 0, 0, 0, 0x0F, 0x05},
                                           std::vector<std::uint8_t>{0xB8, 15, 0, 0, 0, 0x0F, 0x05}));

TEST_F(KnownCodeTest, AnotherSystemCallIsNone) {
  code(kTrampolineCode, {0x48, 0xC7, 0xC0, 14, 0, 0, 0, 0x0F, 0x05});
  fake_.words(kOtherStack - 8, {in(kTrampolineCode, 0)});
  put_signal_frame(kOtherStack);
  const auto stack = unwind(in(kHandlerCode, 4), kOtherStack - 8);
  EXPECT_EQ(pcs(stack), (PatternPcs{in(kHandlerCode, 4), in(kTrampolineCode, 0)}));
  EXPECT_TRUE(stack.end_reason);
}

TEST_F(KnownCodeTest, EndsWhereTheKernelsFrameCannotBeRead) {
  code(kTrampolineCode, {0x48, 0xC7, 0xC0, 15, 0, 0, 0, 0x0F, 0x05});
  const Address end = FakeStack::kOtherStack + FakeStack::kStackSize;
  fake_.words(end - 16, {in(kTrampolineCode, 0), 0});
  const auto stack = unwind(in(kHandlerCode, 4), end - 16);
  EXPECT_EQ(pcs(stack), (PatternPcs{in(kHandlerCode, 4), in(kTrampolineCode, 0)}));
  ASSERT_TRUE(stack.end_reason);
  EXPECT_TRUE(stack.end_reason->contains("cannot be read")) << *stack.end_reason;
}

TEST_F(KnownCodeTest, MemoryThatCannotBeReadIsNoCode) {
  const FakeMemory memory;
  EXPECT_EQ(signal_return_row(memory, 0x1000), nullptr);
  EXPECT_EQ(signal_return_row(memory, 3), nullptr);
  EXPECT_FALSE(ends_thread(memory, 0x1000));
}

// musl's __clone calls a function without rules, which calls one that has them.
TEST_F(KnownCodeTest, ThreadsBeginWhereTheReturnAddressEndsThem) {
  code(kThreadStart + 0x20, {0x89, 0xC7, 0x31, 0xC0, 0xB0, 0x3C, 0x0F, 0x05});
  fake_.words(kStack + 0x100,
              {fake_.indirect_call_before(in(kBareCode)), 1, 2, fake_.indirect_call_before(in(kThreadStart)), 0, 0});
  const auto stack = unwind(in(kHandlerCode, 4), kStack + 0x100);
  EXPECT_FALSE(stack.end_reason) << *stack.end_reason;
  EXPECT_EQ(pcs(stack), (PatternPcs{in(kHandlerCode, 4), in(kBareCode), in(kThreadStart)}));
}

// _start calls what jumps to the function that calls main(): no call leads to that one itself.
TEST_F(KnownCodeTest, AProcessBeginsAtItsEntryPoint) {
  constexpr Address kEntry = FakeStack::kText + 0x900;
  fake_.module.begins_at = kEntry;
  fake_.words(kStack + 0x100, {fake_.indirect_call_before(in(kBareCode)), 1, 2, 3});
  fake_.words(kStack + 0x120, {fake_.call_before(in(kEntry), in(kThreadStart, 0)), 0, 0});
  const auto stack = unwind(in(kHandlerCode, 4), kStack + 0x100);
  EXPECT_FALSE(stack.end_reason) << *stack.end_reason;
  EXPECT_EQ(pcs(stack), (PatternPcs{in(kHandlerCode, 4), in(kBareCode), in(kEntry)}));
}

// From far away it would pass over what stands between.
TEST_F(KnownCodeTest, TheBeginningIsNotGuessedFromFarAway) {
  constexpr Address kEntry = FakeStack::kText + 0x900;
  fake_.module.begins_at = kEntry;
  fake_.words(kStack + 0x100, {fake_.indirect_call_before(in(kBareCode))});
  fake_.words(kStack + 0x1000, {fake_.call_before(in(kEntry), in(kThreadStart, 0))});
  EXPECT_TRUE(unwind(in(kHandlerCode, 4), kStack + 0x100).end_reason);
}

// sem_wait() of musl is `xor %esi,%esi; jmp sem_timedwait`: the call that is found leads to the former.
TEST_F(KnownCodeTest, ACallMayLeadToAFunctionThatJumpsToThisOne) {
  constexpr Address kJumper = FakeStack::kText + 0xA00;
  code(kJumper, {0x31, 0xF6, 0xE9});
  fake_.memory.put(in(kJumper, 3), static_cast<std::int32_t>(in(kBareCode, 0) - in(kJumper, 7)));
  fake_.ask_for_functions = [](Module&, Address pc) -> std::optional<Modules::Range> {
    for (const auto& [begin, size] : {std::pair{in(kBareCode, 0), 0x100}, std::pair{in(kJumper, 0), 7}}) {
      if (pc >= begin && pc < begin + static_cast<Address>(size)) {
        return Modules::Range{.begin = begin, .end = begin + static_cast<Address>(size)};
      }
    }
    return std::nullopt;
  };
  fake_.words(kStack + 0x100, {1, fake_.call_before(in(kMainCode), in(kJumper, 0))});
  put_main(kStack + 0x110);
  EXPECT_EQ(pcs(unwind(in(kBareCode), kStack + 0x100)), (PatternPcs{in(kBareCode), in(kMainCode), in(kStartCode)}));
}

#endif

}  // namespace
}  // namespace stillframe::native
