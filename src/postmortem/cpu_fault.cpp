#include "postmortem/cpu_fault.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "binary/instruction.h"
#include "text/signals.h"

namespace stillframe::postmortem {
namespace {

using memory::Address;
using native::RawNativeFrame;

constexpr std::size_t kLongestInstruction = 15;
// Below a stack there is at most this much that cannot be accessed: glibc's guard is a page, musl's a few, Rust's own
// and the kernel's (stack_guard_gap, 256 pages) up to a megabyte.
constexpr std::uint64_t kLargestGuard = std::uint64_t{1} << 20U;

// User addresses have 47 bits (56 with five-level page tables, which only who asks for gets); so has the kernel's half.
bool is_canonical(Address address) {
  constexpr std::uint32_t kAddressBits = 47;
  const Address high = address >> kAddressBits;
  return high == 0 || high == (~Address{0} >> kAddressBits);
}

bool is_accessible(const target::Mapping& mapping) {
  return mapping.readable || mapping.writable || mapping.executable;
}

// Where the processor stopped, and what it says itself of the reason.
struct Stop {
  const RawNativeFrame* frame = nullptr;
  bool handled = false;
  std::optional<Address> address;
  std::optional<model::AccessKind> access;
};

// The kernel saves what a handler interrupts: struct sigcontext of x86-64 (arch/x86/include/uapi/asm/sigcontext.h) in
// struct ucontext, at which the stack pointer stands in the call that ends the handler.
struct SavedTrap {
  std::uint64_t error = 0;
  std::uint64_t number = 0;
  std::uint64_t signal_mask = 0;
  Address address = 0;
};
constexpr Address kTrapInContext = 40 + 19 * sizeof(std::uint64_t);
constexpr std::uint64_t kPageFault = 14;
constexpr std::uint64_t kWriteBit = 2;
constexpr std::uint64_t kFetchBit = 16;

#if defined(__x86_64__)
constexpr bool kTellsTraps = true;
#else
constexpr bool kTellsTraps = false;
#endif

// What a handler of the program was called for. The trap may be an older one: whoever believes it compares the address
// with what the instruction touches.
std::optional<Stop> stop_below_handler(const memory::MemorySource& memory, const native::NativeStack& stack) {
  const auto signal = std::ranges::find_if(stack.frames, &RawNativeFrame::signal);
  if (signal == stack.frames.end() || std::next(signal) == stack.frames.end()) {
    return std::nullopt;
  }
  Stop stop{.frame = &*std::next(signal), .handled = true};
  const auto trap = memory.get<SavedTrap>(signal->sp + kTrapInContext);
  if (kTellsTraps && trap && trap->number == kPageFault) {
    stop.address = trap->address;
    stop.access = (trap->error & kFetchBit) != 0   ? model::AccessKind::execute
                  : (trap->error & kWriteBit) != 0 ? model::AccessKind::write
                                                   : model::AccessKind::read;
  }
  return stop;
}

std::optional<Stop> find_stop(const memory::MemorySource& memory, const native::ThreadStack& died,
                              const model::Crash& crash) {
  if (died.unknown || died.stack.frames.empty()) {
    return std::nullopt;
  }
  if (text::is_cpu_fault(crash.signal) && !crash.sender_pid && crash.code) {
    return Stop{.frame = died.stack.frames.data(), .address = crash.fault_address};
  }
  return stop_below_handler(memory, died.stack);
}

std::optional<binary::Instruction> instruction_at(const native::Modules& modules, const RawNativeFrame& frame) {
  std::array<std::byte, kLongestInstruction> bytes{};
  std::size_t length = bytes.size();
  while (length > 0 && !modules.code().read(frame.pc, std::span(bytes).first(length))) {
    --length;  // at the end of its mapping
  }
  return length == 0 ? std::nullopt
                     : binary::decode_instruction(std::span(bytes).first(length), frame.pc, frame.registers);
}

// A signal that the thread sent itself comes at the end of a system call.
bool follows_system_call(const native::Modules& modules, Address pc) {
  constexpr std::array kSyscall{std::byte{0x0f}, std::byte{0x05}};
  const auto bytes = modules.code().get<std::array<std::byte, kSyscall.size()>>(pc - kSyscall.size());
  return !bytes || *bytes == kSyscall;
}

// Whether the trap that was noted when a handler was called is what it was called for, and no older one.
bool is_believable(const native::Modules& modules, const Stop& stop,
                   const std::optional<binary::Instruction>& instruction, const binary::MemoryOperand* operand) {
  return operand != nullptr || stop.address == stop.frame->pc ||
         (!instruction && stop.address && !follows_system_call(modules, stop.frame->pc));
}

// Which of the places that an instruction touches is the one that was refused. Without an address it is one that none
// can be (a general protection fault), or one where nothing may be touched (a handler that had no stack left to run
// on).
const binary::MemoryOperand* refused(const binary::Instruction& instruction, std::optional<Address> address,
                                     std::span<const target::Mapping> mappings) {
  const auto is_refused = [&](const binary::MemoryOperand& operand) {
    if (!operand.address) {
      return false;
    }
    const Address at = *operand.address;
    if (address) {
      return *address >= at && *address - at < std::max<std::uint32_t>(operand.size, 1);
    }
    const auto* mapping = target::mapping_at(mappings, at);
    return !is_canonical(at) || mapping == nullptr || !is_accessible(*mapping);
  };
  const auto found = std::ranges::find_if(instruction.memory, is_refused);
  return found == instruction.memory.end() ? nullptr : &*found;
}

void add_operand(const binary::MemoryOperand& operand, model::Fault& fault) {
  fault.address = fault.address ? fault.address : operand.address;
  fault.operand = operand.text;
  fault.bytes = operand.masked ? 0 : operand.size;
  if (!fault.access) {
    fault.access = operand.written ? model::AccessKind::write : model::AccessKind::read;
  }
  for (const binary::NamedRegister& one : operand.registers) {
    fault.registers.push_back({.name = one.name, .value = one.value});
  }
}

std::optional<std::uint64_t> file_size(const target::Target& target, const std::string& path) {
  const auto file = target.open_file(path);
  struct stat status{};
  if (!file || fstat(file->fd(), &status) != 0 || status.st_size < 0) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(status.st_size);
}

model::MemoryArea area_of(const target::Target& target, const target::Mapping& mapping) {
  model::MemoryArea area{.begin = mapping.begin,
                         .end = mapping.end,
                         .readable = mapping.readable,
                         .writable = mapping.writable,
                         .executable = mapping.executable,
                         .file_offset = mapping.offset};
  if (mapping.path.starts_with('/')) {
    area.path = mapping.path;
    area.file_size = mapping.deleted ? std::nullopt : file_size(target, mapping.path);
  }
  return area;
}

}  // namespace

std::optional<model::Fault> describe_cpu_fault(const target::Target& target, const native::Modules& modules,
                                               const native::ThreadStack& died, const model::Crash& crash) {
  const auto stop = find_stop(target.memory(), died, crash);
  if (!stop) {
    return std::nullopt;
  }
  model::Fault fault{.pc = stop->frame->pc, .address = stop->address, .access = stop->access, .handled = stop->handled};
  const bool of_memory = crash.signal == SIGSEGV || crash.signal == SIGBUS;
  if (of_memory && fault.address == fault.pc) {
    fault.access = model::AccessKind::execute;
  }
  const auto instruction = instruction_at(modules, *stop->frame);
  const auto* operand = instruction ? refused(*instruction, fault.address, target.mappings()) : nullptr;
  if (stop->handled && !is_believable(modules, *stop, instruction, operand)) {
    return std::nullopt;
  }
  if (instruction) {
    fault.instruction = instruction->text;
    fault.trap = instruction->traps;
    fault.wide = instruction->wide;
    if (instruction->divisor) {
      fault.registers.push_back({.name = instruction->divisor->name, .value = instruction->divisor->value});
    }
  }
  if (operand != nullptr) {
    add_operand(*operand, fault);
  }
  const auto* mapping = of_memory && fault.address ? target::mapping_at(target.mappings(), *fault.address) : nullptr;
  if (mapping != nullptr) {
    fault.area = area_of(target, *mapping);
    // What may be read and was refused was a write.
    const bool refused_write = crash.code == "SEGV_ACCERR" && mapping->readable && !mapping->writable;
    if (refused_write && fault.access != model::AccessKind::execute) {
      fault.access = model::AccessKind::write;
    }
  }
  return fault;
}

std::optional<model::StackArea> describe_stack(const target::Target& target, const native::ThreadStack& died,
                                               const model::Crash& crash) {
  const auto stop = find_stop(target.memory(), died, crash);
  if (!stop) {
    return std::nullopt;
  }
  const Address sp = stop->frame->sp;
  const auto mappings = target.mappings();
  const auto above = std::ranges::upper_bound(mappings, sp, {}, &target::Mapping::end);
  // A stack pointer in the guard, or below it, belongs to the stack above.
  const auto stack = std::find_if(above, mappings.end(), is_accessible);
  if (stack == mappings.end() || !stack->writable || (stack->begin > sp && stack->begin - sp > kLargestGuard)) {
    return std::nullopt;
  }
  model::StackArea area{.begin = stack->begin, .end = stack->end, .sp = sp, .guard = stack->begin};
  if (stack != mappings.begin()) {
    const target::Mapping& below = *std::prev(stack);
    area.guard = below.end == stack->begin && !is_accessible(below) ? below.begin : area.guard;
  }
  return area;
}

}  // namespace stillframe::postmortem
