// From registers and a stack to the calls that led there.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "binary/dwarf_expression.h"
#include "native/modules.h"

namespace stillframe::native {

enum class FoundBy : std::uint8_t {
  registers,      // where the thread is
  unwind_rules,   // call frame information
  frame_pointer,  // a guess that was checked: the chain of frame pointers
  stack_scan,     // a guess: a return address found on the stack
};

struct RawNativeFrame {
  Address pc = 0;
  Address sp = 0;           // stack pointer while this frame runs
  Address frame_end = 0;    // its canonical frame address: [sp, frame_end) is the frame; 0: not known
  bool after_call = false;  // pc is a return address: what runs is the call before it
  bool signal = false;      // the frame that the kernel made to deliver a signal
  FoundBy found_by = FoundBy::registers;
  Module* module = nullptr;         // null: anonymous memory
  binary::RegisterSet registers{};  // as far as they are known
};

struct NativeStack {
  std::vector<RawNativeFrame> frames;  // innermost first
  // Why the stack ends where it does; absent: at the thread's start.
  std::optional<std::string> end_reason;
  bool lacks_registers = false;  // ... namely because the registers are not known: a stopped thread could be unwound
};

// The registers that a thread has, or those that are known of one that sleeps.
binary::RegisterSet known_registers(const target::Registers& registers);
binary::RegisterSet known_registers(const target::Syscall& call);

class Unwinder {
 public:
  // `stack` is read for what threads have pushed: the copy that was made while they stood still.
  Unwinder(Modules& modules, const memory::MemorySource& stack) : modules_(modules), stack_(stack) {}

  // The calls of a thread that is at `pc` with these registers.
  [[nodiscard]] NativeStack unwind(Address pc, const binary::RegisterSet& registers);

  // What a call must lead to for what it has called to be its callee.
  enum class Calls : std::uint8_t {
    directly,  // the callee, or a function that jumps to it
    possibly,  // also a function that jumps through a pointer, or to another one that jumps
  };
  // Whether the rules lead on from a frame for `calls` calls, each behind a call instruction that leads there, or to
  // the thread's start.
  [[nodiscard]] bool leads_on(RawNativeFrame frame, int calls, Calls strictness);

  // Whether a stack begins with the code at the return address `pc`: nothing called that.
  [[nodiscard]] bool begins_at(Address pc);

  // Takes from what may be done for the stack at hand; false when it is used up. A unit is some ten nanoseconds.
  bool spend(std::uint64_t effort);

 private:
  enum class Step : std::uint8_t { done, start_reached, failed };
  using Value = std::expected<std::uint64_t, binary::ExpressionFault>;

  // Hostile stacks can ask for work without end: millions of candidates for a return address, rules of a megabyte.
  // Honest ones take one unit a call and some hundred bytes of rules for each new place.
  static constexpr std::uint64_t kMostEffort = 4'000'000;        // a stack
  static constexpr std::uint64_t kMostEffortOfAll = 64'000'000;  // all of them

  NativeStack follow(Address pc, const binary::RegisterSet& registers);
  Step step(NativeStack& stack, RawNativeFrame& frame, RawNativeFrame& caller);
  Step follow_rules(NativeStack& stack, RawNativeFrame& frame, const binary::UnwindRow& row, RawNativeFrame& caller);
  Step guess(NativeStack& stack, RawNativeFrame& frame, RawNativeFrame& caller);
  void end_stack(NativeStack& stack, binary::ExpressionFault fault, std::string reason) const;
  const binary::UnwindRow* row_of(const RawNativeFrame& frame);
  [[nodiscard]] Value find_cfa(const binary::UnwindRow& row, const binary::RegisterSet& registers);
  [[nodiscard]] Value restore(const binary::UnwindRow& row, std::size_t number, Address cfa,
                              const binary::RegisterSet& registers);

  Modules& modules_;
  const memory::MemorySource& stack_;
  std::uint64_t effort_ = kMostEffort;
  std::uint64_t effort_of_all_ = kMostEffortOfAll;
  bool stopped_ = false;  // all registers of the thread were known where it began: a guess is the best there is
};

}  // namespace stillframe::native
