// Finding the arguments of a call that is still on the stack.
#include <algorithm>
#include <array>
#include <vector>

#include "binary/instruction.h"
#include "postmortem/abort_message.h"

namespace stillframe::postmortem {
namespace {

// Calls of which each hands its argument on to the next one.
constexpr int kDeepest = 6;
constexpr std::uint64_t kLongestReporter = 65536;
constexpr std::size_t kLongestText = 1024;

// By the convention of x86-64: rbx, rbp, r12 to r15 are what a function finds unchanged behind a call.
constexpr std::array<std::size_t, 6> kKept{3, 6, 12, 13, 14, 15};
constexpr std::array<std::size_t, 6> kArguments{5, 4, 1, 2, 8, 9};

class Arguments {
 public:
  Arguments(native::Modules& modules, const native::NativeStack& stack) : modules_(modules), stack_(stack) {}

  // Argument `number` of the function that runs in a frame.
  std::optional<Address> find(std::size_t frame, std::size_t number, int depth = 0) {
    if (depth > kDeepest || frame >= stack_.frames.size() || number >= kArguments.size()) {
      return std::nullopt;
    }
    const native::RawNativeFrame& here = stack_.frames[frame];
    const binary::KnownValues now = values_before(frame, here.pc);
    for (const std::size_t kept : kKept) {
      if (now[kept].argument == number && here.registers.get(kept)) {
        return here.registers.get(kept);
      }
    }
    if (frame + 1 >= stack_.frames.size()) {
      return std::nullopt;
    }
    // What the caller had put where the argument goes.
    const native::RawNativeFrame& caller = stack_.frames[frame + 1];
    const binary::KnownValue given = values_before(frame + 1, call_before(caller.pc))[kArguments[number]];
    if (given.address) {
      return given.address;
    }
    return given.argument ? find(frame + 1, *given.argument, depth + 1) : std::nullopt;
  }

 private:
  // The direct call that ends at a return address.
  static Address call_before(Address pc) {
    constexpr Address kDirectCall = 5;
    return pc - kDirectCall;
  }

  // What the registers hold before the instruction at `pc` of the function that runs in a frame.
  binary::KnownValues values_before(std::size_t frame, Address pc) {
    const native::RawNativeFrame& here = stack_.frames[frame];
    const auto range = modules_.function_at(here.after_call ? here.pc - 1 : here.pc);
    if (!range || range->begin >= pc || range->end < pc || range->end - range->begin > kLongestReporter) {
      return {};
    }
    std::vector<std::byte> code(range->end - range->begin);
    if (!modules_.code().read(range->begin, code)) {
      return {};
    }
    const bool called =
        frame + 1 < stack_.frames.size() && modules_.called_function(stack_.frames[frame + 1].pc) == range->begin;
    return binary::known_values(code, range->begin, pc, called);
  }

  native::Modules& modules_;
  const native::NativeStack& stack_;
};

// A text that somebody could have written: no control characters but line ends.
std::optional<std::string> sentence_at(const memory::MemorySource& memory, std::optional<Address> at) {
  std::string text;
  while (at && text.size() < kLongestText) {
    const auto letter = memory.get<unsigned char>(*at + text.size());
    if (!letter || (*letter < ' ' && *letter != '\0' && *letter != '\n' && *letter != '\t')) {
      return std::nullopt;
    }
    if (*letter == '\0') {
      return text.empty() ? std::nullopt : std::optional(text);
    }
    text += static_cast<char>(*letter);
  }
  return std::nullopt;
}

// Where the functions of Python/pylifecycle.c take who called and what is said: Py_FatalError(message),
// _Py_FatalErrorFunc(function, message) from 3.9 on, fatal_error(function, message, status) to 3.8 (3.9: with `header`
// before them), later fatal_error(fd, header, function, message, status).
struct Signature {
  std::string_view function;
  std::optional<std::size_t> caller;
  std::optional<std::size_t> message;
};
constexpr std::array kSignatures{
    Signature{.function = "_Py_FatalErrorFunc", .caller = 0, .message = 1},
    Signature{.function = "_Py_FatalErrorFormat", .caller = 0, .message = 1},
    Signature{.function = "_Py_FatalRefcountErrorFunc", .caller = 0, .message = 1},
    Signature{.function = "Py_FatalError", .caller = std::nullopt, .message = 0},
};

}  // namespace

FatalError fatal_error(native::Modules& modules, const native::NativeStack& stack,
                       const std::function<std::string_view(std::size_t)>& function_of) {
  FatalError found;
  // It is the innermost calls that end the process: abort() and what comes before it.
  constexpr std::size_t kInnermost = 16;
  for (std::size_t i = 0; i < std::min(stack.frames.size(), kInnermost); ++i) {
    const auto known = std::ranges::find(kSignatures, function_of(i), &Signature::function);
    if (known == kSignatures.end()) {
      continue;
    }
    Arguments arguments(modules, stack);
    const auto text = [&](std::optional<std::size_t> number) {
      return number ? sentence_at(modules.target().memory(), arguments.find(i, *number)) : std::nullopt;
    };
    found.message = text(known->message);
    found.function = text(known->caller);
    return found;
  }
  return found;
}

}  // namespace stillframe::postmortem
