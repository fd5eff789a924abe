// Deaths of what the processor refused: addresses, divisions, instructions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "diagnose/death.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "text/phrases.h"
#include "text/signals.h"

namespace stillframe::diagnose {
namespace {

using model::AccessKind;
using model::Crash;
using model::Fault;
using model::Finding;
using model::Severity;

// Nothing is mapped below: vm.mmap_min_addr is 64 KiB, and no compiler makes larger structures often.
constexpr std::uint64_t kNullPages = 0x10000;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kLargestGuard = std::uint64_t{1} << 20U;

std::string size_words(std::uint64_t bytes) {
  return bytes == 0 ? "" : " " + text::with_count(bytes, "byte");
}

// "reading 8 bytes", "writing 1 byte", "jumping".
std::string doing(const Fault& fault) {
  if (!fault.access) {
    return "touching memory";
  }
  switch (*fault.access) {
    case AccessKind::read:
      return "reading" + size_words(fault.bytes);
    case AccessKind::write:
      return "writing" + size_words(fault.bytes);
    case AccessKind::execute:
      return "jumping";
  }
  return "touching memory";
}

std::string at_address(const Fault& fault) {
  const std::string_view to = fault.access == AccessKind::execute ? "to" : "at";
  return fault.address ? fmt::format(" {} address {:#x}", to, *fault.address) : "";
}

std::string area_words(const model::MemoryArea& area) {
  const std::string what = area.path ? "the mapping of " + *area.path : "anonymous memory";
  return fmt::format("{} ({:#x} to {:#x}, {}{}{})", what, area.begin, area.end, area.readable ? 'r' : '-',
                     area.writable ? 'w' : '-', area.executable ? 'x' : '-');
}

// The eight letters that a pointer is made of, where it is text; empty: it is none.
std::string letters_of(std::uint64_t value) {
  std::string text;
  for (std::uint32_t shift = 0; shift < 64; shift += 8) {
    const auto letter = static_cast<char>((value >> shift) & 0xffU);
    if (letter < ' ' || letter > '~') {
      return {};
    }
    text += letter;
  }
  return text;
}

// A byte that a pointer is filled with, as debug builds mark memory: pymalloc's debug hooks (Objects/obmalloc.c, 3.8+
// and before), and allocators of C libraries and compilers.
struct Poison {
  std::uint8_t byte;
  std::string_view meaning;
};
constexpr std::array kPoisons{
    Poison{.byte = 0xdd, .meaning = "what Python's debug allocator fills freed memory with"},
    Poison{.byte = 0xcd, .meaning = "what Python's debug allocator fills new memory with, which was never written"},
    Poison{.byte = 0xfd, .meaning = "what Python's debug allocator puts around each block: beyond its end"},
    Poison{.byte = 0xdb, .meaning = "what Python's debug allocator filled freed memory with, to 3.7"},
    Poison{.byte = 0xa5, .meaning = "what jemalloc fills new memory with when it looks for errors"},
    Poison{.byte = 0x5a, .meaning = "what jemalloc fills freed memory with when it looks for errors"},
};

const Poison* poison_of(std::uint64_t value) {
  for (const Poison& poison : kPoisons) {
    // An index or an offset of a field may have been added: the upper six bytes tell.
    if (value >> 16U == std::uint64_t{poison.byte} * 0x0101'0101'0101ULL) {
      return &poison;
    }
  }
  return nullptr;
}

// A stack that is used up shows its recursion many times; large variables can use it up without one.
Recursion recursion_of(const Crash& crash) {
  constexpr RecursionLimits kFewest{.rounds = 8};
  std::vector<const model::Frame*> calls;
  calls.reserve(crash.frames.size());
  for (const model::Frame& frame : crash.frames) {
    calls.push_back(&frame);
  }
  return find_recursion(calls, kFewest);
}

class FaultExplainer {
 public:
  FaultExplainer(const model::Still& still, const Fault& fault)
      : still_(still), crash_(*still.crash), fault_(fault), who_(who_died(still)), where_(where_died(crash_)) {}

  Finding explain() {
    Finding finding = choose();
    add_evidence(finding);
    return finding;
  }

 private:
  [[nodiscard]] Finding make(std::string id, const std::string& what, std::vector<std::string> advice) const {
    Finding finding = make_death(still_, std::move(id), fmt::format("{} died {}", who_, what));
    finding.advice = std::move(advice);
    return finding;
  }

  Finding choose() {
    switch (crash_.signal) {
      case SIGFPE:
        return division();
      case SIGILL:
      case SIGTRAP:
        return instruction();
      default:
        return memory();
    }
  }

  Finding memory() {
    if (overflows_stack()) {
      return stack_overflow();
    }
    if (fault_.access == AccessKind::execute) {
      return jump();
    }
    if (fault_.address && *fault_.address < kNullPages) {
      return null_pointer();
    }
    for (const auto& one : fault_.registers) {
      if (const Poison* poison = poison_of(one.value)) {
        return use_after_free(one, *poison);
      }
    }
    if (crash_.signal == SIGBUS) {
      return bus_error();
    }
    if (fault_.area && fault_.access == AccessKind::write && fault_.area->readable && !fault_.area->writable) {
      return make("write-to-read-only",
                  fmt::format("{}{}, which may only be read{}", doing(fault_), at_address(fault_), where_),
                  {"look for who writes into what it was only lent: a constant, the bytes of a str or bytes object, a "
                   "file mapped for reading (mmap.ACCESS_READ, numpy's mmap_mode='r')"});
    }
    return bad_pointer();
  }

  [[nodiscard]] bool overflows_stack() const {
    if (!crash_.stack || !fault_.address || *fault_.address >= crash_.stack->begin) {
      return false;
    }
    const model::StackArea& stack = *crash_.stack;
    const std::uint64_t reach = std::max(stack.begin - stack.guard, kLargestGuard);
    const std::uint64_t apart = stack.sp > *fault_.address ? stack.sp - *fault_.address : *fault_.address - stack.sp;
    return stack.begin - *fault_.address <= reach && apart <= reach;
  }

  Finding stack_overflow() {
    const Recursion recursion = recursion_of(crash_);
    const std::uint64_t size = crash_.stack->end - crash_.stack->begin;
    std::string what = fmt::format("of a stack overflow: its {} KiB are used up", size / 1024);
    what +=
        recursion.rounds() > 0 ? fmt::format(" by {} calls of {}", recursion.rounds(), words_of(recursion)) : where_;
    Finding finding =
        make("stack-overflow", what,
             {recursion.rounds() > 0 ? "end the recursion, or do it with a loop and a list of what is left"
                                     : "look for large arrays on the stack",
              "a larger stack (threading.stack_size, ulimit -s) only helps where the depth has an end; "
              "sys.setrecursionlimit() must stay below what the stack can hold"});
    if (recursion.rounds() > 0 && !where_.empty()) {
      finding.evidence.push_back("it died " + place_died(crash_));
    }
    finding.evidence.push_back(
        fmt::format("address {:#x} lies {} bytes below the stack ({:#x} to {:#x}), whose pointer "
                    "was at {:#x}",
                    *fault_.address, crash_.stack->begin - *fault_.address, crash_.stack->begin, crash_.stack->end,
                    crash_.stack->sp));
    return finding;
  }

  Finding jump() {
    if (fault_.address && *fault_.address < kNullPages) {
      return make("null-call",
                  fmt::format("calling a null function pointer (address {:#x}){}", *fault_.address, where_),
                  {"look for a callback, a type slot or a function of a library that was never set"});
    }
    return make(
        "bad-jump",
        fmt::format("jumping to address {:#x}, {}{}", fault_.address.value_or(0),
                    fault_.area ? "where no code is: " + area_words(*fault_.area) : "where nothing is mapped", where_),
        {"look for a callback whose object is gone (keep a reference to what ctypes.CFUNCTYPE gives), a library "
         "that was unloaded, or a stack that was overwritten"});
  }

  Finding null_pointer() {
    const std::uint64_t offset = *fault_.address;
    const std::string pointer =
        offset == 0 ? "a null pointer" : fmt::format("a field at offset {:#x} of a null pointer", offset);
    return make("null-pointer", fmt::format("{}{}, {}{}", doing(fault_), at_address(fault_), pointer, where_),
                {"look for a result that was not checked, or a call with an object that is closed or not made yet"});
  }

  Finding use_after_free(const model::RegisterValue& one, const Poison& poison) {
    Finding finding = make("use-after-free",
                           fmt::format("{} at {}, through a pointer out of freed or unset memory ({} is {:#x}){}",
                                       doing(fault_), fault_.operand.value_or("?"), one.name, one.value, where_),
                           {"look for an object that was used after its last reference was dropped: a missing "
                            "Py_INCREF, a borrowed reference kept too long"});
    finding.severity = Severity::likely;
    finding.detail = fmt::format("{:#x} is {}; a program can have that number by itself", poison.byte, poison.meaning);
    return finding;
  }

  Finding bus_error() {
    if (crash_.code == "BUS_ADRALN") {
      return make("misaligned", fmt::format("{}{}, which is not aligned{}", doing(fault_), at_address(fault_), where_),
                  {"look for a pointer that was cast from one to a smaller type"});
    }
    if (!fault_.area || !fault_.area->path || !fault_.address) {
      return bad_pointer();
    }
    const model::MemoryArea& area = *fault_.area;
    const std::uint64_t offset = area.file_offset + (*fault_.address - area.begin);
    Finding finding =
        make("truncated-file",
             fmt::format("{} at offset {:#x} of the mapped file {}, where it has nothing{}", doing(fault_), offset,
                         *area.path, where_),
             {"who replaces a file that others have mapped should write a new one and rename it, and never shorten it",
              "of a file in /dev/shm, /tmp or another memory file system: it may be full (df)"});
    const bool shorter = area.file_size && *area.file_size <= offset / kPage * kPage;
    if (area.file_size) {
      finding.evidence.push_back(fmt::format("{} is {} bytes long now", *area.path, *area.file_size));
    }
    if (!shorter) {
      finding.severity = Severity::likely;
      finding.detail =
          "that the file was cut short: the kernel sends the same signal where a file system is full or a disk fails";
    }
    return finding;
  }

  Finding bad_pointer() {
    const bool known = fault_.address.has_value();
    const std::string_view why = !known                  ? ""
                                 : fault_.area           ? ", which may not be accessed so"
                                 : is_possible_address() ? ", where nothing is mapped"
                                                         : ", which no address can be";
    return make("bad-pointer", fmt::format("{}{}{}{}", doing(fault_), at_address(fault_), why, where_),
                {"look for an object that was freed while it was in use, a length or index that is wrong, or a handle "
                 "that ctypes cut to 32 bits (set restype and argtypes)"});
  }

  [[nodiscard]] bool is_possible_address() const {
    constexpr std::uint32_t kAddressBits = 47;
    return !fault_.address || *fault_.address >> kAddressBits == 0;
  }

  Finding division() {
    const bool integer = crash_.code == "FPE_INTDIV";
    const bool zero = !fault_.registers.empty() && fault_.registers.front().value == 0;
    const bool other = !fault_.registers.empty() && !zero;
    const std::string_view what = !integer ? "of an arithmetic error"
                                  : other  ? "of an integer division whose result does not fit"
                                           : "dividing an integer by zero";
    return make("division", std::string(what) + where_,
                {"C code does not check what Python does: test the divisor before the call"});
  }

  Finding instruction() {
    const std::string text = fault_.instruction ? fmt::format(" `{}`", *fault_.instruction) : "";
    if (fault_.trap) {
      return make(
          "trap",
          fmt::format("of a trap that was built in to stop it ({}){}", fault_.instruction.value_or("?"), where_),
          {"it stands for a condition that must not be: __builtin_trap(), an assertion of the compiler's "
           "checks, code that cannot be reached"});
    }
    return make("illegal-instruction",
                fmt::format("of an instruction that its processor does not know{}{}", text, where_),
                {fault_.wide ? "the library was built for a newer processor: install a build for this one, or run it "
                               "where /proc/cpuinfo has the instruction set"
                             : "look for a library built for another processor, or a jump into the middle of code or "
                               "data"});
  }

  void add_evidence(Finding& finding) const {
    finding.evidence.insert(
        finding.evidence.begin(),
        fmt::format("the kernel: {}{}", crash_.signal_name, crash_.code ? fmt::format(" ({})", *crash_.code) : ""));
    if (fault_.handled) {
      finding.evidence.emplace_back(
          "a signal handler of the program (faulthandler?) got the signal and raised it again");
    }
    if (fault_.instruction) {
      std::string text = fmt::format("the instruction: {}", *fault_.instruction);
      for (const auto& one : fault_.registers) {
        text += fmt::format(", {} is {:#x}", one.name, one.value);
      }
      finding.evidence.push_back(std::move(text));
    }
    for (const auto& one : fault_.registers) {
      if (const std::string letters = letters_of(one.value); !letters.empty()) {
        finding.evidence.push_back(fmt::format(
            "{} holds the text \"{}\": a pointer was overwritten by it, or text was taken for one", one.name, letters));
      }
    }
    if (fault_.area) {
      finding.evidence.push_back("the address lies in " + area_words(*fault_.area));
    }
  }

  const model::Still& still_;
  const Crash& crash_;
  const Fault& fault_;
  std::string who_;
  std::string where_;
};

}  // namespace

void find_faults(const model::Still& still, Findings& findings) {
  if (still.crash && still.crash->fault && text::is_cpu_fault(still.crash->signal)) {
    findings.push_back(FaultExplainer(still, *still.crash->fault).explain());
  }
}

}  // namespace stillframe::diagnose
