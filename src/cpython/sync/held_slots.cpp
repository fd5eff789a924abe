#include "cpython/sync/held_slots.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string_view>

#include "cpython/stacks/generators.h"

namespace stillframe::cpython {
namespace {

// co_stacksize of the deepest expression; more is no stack.
constexpr std::uint32_t kMostSlots = 4096;
constexpr std::uint64_t kMaxTable = 1U << 20U;

constexpr std::int64_t kCodeUnit = 2;  // bytes

// The numbers of an exception table (Objects/exception_handling_notes.txt, from 3.13 on
// InternalDocs/exception_handling.md): six bits a byte, bit 6 says that more follow, bit 7 that an entry begins.
class TableReader {
 public:
  explicit TableReader(std::string_view table) : table_(table) {}

  [[nodiscard]] bool done() const { return at_ >= table_.size(); }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int digits = 0; !done() && digits < 6; ++digits) {
      const auto byte = static_cast<std::uint8_t>(table_[at_++]);
      value = (value << 6U) | (byte & 0x3fU);
      if ((byte & 0x40U) == 0) {
        break;
      }
    }
    return value;
  }

 private:
  std::string_view table_;
  std::size_t at_ = 0;
};

// The parts of one block are apart where other blocks are inside it; all have its handler.
struct Handler {
  std::uint32_t depth = 0;
  std::int64_t begin = 0;
  std::int64_t target = 0;
};

std::vector<Handler> handlers_of(std::string_view table, std::int64_t at, std::uint32_t& depth_here) {
  std::map<std::int64_t, Handler> by_target;
  TableReader reader(table);
  while (!reader.done()) {
    const auto start = static_cast<std::int64_t>(reader.number()) * kCodeUnit;
    const auto end = start + static_cast<std::int64_t>(reader.number()) * kCodeUnit;
    const auto target = static_cast<std::int64_t>(reader.number()) * kCodeUnit;
    const auto depth = static_cast<std::uint32_t>(reader.number() >> 1U);
    if (at >= start && at < end) {
      depth_here = depth;
    }
    const auto [known, fresh] =
        by_target.try_emplace(target, Handler{.depth = depth, .begin = start, .target = target});
    known->second.begin = std::min(known->second.begin, start);
  }
  std::vector<Handler> handlers;
  handlers.reserve(by_target.size());
  for (const auto& [target, handler] : by_target) {
    handlers.push_back(handler);
  }
  return handlers;
}

// Whether a handler is that of a `with` block: PUSH_EXC_INFO, which has no cache, then WITH_EXCEPT_START. Neither is
// ever replaced by another instruction (Lib/opcode.py of 3.11 and 3.12, Include/opcode_ids.h of 3.13 to 3.15).
bool may_end_with(const Objects& objects, const Code& code, std::int64_t target) {
  constexpr std::array<std::uint8_t, 5> with_except_start{49, 49, 44, 43, 41};  // of 3.11, 3.12, …
  const std::uint32_t minor = objects.layout().version.minor;
  if (minor < 11 || minor - 11U >= with_except_start.size()) {
    return true;
  }
  const std::uint8_t expected = with_except_start.at(minor - 11U);
  const auto opcode =
      objects.memory().get<std::uint8_t>(code.instructions + static_cast<std::uint64_t>(target + kCodeUnit));
  return code.instructions == 0 || !opcode || *opcode == expected;
}

// 3.11+: which blocks are open is in a table behind the code.
std::vector<Block> blocks_of_table(const Objects& objects, const RawFrame& frame) {
  // co_exceptiontable is the word before co_flags, which is an int behind three pointers (_PyCode_DEF in
  // Include/cpython/code.h of 3.11 to 3.15).
  const Offset flags = objects.layout().code.flags;
  const auto table_at = flags.present() ? objects.pointer(frame.code->address, flags.value() - 8U) : std::nullopt;
  const auto table = table_at ? objects.bytes(*table_at, kMaxTable) : std::nullopt;
  if (!table) {
    return {};
  }
  std::uint32_t depth = 0;
  std::vector<Block> blocks;
  for (const Handler& handler : handlers_of(*table, frame.lasti, depth)) {
    if (handler.begin <= frame.lasti && frame.lasti < handler.target && handler.depth <= kMostSlots) {
      blocks.push_back({.depth = handler.depth,
                        .may_be_with = may_end_with(objects, *frame.code, handler.target),
                        .before = handler.begin - kCodeUnit});
    }
  }
  // A block that ends before its handler begins, and is not around the instruction, is deeper than what is around it.
  std::erase_if(blocks, [&](const Block& block) { return block.depth > depth; });
  std::ranges::sort(blocks, {}, [](const Block& block) { return std::pair(block.depth, block.before); });
  return blocks;
}

// To 3.10 the code of a function is a bytes object. The instruction that has begun the block with this handler:
// SETUP_WITH, whose argument counts from the next instruction on, in bytes, in 3.10 in units of two (Python/ceval.c).
std::int64_t setup_of(std::string_view code, std::uint32_t handler, PythonVersion version) {
  constexpr std::uint8_t setup_with = 143;
  constexpr std::uint8_t has_argument = 90;
  const bool words = version.major >= 3;  // 3.6+: every instruction has two bytes
  const std::uint8_t extended = words ? 144 : 145;
  const bool units = version >= PythonVersion{3, 10, 0};
  std::uint32_t more = 0;
  std::int64_t found = -1;
  for (std::size_t at = 0; at + 2 < code.size();) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(code[i])); };
    const auto opcode = static_cast<std::uint8_t>(code[at]);
    const std::size_t next = at + (words ? 2 : opcode >= has_argument ? 3 : 1);
    std::uint32_t argument = opcode < has_argument || next > code.size() ? 0
                             : words                                     ? byte(at + 1)
                                                                         : byte(at + 1) | (byte(at + 2) << 8U);
    argument |= more << (words ? 8U : 16U);
    more = opcode == extended ? argument : 0;
    const std::uint64_t target = units ? next / 2 + argument : next + argument;
    if (opcode == setup_with && target == handler) {
      found = static_cast<std::int64_t>(at);
    }
    at = next;
  }
  return found;
}

// To 3.10 the frame has a stack of blocks: PyTryBlock{b_type, b_handler, b_level} f_blockstack[20] before
// f_localsplus, and how many there are, f_iblock, behind f_lasti and f_lineno (Include/frameobject.h, from 3.10 on
// Include/cpython/frameobject.h).
std::vector<Block> blocks_of_frame(const Objects& objects, const RawFrame& frame) {
  constexpr std::uint32_t most = 20;
  constexpr Address block_size = 12;
  const auto& layout = objects.layout().frame_object;
  if (!layout.lasti.present() || !layout.localsplus.present()) {
    return {};
  }
  const auto count = objects.memory().get<std::uint32_t>(frame.address + layout.lasti.value() + 8U);
  if (!count || *count > most) {
    return {};
  }
  // From 3.0 on one more int or less stands between them (f_executing, f_state).
  const std::uint32_t between = objects.layout().version.major < 3 ? 12 : 16;
  const Address first = frame.address + layout.lasti.value() + between;
  std::vector<Block> blocks;
  const auto code_at = objects.pointer(frame.code->address, objects.layout().code.code);
  const auto code = *count > 0 && code_at ? objects.bytes(*code_at, kMaxTable) : std::nullopt;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto handler = objects.memory().get<std::uint32_t>(first + i * block_size + 4U);
    const auto level = objects.memory().get<std::int32_t>(first + i * block_size + 8U);
    if (!level || *level < 0 || static_cast<std::uint32_t>(*level) > kMostSlots) {
      return {};
    }
    const std::int64_t setup = code && handler ? setup_of(*code, *handler, objects.layout().version) : -1;
    blocks.push_back(
        {.depth = static_cast<std::uint32_t>(*level), .may_be_with = setup >= 0 || !code, .before = setup});
  }
  return blocks;
}

}  // namespace

std::vector<Block> blocks_of(const Objects& objects, const RawFrame& frame) {
  if (frame.code == nullptr || frame.code->lost || !frame.instruction_known || frame.lasti < 0) {
    return {};
  }
  return objects.layout().version >= k3_11 ? blocks_of_table(objects, frame) : blocks_of_frame(objects, frame);
}

std::vector<Address> stack_of(const Objects& objects, const RawFrame& frame, std::uint32_t count) {
  const Layout& layout = objects.layout();
  const bool light = layout.version >= k3_11;
  const Offset begin = light ? layout.frame.localsplus : layout.frame_object.localsplus;
  const auto before = frame.code == nullptr ? std::nullopt : variables_before_stack(objects, frame.code->address);
  if (!before || !begin.present() || count > kMostSlots) {
    return {};
  }
  std::vector<Address> slots(count);
  const Address at = frame.address + begin.value() + *before * sizeof(Address);
  if (!objects.memory().read(at, std::as_writable_bytes(std::span(slots)))) {
    return {};
  }
  if (layout.version >= k3_14) {
    // Stack references (Include/internal/pycore_stackref.h): tagged integers and what is no object have both or only
    // bits.
    constexpr Address tags = 3;
    for (Address& slot : slots) {
      slot = (slot & tags) == tags ? 0 : slot & ~tags;
    }
  }
  return slots;
}

std::vector<Address> whole_stack_of(const Objects& objects, const RawFrame& frame) {
  const Layout& layout = objects.layout();
  if (frame.code == nullptr || frame.code->lost) {
    return {};
  }
  // co_stacksize: from 3.11 on behind co_kwonlyargcount (_PyCode_DEF in Include/cpython/code.h), before behind
  // co_nlocals (Include/code.h).
  const Offset neighbour = layout.version >= k3_11 ? layout.code.kwonlyargcount : layout.code.nlocals;
  const auto size = neighbour.present()
                        ? objects.memory().get<std::uint32_t>(frame.code->address + neighbour.value() + 4U)
                        : std::unexpected(memory::Fault{});
  return size && *size <= kMostSlots ? stack_of(objects, frame, *size) : std::vector<Address>{};
}

}  // namespace stillframe::cpython
