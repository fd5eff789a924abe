#include "native/code_patterns.h"

#include <algorithm>
#include <array>
#include <span>

namespace stillframe::native {
namespace {

using binary::RuleKind;
using binary::UnwindRow;
using memory::Address;

bool is_at(const memory::MemorySource& code, Address at, std::span<const std::uint8_t> expected) {
  std::array<std::uint8_t, 16> bytes{};
  const auto piece = std::span(bytes).first(std::min(expected.size(), bytes.size()));
  return code.read(at, std::as_writable_bytes(piece)) && std::ranges::equal(piece, expected);
}

#if defined(__x86_64__)

// `mov $15,%rax; syscall` (glibc's and musl's __restore_rt) and `mov $15,%eax; syscall`.
constexpr auto kSignalReturn = std::to_array<std::uint8_t>({0x48, 0xC7, 0xC0, 0x0F, 0, 0, 0, 0x0F, 0x05});
constexpr auto kShortSignalReturn = std::to_array<std::uint8_t>({0xB8, 0x0F, 0, 0, 0, 0x0F, 0x05});
constexpr std::size_t kSystemCallSize = 2;
// `mov %eax,%edi; xor %eax,%eax; mov $60,%al; syscall`: musl, src/thread/x86_64/clone.s.
constexpr auto kThreadEnd = std::to_array<std::uint8_t>({0x89, 0xC7, 0x31, 0xC0, 0xB0, 0x3C, 0x0F, 0x05});

// struct rt_sigframe of arch/x86/include/asm/sigframe.h: the handler's return address, which it has popped, struct
// ucontext, and in that at 40 struct sigcontext. These are the DWARF numbers of the latter's words, in their order.
constexpr std::int64_t kSavedAt = 40;
constexpr auto kSaved = std::to_array<std::size_t>({8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16});
constexpr std::uint64_t kReturnRegister = 16;

#elif defined(__aarch64__)

// `mov x8, #139; svc #0`: the kernel's vDSO, whose unwind rules do not lead to the interrupted instruction
// (arch/arm64/kernel/vdso/sigreturn.S says so), and musl's __restore_rt.
constexpr auto kSignalReturn = std::to_array<std::uint8_t>({0x68, 0x11, 0x80, 0xD2, 0x01, 0, 0, 0xD4});
constexpr auto kShortSignalReturn = kSignalReturn;
constexpr std::size_t kSystemCallSize = 4;
// `mov x8, #93; svc #0`: musl, src/thread/aarch64/clone.s.
constexpr auto kThreadEnd = std::to_array<std::uint8_t>({0xA8, 0x0B, 0x80, 0xD2, 0x01, 0, 0, 0xD4});

// struct rt_sigframe of arch/arm64/kernel/signal.c: siginfo (128 bytes), then struct ucontext, and in that at 176
// struct sigcontext: the fault address, x0 to x30, sp, pc. These are the DWARF numbers of the latter's words, in their
// order.
constexpr std::int64_t kSavedAt = 128 + 176 + 8;
constexpr std::array<std::size_t, binary::kUnwindRegisters> kSaved = [] {
  std::array<std::size_t, binary::kUnwindRegisters> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = i;
  }
  return numbers;
}();
constexpr std::uint64_t kReturnRegister = 32;

#else
#error "this architecture is not supported"
#endif

static_assert(kSaved.size() == binary::kUnwindRegisters);

UnwindRow make_signal_row() {
  UnwindRow row{.cfa_register = binary::kStackPointer, .return_register = kReturnRegister, .signal_frame = true};
  std::int64_t at = kSavedAt;
  for (const std::size_t number : kSaved) {
    row.registers[number] = {.kind = RuleKind::at_offset, .value = at, .expression = {}};
    at += sizeof(Address);
  }
  return row;
}

// Of the two instructions the second one may be the next, too: nothing on the stack changes between them.
bool is_either_of(const memory::MemorySource& code, Address pc, std::span<const std::uint8_t> instructions) {
  const std::size_t first_size = instructions.size() - kSystemCallSize;
  return is_at(code, pc, instructions) ||
         (is_at(code, pc, instructions.subspan(first_size)) && is_at(code, pc - first_size, instructions));
}

}  // namespace

const UnwindRow* signal_return_row(const memory::MemorySource& code, Address pc) {
  static const UnwindRow row = make_signal_row();
  const bool found = is_either_of(code, pc, kSignalReturn) || is_either_of(code, pc, kShortSignalReturn);
  return found ? &row : nullptr;
}

bool ends_thread(const memory::MemorySource& code, Address pc) {
  return is_at(code, pc, kThreadEnd);
}

}  // namespace stillframe::native
