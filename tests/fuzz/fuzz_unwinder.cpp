// Any call frame information, registers and stack: unwound, and merged with any chain of Python calls. Three kinds of
// input, told apart by the first byte: a section of call frame information; a loaded file whose functions have rules
// from the input, with a stack made of words that mostly mean something; the same with bytes of the file changed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "binary/dwarf_expression.h"
#include "native/fake_stack.h"
#include "native/merge.h"

namespace {

using stillframe::memory::Address;
using stillframe::testing::ByteBuilder;
using stillframe::testing::FakeMemory;
using stillframe::testing::FakeStack;
namespace binary = stillframe::binary;
namespace cpython = stillframe::cpython;
namespace native = stillframe::native;

class Input {
 public:
  explicit Input(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  // 0 behind the end.
  template <typename T>
  T number() {
    T value{};
    const auto piece = take(sizeof value);
    std::memcpy(&value, piece.data(), piece.size());
    return value;
  }

  std::span<const std::byte> take(std::size_t size) {
    const auto piece = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(piece.size());
    return piece;
  }

  std::span<const std::byte> rest() { return take(bytes_.size()); }

 private:
  std::span<const std::byte> bytes_;
};

constexpr Address kFunctionSize = 0x100;
constexpr Address kFunctions = 8;

// An address in code, on a stack, in the file's data, or anything.
Address address(Input& input) {
  const auto kind = input.number<std::uint8_t>();
  const auto offset = input.number<std::uint16_t>();
  switch (kind % 8) {
    case 0:
    case 1:
    case 2:
      return FakeStack::kBase + FakeStack::kText + offset % (kFunctions * kFunctionSize);
    case 3:
    case 4:
      return FakeStack::kStack + offset;
    case 5:
      return FakeStack::kOtherStack + offset;
    case 6:
      return (kind & 8U) != 0 ? FakeStack::kBase + offset : FakeStack::kJit + offset % 0x1000;
    default:
      return (kind & 8U) != 0 ? offset : input.number<Address>();
  }
}

void fuzz_section(Input& input) {
  const auto flags = input.number<std::uint8_t>();
  const auto format =
      (flags & 1U) != 0 ? binary::CallFrameTable::Format::debug_frame : binary::CallFrameTable::Format::eh_frame;
  const Address pc = input.number<Address>();
  const Address linked = (flags & 2U) != 0 ? input.number<Address>() : 0;
  const auto bytes = input.rest();
  const auto table = binary::CallFrameTable::in_section({bytes.begin(), bytes.end()}, linked, 0, format);
  binary::RegisterSet registers;
  for (std::size_t number = 0; number < binary::kUnwindRegisters; number += 2) {
    registers.set(number, number * 8);
  }
  FakeMemory memory;
  memory.write(0, bytes);
  for (const Address at : {pc, Address{0}, linked + bytes.size() / 2}) {
    if (const auto row = table->row_at(at)) {
      std::uint64_t effort = 100'000;
      static_cast<void>(binary::evaluate(row->cfa_expression, registers, memory, std::nullopt, 0, effort));
      for (const binary::RegisterRule& rule : row->registers) {
        static_cast<void>(binary::evaluate(rule.expression, registers, memory, 64, 0, effort));
      }
    }
  }
}

// Every call of both stacks must come once, and in its own order.
void check(const native::Merged& merged, std::size_t python, std::size_t others) {
  for (const auto& frame : merged.frames) {
    std::size_t& left = frame.python ? python : others;
    if (left == 0 || frame.index != left - 1) {
      std::abort();
    }
    --left;
  }
  if (python != 0 || others != 0) {
    std::abort();
  }
}

void fuzz_merge(Input& input, const FakeStack& fake, const native::NativeStack& stack) {
  cpython::FrameChain chain;
  std::size_t calls = input.number<std::uint8_t>() % 32;
  while (calls-- > 0) {
    const auto flags = input.number<std::uint8_t>();
    const Address object = address(input);
    chain.frames.push_back(
        {.address = object, .entry = (flags & 1U) != 0, .c_stack_mark = (flags & 2U) != 0 ? address(input) : 0});
  }
  if (input.number<std::uint8_t>() % 4 == 1) {
    chain.broken = cpython::ChainBreak{};
  }
  std::vector<native::LoopPart> parts;
  for (std::size_t i = 0; i < stack.frames.size(); ++i) {
    parts.push_back(static_cast<native::LoopPart>(input.number<std::uint8_t>() % 3));
  }
  check(native::merge(chain, stack, parts, fake.memory), chain.frames.size(), stack.frames.size());
}

void fuzz_stack(Input& input, bool change) {
  FakeStack fake;
  const auto flags = input.number<std::uint8_t>();
  // Code in which each address follows a call, direct or not.
  for (Address at = 0; at < kFunctions * kFunctionSize; at += 8) {
    fake.memory.put(FakeStack::kBase + FakeStack::kText + at,
                    (at & 0x40U) != 0 ? 0xD0FFD0FFD0FFD0FFU : 0xE800E800E800E8U);
  }
  const Address signal_common = fake.module.common("RS");
  for (Address i = 0; i < kFunctions; ++i) {
    const auto kind = input.number<std::uint8_t>();
    if ((kind & 0xC0U) == 0xC0U) {
      continue;  // a function without rules
    }
    const auto rules = input.take(kind & 0x3FU);
    fake.module.function((kind & 0x40U) != 0 ? signal_common : fake.common, FakeStack::kText + i * kFunctionSize,
                         kFunctionSize, ByteBuilder().add(rules));
  }
  fake.finish();
  const Address pc = address(input);
  binary::RegisterSet registers;
  const auto known = input.number<std::uint32_t>();
  for (std::size_t number = 0; number < binary::kUnwindRegisters; ++number) {
    if (((known >> number) & 1U) != 0) {
      registers.set(number, address(input));
    }
  }
  if ((flags & 2U) != 0) {
    registers.set(binary::kStackPointer, FakeStack::kStack + 0x100);
  }
  const std::size_t words = input.number<std::uint16_t>() % 1024;
  std::vector<Address> content;
  for (std::size_t i = 0; i < words && !input.empty(); ++i) {
    content.push_back(address(input));
  }
  if (!content.empty()) {
    // Again and again, up to the stack's end: a short input can make a deep stack.
    for (Address at = 0; at < FakeStack::kStackSize; at += 8) {
      fake.memory.put(FakeStack::kStack + at, content[at / 8 % content.size()]);
    }
  }
  if (change) {
    for (int i = input.number<std::uint8_t>(); i > 0 && !input.empty(); --i) {
      const Address at = input.number<std::uint16_t>();
      fake.memory.put(FakeStack::kBase + at, input.number<std::uint8_t>());
    }
  }
  if ((flags & 1U) != 0) {
    fake.ask_for_functions = [](native::Module& /*module*/, Address at) {
      const Address begin = at - at % kFunctionSize;
      return std::optional(native::Modules::Range{.begin = begin, .end = begin + kFunctionSize});
    };
  }
  const auto stack = fake.unwind(pc, registers);
  if (stack.frames.empty()) {
    std::abort();  // where the thread stands is always known
  }
  fuzz_merge(input, fake, stack);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(std::as_bytes(std::span(data, size)));
  switch (input.number<std::uint8_t>() % 4) {
    case 0:
      fuzz_section(input);
      break;
    case 1:
      fuzz_stack(input, true);
      break;
    default:
      fuzz_stack(input, false);
      break;
  }
  return 0;
}
