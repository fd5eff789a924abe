#include "native/stack_guess.h"

#include <algorithm>
#include <array>
#include <vector>

namespace stillframe::native {
namespace {

using binary::kFramePointer;
using binary::kStackPointer;

// How much of the stack is searched: kernels of numeric libraries spill a few pages.
constexpr std::size_t kMaxWords = 8192;
// How many calls must follow from a candidate by rules.
constexpr int kCallsToFollow = 3;
// How many words below a return address may hold the caller's frame pointer: what a function pushes first.
constexpr std::size_t kPushedWords = 7;

class Guesser {
 public:
  Guesser(Unwinder& unwinder, Modules& modules, const memory::MemorySource& stack, const RawNativeFrame& frame)
      : unwinder_(unwinder), modules_(modules), stack_(stack), frame_(frame) {
    if (const auto function = modules.function_at(lookup_pc())) {
      begin_ = function->begin;
      end_ = function->end;
    }
  }

  std::optional<RawNativeFrame> find() {
    if (!modules_.is_code(frame_.pc)) {
      return jumped_astray();
    }
    if (keeps_frame_pointer()) {
      if (auto caller = by_frame_pointer()) {
        return caller;
      }
    }
    // Earlier calls leave whole chains of return addresses on the stack, from which the rules lead on as well as from
    // the right one: an address behind a call of just this function is better than a nearer one behind any call.
    if (begin_ != 0) {
      if (auto caller = scan(Match::exact)) {
        return caller;
      }
    }
    if (auto caller = scan(Match::possible)) {
      return caller;
    }
    return by_frame_pointer();
  }

 private:
  // Whether the call before a return address can have led to this function.
  enum class Match : std::uint8_t { none, possible, exact };

  [[nodiscard]] Address lookup_pc() const { return frame_.after_call ? frame_.pc - 1 : frame_.pc; }

  [[nodiscard]] RawNativeFrame caller_at(Address slot, Address pc, FoundBy found_by) const {
    RawNativeFrame caller{.pc = pc, .sp = slot + 8, .after_call = true, .found_by = found_by};
    caller.registers.set(kStackPointer, slot + 8);
    return caller;
  }

  // A call through a null or wild pointer: the return address is still on top of the stack.
  [[nodiscard]] std::optional<RawNativeFrame> jumped_astray() const {
    const auto top = stack_.get<Address>(frame_.sp);
    if (frame_.after_call || !top || !modules_.follows_call(*top)) {
      return std::nullopt;
    }
    RawNativeFrame caller = caller_at(frame_.sp, *top, FoundBy::stack_scan);
    caller.registers = frame_.registers;
    caller.registers.set(kStackPointer, caller.sp);
    return caller;
  }

  // Whether the function begins with `push %rbp; mov %rsp,%rbp` and is past it.
  [[nodiscard]] bool keeps_frame_pointer() const {
#if defined(__x86_64__)
    constexpr std::array<std::uint8_t, 4> kEndbr = {0xF3, 0x0F, 0x1E, 0xFA};
    constexpr std::array<std::uint8_t, 4> kPrologue = {0x55, 0x48, 0x89, 0xE5};
    constexpr std::array<std::uint8_t, 4> kPrologueOfClang = {0x55, 0x48, 0x8B, 0xEC};
    Address at = begin_;
    auto bytes = at == 0 ? std::nullopt : code_at(at);
    if (bytes == kEndbr) {
      at += kEndbr.size();
      bytes = code_at(at);
    }
    return (bytes == kPrologue || bytes == kPrologueOfClang) && frame_.pc >= at + kPrologue.size();
#else
    return true;  // the procedure call standard of aarch64 asks for frame records
#endif
  }

  [[nodiscard]] std::optional<std::array<std::uint8_t, 4>> code_at(Address at) const {
    const auto bytes = modules_.code().get<std::array<std::uint8_t, 4>>(at);
    return bytes ? std::optional(*bytes) : std::nullopt;
  }

  [[nodiscard]] std::optional<RawNativeFrame> by_frame_pointer() const {
    const auto pointer = frame_.registers.get(kFramePointer);
    if (!pointer || *pointer < frame_.sp || *pointer % 8 != 0) {
      return std::nullopt;
    }
    const auto saved = stack_.get<std::array<Address, 2>>(*pointer);
    if (!saved || !modules_.follows_call((*saved)[1]) || ((*saved)[0] != 0 && (*saved)[0] <= *pointer)) {
      return std::nullopt;
    }
    RawNativeFrame caller = caller_at(*pointer + 8, (*saved)[1], FoundBy::frame_pointer);
    caller.registers.set(kFramePointer, (*saved)[0]);
    return caller;
  }

  // The nearest return address above the stack pointer that stands the test.
  std::optional<RawNativeFrame> scan(Match least) {
    std::array<Address, 512> words{};
    std::size_t count = words.size();
    for (std::size_t first = 0; first < kMaxWords && unwinder_.spend(1 + count); first += count) {
      const Address at = frame_.sp + first * 8;
      // What is left of the stack may be less.
      while (!stack_.read(at, std::as_writable_bytes(std::span(words).first(count)))) {
        if (count == 1) {
          return std::nullopt;
        }
        count /= 2;
      }
      for (std::size_t i = 0; i < count; ++i) {
        if (!modules_.is_code(words[i])) {
          continue;
        }
        constexpr std::uint64_t kEffort = 10;
        if (!unwinder_.spend(kEffort)) {
          return std::nullopt;
        }
        if (modules_.follows_call(words[i]) && match(words[i]) >= least) {
          if (auto caller = try_candidate(at + i * 8, words[i])) {
            return caller;
          }
        }
      }
    }
    return std::nullopt;
  }

  // Of a direct call the target is known: it must be this function, or a stub that jumps to it.
  [[nodiscard]] Match match(Address return_address) const {
    const auto target = modules_.direct_call_target(return_address);
    if (!target) {
      return Match::possible;  // through a register or memory
    }
    const auto slot = jump_slot(*target);
    const auto callee = slot ? modules_.code().get<Address>(*slot) : memory::Read<Address>(*target);
    if (begin_ != 0 && callee) {
      return *callee >= begin_ && *callee < end_ ? Match::exact : Match::none;
    }
    constexpr Address kLongestFunction = 65536;
    return slot || (*target <= frame_.pc && frame_.pc - *target < kLongestFunction) ? Match::possible : Match::none;
  }

  // Where the stub of a procedure linkage table finds its target: `jmp *disp(%rip)`, perhaps behind endbr64, perhaps
  // with a bnd prefix.
  [[nodiscard]] std::optional<Address> jump_slot(Address stub) const {
    constexpr std::array<std::uint8_t, 4> kEndbr = {0xF3, 0x0F, 0x1E, 0xFA};
    constexpr std::uint8_t kBnd = 0xF2;
    stub += code_at(stub) == kEndbr ? kEndbr.size() : 0;
    auto code = code_at(stub);
    if (code && (*code)[0] == kBnd) {
      ++stub;
      code = code_at(stub);
    }
    if (!code || (*code)[0] != 0xFF || (*code)[1] != 0x25) {
      return std::nullopt;
    }
    constexpr Address kLength = 6;
    const auto distance = modules_.code().get<std::int32_t>(stub + 2);
    return distance ? std::optional(stub + kLength + static_cast<Address>(std::int64_t{*distance})) : std::nullopt;
  }

  // The caller's frame pointer is still in its register, or was pushed near the return address.
  std::optional<RawNativeFrame> try_candidate(Address slot, Address pc) {
    RawNativeFrame caller = caller_at(slot, pc, FoundBy::stack_scan);
    std::vector<std::optional<Address>> pointers = {frame_.registers.get(kFramePointer)};
    for (std::size_t back = 1; back <= kPushedWords && slot >= frame_.sp + back * 8; ++back) {
      const auto word = stack_.get<Address>(slot - back * 8);
      if (word && *word > slot) {
        pointers.emplace_back(*word);
      }
    }
    for (const auto& pointer : pointers) {
      if (pointer) {
        caller.registers.set(kFramePointer, *pointer);
      } else {
        caller.registers.forget(kFramePointer);
      }
      if (unwinder_.leads_on(caller, kCallsToFollow)) {
        return caller;
      }
    }
    // The caller has no rules either, but what it calls is just this function.
    if (match(pc) == Match::exact && modules_.row_at(pc - 1) == nullptr) {
      caller.registers.forget(kFramePointer);
      return caller;
    }
    return std::nullopt;
  }

  Unwinder& unwinder_;
  Modules& modules_;
  const memory::MemorySource& stack_;
  const RawNativeFrame& frame_;
  Address begin_ = 0;
  Address end_ = 0;
};

}  // namespace

std::optional<RawNativeFrame> guess_caller(Unwinder& unwinder, Modules& modules, const memory::MemorySource& stack,
                                           const RawNativeFrame& frame) {
  return Guesser(unwinder, modules, stack, frame).find();
}

}  // namespace stillframe::native
