#include "native/switch_point.h"

#include <algorithm>
#include <array>

#include "cpython/stacks/greenlet_module.h"

namespace stillframe::native {
namespace {

using binary::kFramePointer;
using binary::kStackPointer;

// slp_switch has a frame of some ten words.
constexpr std::size_t kWords = 64;
// A prologue of six pushes and an allocation is half as long.
constexpr Address kLongestPrologue = 64;
// The whole of slp_switch.
constexpr Address kLongestSwitchFunction = 512;

bool in_greenlet_module(Modules& modules, Address pc) {
  const Module* module = modules.find(pc);
  return module != nullptr && modules.is_code(pc) && cpython::is_greenlet_file(module->path());
}

// The first instruction of `function` at which the rules say that the return address stands at `slot`.
std::optional<SwitchPoint> behind_prologue(Modules& modules, Address function, Address stack_start, Address slot) {
  for (Address pc = function; pc < function + kLongestPrologue; ++pc) {
    const binary::UnwindRow* row = modules.row_at(pc);
    if (row == nullptr || row->cfa_is_expression) {
      return std::nullopt;
    }
    const auto& rule = row->registers[static_cast<std::size_t>(
        std::min<std::uint64_t>(row->return_register, row->registers.size() - 1))];
    if (rule.kind != binary::RuleKind::at_offset) {
      return std::nullopt;
    }
    const Address cfa = slot - static_cast<Address>(rule.value);
    SwitchPoint point{.pc = pc, .registers = {}};
    point.registers.set(kStackPointer, stack_start);
    if (row->cfa_register == kStackPointer && stack_start + static_cast<Address>(row->cfa_offset) == cfa) {
      return point;
    }
    // Built with frame pointers, at the last instruction of the prologue: how far the stack pointer goes down is not
    // said, and need not be known.
    if (row->cfa_register == kFramePointer && pc + 1 == function + kLongestPrologue) {
      point.registers.set(kFramePointer, cfa - static_cast<Address>(row->cfa_offset));
      return point;
    }
  }
  return std::nullopt;
}

#if defined(__x86_64__)
// slp_switch keeps rbx, and rbp where it is no frame pointer, in local variables that no rule tells of: `mov %rbx,
// disp(%rsp)` in its code does (switch_amd64_unix.h; Intel SDM volume 2, MOV and ModRM).
std::optional<Address> stored_at(const std::array<std::uint8_t, kLongestSwitchFunction>& code, std::size_t size,
                                 std::uint8_t number) {
  for (std::size_t i = 0; i + 8 <= size; ++i) {
    const auto modrm = [&](unsigned mode) {
      return static_cast<std::uint8_t>(mode << 6U | unsigned{number} << 3U | 4U);
    };
    if (code[i] != 0x48 || code[i + 1] != 0x89 || code[i + 3] != 0x24) {
      continue;
    }
    if (code[i + 2] == modrm(0)) {
      return 0;
    }
    if (code[i + 2] == modrm(1) && code[i + 4] < 0x80) {
      return code[i + 4];
    }
  }
  return std::nullopt;
}

void add_stored_registers(Modules& modules, const memory::MemorySource& stack, Address function, Address stack_start,
                          SwitchPoint& point) {
  constexpr std::size_t kRbx = 3;              // by DWARF's numbering; the processor's is the same
  constexpr std::uint8_t kRbpOfProcessor = 5;  // DWARF: 6
  std::array<std::uint8_t, kLongestSwitchFunction> code{};
  const binary::UnwindRow* row = modules.row_at(function);
  const Address length = row != nullptr && row->end > function ? row->end - function : 0;
  const auto size = static_cast<std::size_t>(std::min(length, kLongestSwitchFunction));
  if (size == 0 || !modules.code().read(function, std::as_writable_bytes(std::span(code).first(size)))) {
    return;
  }
  for (const auto& [number, machine] : {std::pair{kRbx, std::uint8_t{3}}, std::pair{kFramePointer, kRbpOfProcessor}}) {
    const auto at = point.registers.get(number) ? std::nullopt : stored_at(code, size, machine);
    const auto value = at ? stack.get<std::uint64_t>(stack_start + *at) : std::unexpected(memory::Fault{});
    if (value) {
      point.registers.set(number, *value);
    }
  }
}
#else
void add_stored_registers(Modules& /*modules*/, const memory::MemorySource& /*stack*/, Address /*function*/,
                          Address /*stack_start*/, SwitchPoint& /*point*/) {}
#endif

}  // namespace

std::optional<SwitchPoint> find_switch_point(Modules& modules, const memory::MemorySource& stack, Address stack_start) {
  for (std::size_t i = 0; i < kWords; ++i) {
    const Address slot = stack_start + i * sizeof(Address);
    const auto word = stack.get<Address>(slot);
    if (!word) {
      return std::nullopt;
    }
    if (!in_greenlet_module(modules, *word) || !modules.follows_call(*word)) {
      continue;
    }
    const auto function = modules.direct_call_target(*word);
    if (!function || !in_greenlet_module(modules, *function)) {
      continue;
    }
    if (auto point = behind_prologue(modules, *function, stack_start, slot)) {
      add_stored_registers(modules, stack, *function, stack_start, *point);
      return point;
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::native
