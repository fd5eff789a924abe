#include "native/stack_guess.h"

#include <algorithm>
#include <array>
#include <vector>

#include "native/code_patterns.h"

namespace stillframe::native {
namespace {

using binary::kFramePointer;
using binary::kStackPointer;

// How much of the stack is searched: kernels of numeric libraries spill a few pages.
constexpr std::size_t kMaxWords = 8192;
// How many calls must follow from a candidate by rules.
constexpr int kCallsToFollow = 3;
// And where the nearest that is likely is better than a nearer one that is possible.
constexpr std::size_t kNearWords = 128;
// How large the frame is at most of a C library's function that begins a thread or calls main().
constexpr std::size_t kStartWords = 32;
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
      for (const auto strictness : {Unwinder::Calls::directly, Unwinder::Calls::possibly}) {
        if (auto caller = scan(Origin::certain, strictness)) {
          return caller;
        }
      }
    } else if (made_at_run_time()) {
      // Return addresses of a JIT's code lie around by the dozen: it is one piece, entered by a call at its beginning.
      if (auto caller = scan(Origin::likely, Unwinder::Calls::directly, kNearWords)) {
        return caller;
      }
    }
    for (const auto strictness : {Unwinder::Calls::directly, Unwinder::Calls::possibly}) {
      if (auto caller = scan(Origin::possible, strictness)) {
        return caller;
      }
    }
    return by_frame_pointer();
  }

 private:
  // What tells whether the call before a return address has led here.
  enum class Origin : std::uint8_t {
    excluded,  // the call leads to another function
    possible,  // it goes through a register, or leads somewhere before here
    likely,    // the function's beginning is not known, but the call leads to shortly before here
    certain,   // it leads to the beginning of this function
  };

  [[nodiscard]] bool made_at_run_time() const { return frame_.module == nullptr; }

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
  std::optional<RawNativeFrame> scan(Origin least, Unwinder::Calls strictness, std::size_t most_words = kMaxWords) {
    std::array<Address, 512> words{};
    std::size_t count = std::min(words.size(), most_words);
    for (std::size_t first = 0; first < most_words && unwinder_.spend(1 + count); first += count) {
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
        const std::uint64_t before = modules_.effort();
        const Origin from = origin(words[i]);
        if (!unwinder_.spend(kEffort + modules_.effort() - before)) {
          return std::nullopt;
        }
        auto caller = from < least ? std::nullopt : try_candidate(at + i * 8, words[i], from, strictness);
        if (caller) {
          return caller;
        }
      }
    }
    return std::nullopt;
  }

  // Whether the call before a return address can have led here.
  [[nodiscard]] Origin origin(Address return_address) const {
    if (!modules_.follows_call(return_address)) {
      // The kernel calls signal handlers, and has them return to code that does nothing else.
      return signal_return_row(modules_.code(), return_address) != nullptr ? Origin::possible : Origin::excluded;
    }
    if (modules_.begins_process(return_address)) {
      return Origin::possible;  // it calls code of the C library, which jumps to where main() is called
    }
    const auto target = modules_.called_function(return_address);
    if (!target) {
      return Origin::possible;
    }
    if (begin_ != 0) {
      if (*target == begin_ || modules_.tail_calls(*target, begin_)) {
        return Origin::certain;
      }
      return *target > begin_ && *target < end_ ? Origin::possible : Origin::excluded;
    }
    constexpr Address kLongestFunction = 65536;
    constexpr Address kUsualFunction = 4096;
    if (*target > frame_.pc || frame_.pc - *target >= kLongestFunction) {
      return Origin::excluded;
    }
    return made_at_run_time() || frame_.pc - *target < kUsualFunction ? Origin::likely : Origin::possible;
  }

  std::optional<RawNativeFrame> try_candidate(Address slot, Address pc, Origin origin, Unwinder::Calls strictness) {
    constexpr std::uint64_t kEffortOfCandidate = 64;  // besides the rules that are followed
    if (!unwinder_.spend(kEffortOfCandidate)) {
      return std::nullopt;
    }
    RawNativeFrame caller = caller_at(slot, pc, FoundBy::stack_scan);
    const auto pointers = frame_pointers(slot);
    for (const auto& pointer : pointers) {
      set_frame_pointer(caller, pointer);
      if (unwinder_.leads_on(caller, kCallsToFollow, strictness)) {
        return caller;
      }
    }
    if (modules_.row_at(pc - 1) != nullptr) {
      return std::nullopt;
    }
    // Rules cannot confirm code that has none either: the call itself must do, or the frame pointer, or the next call.
    set_frame_pointer(caller, pointers.front());
    const auto pointer = frame_.registers.get(kFramePointer);
    if (pointer && *pointer + 8 == slot) {
      return by_frame_pointer();
    }
    // Nothing called the code that a stack begins with.
    const bool beginning = unwinder_.begins_at(pc) && slot - frame_.sp < kStartWords * 8;
    const bool confirmed =
        beginning || origin >= Origin::likely || Guesser(unwinder_, modules_, stack_, caller).was_called();
    return confirmed ? std::optional(caller) : std::nullopt;
  }

  static void set_frame_pointer(RawNativeFrame& caller, const std::optional<Address>& pointer) {
    caller.registers.forget(kFramePointer);
    if (pointer) {
      caller.registers.set(kFramePointer, *pointer);
    }
  }

  // Whether a call of this function stands a little further up.
  [[nodiscard]] bool was_called() const {
    if (!unwinder_.spend(kNearWords)) {
      return false;
    }
    for (std::size_t i = 0; i < kNearWords; ++i) {
      const auto word = stack_.get<Address>(frame_.sp + i * 8);
      if (!word) {
        return false;
      }
      if (origin(*word) >= Origin::likely) {
        return true;
      }
    }
    return false;
  }

  // What the caller's frame pointer may be, likeliest first: what a function that begins with `push %rbp` has put below
  // the return address, what is still in the register, what else was pushed there.
  [[nodiscard]] std::vector<std::optional<Address>> frame_pointers(Address slot) const {
    std::vector<std::optional<Address>> pointers;
    const auto pushed = [&](std::size_t back) -> std::optional<Address> {
      if (slot < frame_.sp + back * 8) {
        return std::nullopt;
      }
      const auto word = stack_.get<Address>(slot - back * 8);
      return word ? std::optional(*word) : std::nullopt;
    };
    if (pushes_frame_pointer()) {
      pointers.push_back(pushed(1));
    }
    pointers.push_back(frame_.registers.get(kFramePointer));
    for (std::size_t back = 1; back <= kPushedWords; ++back) {
      if (const auto word = pushed(back); word && *word > slot) {
        pointers.push_back(word);
      }
    }
    // Code that was found by its return address may have left the register alone: then what the code that it calls has
    // pushed is its own caller's. (CPython's JIT: Tools/jit/shim.c of 3.14 calls code that pushes it.)
    constexpr std::size_t kReturnAddress = 1;
    for (std::size_t back = 1; frame_.found_by == FoundBy::stack_scan && back <= kPushedWords; ++back) {
      const auto word = stack_.get<Address>(frame_.sp - (kReturnAddress + back) * 8);
      if (word && *word > slot) {
        pointers.emplace_back(*word);
      }
    }
    return pointers;
  }

  [[nodiscard]] bool pushes_frame_pointer() const {
    auto bytes = begin_ == 0 ? std::nullopt : code_at(begin_);
    if (bytes && (*bytes)[0] == 0xF3) {  // endbr64
      bytes = code_at(begin_ + 4);
    }
    return bytes && (*bytes)[0] == 0x55;
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
