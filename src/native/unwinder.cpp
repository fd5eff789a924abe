#include "native/unwinder.h"

#include <fmt/format.h>

#include <algorithm>

#include "native/code_patterns.h"
#include "native/stack_guess.h"

namespace stillframe::native {
namespace {

using binary::kFramePointer;
using binary::kStackPointer;
using binary::RegisterRule;
using binary::RegisterSet;
using binary::RuleKind;
using binary::UnwindRow;

// A recursion that overflows the usual 8 MiB makes at most that many.
constexpr std::size_t kMaxFrames = 200'000;
// A handler may be interrupted by a handler; every kind of signal once is the limit of what makes sense.
constexpr int kMaxSignalFrames = 64;

#if defined(__x86_64__)
constexpr std::uint64_t kCalleeSaved = (1U << 3U) | (1U << 6U) | (0xFU << 12U);  // rbx, rbp, r12 to r15
#else
constexpr std::uint64_t kCalleeSaved = 0x7FF80000U;  // x19 to x28, the frame pointer, and x30 in a leaf function
#endif

// aarch64 signs return addresses in the bits above the address space (pointer authentication).
Address strip_signature(Address pc) {
#if defined(__aarch64__)
  constexpr Address kAddressBits = 0x0000FFFFFFFFFFFFU;
  return pc & kAddressBits;
#else
  return pc;
#endif
}

// The rules say that nothing called this function.
bool ends_by_rule(const UnwindRow& row) {
  return row.return_register >= row.registers.size() ||
         row.registers[static_cast<std::size_t>(row.return_register)].kind == RuleKind::undefined;
}

}  // namespace

RegisterSet known_registers(const target::Registers& registers) {
  RegisterSet known;
  for (std::size_t number = 0; number < std::min(registers.dwarf.size(), known.values.size()); ++number) {
    known.set(number, registers.dwarf[number]);
  }
  known.set(kStackPointer, registers.sp);
  return known;
}

RegisterSet known_registers(const target::Syscall& call) {
  RegisterSet known;
  known.set(kStackPointer, call.sp);
  return known;
}

NativeStack Unwinder::unwind(Address pc, const RegisterSet& registers) {
  effort_ = std::min(kMostEffort, effort_of_all_);
  const std::uint64_t allowed = effort_;
  NativeStack stack = follow(pc, registers);
  effort_of_all_ -= allowed - effort_;
  return stack;
}

NativeStack Unwinder::follow(Address pc, const RegisterSet& registers) {
  NativeStack stack;
  stopped_ = registers.get(kFramePointer).has_value();
  RawNativeFrame frame{.pc = pc, .sp = registers.get(kStackPointer).value_or(0), .registers = registers};
  int signals = 0;
  while (true) {
    frame.module = modules_.find(frame.pc);
    RawNativeFrame caller;
    const Step step = this->step(stack, frame, caller);
    signals += frame.signal ? 1 : 0;
    stack.frames.push_back(frame);
    if (effort_ == 0) {
      stack.end_reason = "to follow it further would take more work than any real stack";
      return stack;
    }
    if (step != Step::done) {
      return stack;
    }
    // A stack grows down, so every caller lies further up, or just there when the innermost function uses no stack
    // (aarch64); a signal may have come while another stack was in use.
    const bool upwards = caller.sp > frame.sp || (caller.sp == frame.sp && !frame.after_call);
    if ((!upwards && !frame.signal) || signals > kMaxSignalFrames) {
      stack.end_reason = fmt::format("the stack goes in circles at {:#x}", frame.sp);
      return stack;
    }
    if (stack.frames.size() >= kMaxFrames) {
      stack.end_reason = fmt::format("it is deeper than {} calls", kMaxFrames);
      return stack;
    }
    frame = caller;
  }
}

Unwinder::Step Unwinder::step(NativeStack& stack, RawNativeFrame& frame, RawNativeFrame& caller) {
  const UnwindRow* row = row_of(frame);
  if (row == nullptr) {
    return guess(stack, frame, caller);
  }
  frame.signal = row->signal_frame;
  return follow_rules(stack, frame, *row, caller);
}

bool Unwinder::spend(std::uint64_t effort) {
  effort_ -= std::min(effort_, effort);
  return effort_ > 0;
}

const UnwindRow* Unwinder::row_of(const RawNativeFrame& frame) {
  const std::uint64_t before = modules_.effort();
  const UnwindRow* row = modules_.row_at(frame.after_call ? frame.pc - 1 : frame.pc);
  if (row == nullptr || row->signal_frame || frame.pc == row->begin || frame.pc >= row->end) {
    const UnwindRow* signal_return = signal_return_row(modules_.code(), frame.pc);
    row = signal_return != nullptr ? signal_return : row;
  }
  return spend(1 + modules_.effort() - before) ? row : nullptr;
}

bool Unwinder::begins_at(Address pc) {
  return modules_.begins_process(pc) || ends_thread(modules_.code(), pc);
}

void Unwinder::end_stack(NativeStack& stack, binary::ExpressionFault fault, std::string reason) const {
  stack.lacks_registers = fault == binary::ExpressionFault::unknown_register;
  stack.end_reason = stack.lacks_registers ? "the registers that lead on are not known" : std::move(reason);
}

Unwinder::Step Unwinder::follow_rules(NativeStack& stack, RawNativeFrame& frame, const UnwindRow& row,
                                      RawNativeFrame& caller) {
  const auto cfa = find_cfa(row, frame.registers);
  if (!cfa) {
    end_stack(stack, cfa.error(), fmt::format("the unwind rules at {:#x} lead nowhere", frame.pc));
    return Step::failed;
  }
  frame.frame_end = *cfa;
  if (ends_by_rule(row)) {
    return Step::start_reached;
  }
  const auto return_address = restore(row, static_cast<std::size_t>(row.return_register), *cfa, frame.registers);
  if (!return_address) {
    end_stack(stack, return_address.error(), fmt::format("the stack at {:#x} cannot be read", *cfa));
    return Step::failed;
  }
  caller.pc = strip_signature(*return_address);
  // Under a signal it is no return address: the program jumped to null.
  if (caller.pc == 0 && !row.signal_frame) {
    return Step::start_reached;
  }
  if (!row.signal_frame && !modules_.is_code(caller.pc - 1)) {
    stack.end_reason = fmt::format("the return address {:#x} leads to no code", caller.pc);
    return Step::failed;
  }
  for (std::size_t number = 0; number < row.registers.size(); ++number) {
    if (const auto value = restore(row, number, *cfa, frame.registers)) {
      caller.registers.set(number, *value);
    }
  }
  if (row.registers[kStackPointer].kind == RuleKind::unspecified) {
    caller.registers.set(kStackPointer, *cfa);
  }
  caller.sp = caller.registers.get(kStackPointer).value_or(*cfa);
  caller.after_call = !row.signal_frame;
  caller.found_by = FoundBy::unwind_rules;
  return Step::done;
}

Unwinder::Value Unwinder::find_cfa(const UnwindRow& row, const RegisterSet& registers) {
  if (row.cfa_is_expression) {
    return binary::evaluate(row.cfa_expression, registers, stack_, std::nullopt, 0, effort_);
  }
  const auto base = registers.get(row.cfa_register);
  if (!base) {
    return std::unexpected(binary::ExpressionFault::unknown_register);
  }
  return *base + static_cast<Address>(row.cfa_offset);
}

Unwinder::Value Unwinder::restore(const UnwindRow& row, std::size_t number, Address cfa, const RegisterSet& registers) {
  using binary::ExpressionFault;
  const RegisterRule& rule = row.registers[number];
  const auto load = [this](Address at) -> Value {
    const auto word = stack_.get<std::uint64_t>(at);
    return word ? Value(*word) : std::unexpected(ExpressionFault::memory);
  };
  const auto copy = [&registers](std::uint64_t from) -> Value {
    const auto value = registers.get(from);
    return value ? Value(*value) : std::unexpected(ExpressionFault::unknown_register);
  };
  const auto run = [&] { return binary::evaluate(rule.expression, registers, stack_, cfa, 0, effort_); };
  switch (rule.kind) {
    case RuleKind::unspecified:
      return ((kCalleeSaved >> number) & 1U) != 0 ? copy(number) : std::unexpected(ExpressionFault::unknown_register);
    case RuleKind::undefined:
      break;
    case RuleKind::same_value:
      return copy(number);
    case RuleKind::at_offset:
      return load(cfa + static_cast<Address>(rule.value));
    case RuleKind::is_offset:
      return cfa + static_cast<Address>(rule.value);
    case RuleKind::in_register:
      return copy(static_cast<std::uint64_t>(rule.value));
    case RuleKind::at_expression: {
      const auto at = run();
      return at ? load(*at) : at;
    }
    case RuleKind::is_expression:
      return run();
  }
  return std::unexpected(ExpressionFault::unknown_register);
}

// Code without unwind rules: hand-written assembly, a jump into nowhere, code made at run time.
Unwinder::Step Unwinder::guess(NativeStack& stack, RawNativeFrame& frame, RawNativeFrame& caller) {
  if (frame.after_call && begins_at(frame.pc)) {
    return Step::start_reached;
  }
  if (!stopped_ && !frame.registers.get(kFramePointer)) {
    stack.lacks_registers = true;
    stack.end_reason = "the registers that lead on are not known";
    return Step::failed;
  }
  if (auto found = guess_caller(*this, modules_, stack_, frame)) {
    caller = *found;
    frame.frame_end = caller.sp;
    return Step::done;
  }
  // Where threads start, the frame pointer is 0 (System V ABI, section 3.4.1).
  if (frame.after_call && frame.registers.get(kFramePointer) == std::uint64_t{0}) {
    return Step::start_reached;
  }
  const std::string where = frame.module != nullptr ? " in " + frame.module->path() : std::string();
  stack.end_reason = fmt::format(
      "nothing says how to unwind the code at {:#x}{}, and neither the frame pointer nor the stack leads on", frame.pc,
      where);
  return Step::failed;
}

bool Unwinder::leads_on(RawNativeFrame frame, int calls, Calls strictness) {
  for (int followed = 0; followed < calls; ++followed) {
    const UnwindRow* row = row_of(frame);
    if (row == nullptr) {
      return false;
    }
    NativeStack ignored;
    RawNativeFrame caller;
    const Step step = follow_rules(ignored, frame, *row, caller);
    if (step == Step::start_reached) {
      // A return address of 0 may as well be memory that was never written.
      return followed > 0 || ends_by_rule(*row);
    }
    const bool handler = caller.after_call && signal_return_row(modules_.code(), caller.pc) != nullptr;
    if (step == Step::failed || (caller.sp <= frame.sp && !row->signal_frame) ||
        (caller.after_call && !handler && !modules_.follows_call(caller.pc))) {
      return false;
    }
    // What is left of earlier calls is betrayed by a call that leads elsewhere.
    const auto called = caller.after_call && !handler ? modules_.called_function(caller.pc) : std::nullopt;
    const Modules::Range here{.begin = row->begin, .end = row->end};
    const bool elsewhere = called && (*called < here.begin || *called >= here.end);
    const std::uint64_t before = modules_.effort();
    const bool led_here = !elsewhere || (strictness == Calls::directly ? modules_.tail_calls(*called, here.begin)
                                                                       : modules_.may_end_in(*called, here.begin));
    if (!spend(1 + modules_.effort() - before) || !led_here) {
      return false;
    }
    frame = caller;
  }
  return true;
}

}  // namespace stillframe::native
