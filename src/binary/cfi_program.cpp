#include "binary/cfi_program.h"

#include <dwarf.h>

#include "binary/byte_cursor.h"

namespace stillframe::binary {
namespace {

// Compilers nest remembered states once or twice; more is damage.
constexpr std::size_t kMaxRemembered = 16;
// The expressions that compilers, linkers and the C libraries write take a dozen bytes.
constexpr std::size_t kLongestExpression = 256;

// The instruction's number in the two high bits, an operand in the six low ones.
constexpr std::uint8_t kOpcodeBits = 0xC0;
constexpr std::uint8_t kOperandBits = 0x3F;

class Machine {
 public:
  Machine(const CfiHeader& header, memory::Address pc) : header_(header), pc_(pc), location_(header.begin) {
    row_.return_register = header.return_register;
    row_.signal_frame = header.signal_frame;
    row_.begin = header.begin;
    row_.end = header.end;
  }

  // False when the instructions make no sense.
  bool run(std::span<const std::byte> instructions) {
    ByteCursor cursor(instructions);
    while (!cursor.at_end() && !passed_) {
      if (!step(cursor)) {
        return false;
      }
    }
    return cursor.ok();
  }

  // What the CIE's instructions gave is what DW_CFA_restore goes back to.
  void end_initial() {
    initial_ = row_;
    remembered_.clear();
  }

  UnwindRow take() { return std::move(row_); }

 private:
  bool step(ByteCursor& cursor) {
    const auto opcode = cursor.number<std::uint8_t>();
    const std::uint8_t operand = opcode & kOperandBits;
    switch (opcode & kOpcodeBits) {
      case DW_CFA_advance_loc:
        return advance(operand);
      case DW_CFA_offset:
        return saved_at(operand, static_cast<std::int64_t>(cursor.uleb128()));
      case DW_CFA_restore:
        return restore(operand);
      default:
        return step_extended(opcode, cursor);
    }
  }

  bool step_extended(std::uint8_t opcode, ByteCursor& cursor) {
    switch (opcode) {
      case DW_CFA_nop:
        return true;
      case DW_CFA_set_loc:
        // Absolute addresses in 64-bit code; encoded ones are not written by any compiler.
        return set_location(cursor.number<std::uint64_t>());
      case DW_CFA_advance_loc1:
        return advance(cursor.number<std::uint8_t>());
      case DW_CFA_advance_loc2:
        return advance(cursor.number<std::uint16_t>());
      case DW_CFA_advance_loc4:
        return advance(cursor.number<std::uint32_t>());
      case DW_CFA_remember_state:
        return remember();
      case DW_CFA_restore_state:
        return recall();
      case DW_CFA_GNU_args_size:
        cursor.uleb128();
        return cursor.ok();
      case DW_CFA_GNU_window_save:
        // aarch64: DW_CFA_AARCH64_negate_ra_state. Signed return addresses are stripped wherever they are read.
        return true;
      case DW_CFA_def_cfa:
      case DW_CFA_def_cfa_sf:
      case DW_CFA_def_cfa_register:
      case DW_CFA_def_cfa_offset:
      case DW_CFA_def_cfa_offset_sf:
      case DW_CFA_def_cfa_expression:
        return define_cfa(opcode, cursor);
      default:
        return define_register(opcode, cursor);
    }
  }

  bool define_cfa(std::uint8_t opcode, ByteCursor& cursor) {
    if (opcode == DW_CFA_def_cfa_expression) {
      row_.cfa_is_expression = true;
      row_.cfa_expression = expression(cursor);
      return cursor.ok();
    }
    if (opcode == DW_CFA_def_cfa || opcode == DW_CFA_def_cfa_sf || opcode == DW_CFA_def_cfa_register) {
      row_.cfa_register = cursor.uleb128();
      row_.cfa_is_expression = false;
    }
    if (opcode == DW_CFA_def_cfa || opcode == DW_CFA_def_cfa_offset) {
      row_.cfa_offset = static_cast<std::int64_t>(cursor.uleb128());
    } else if (opcode == DW_CFA_def_cfa_sf || opcode == DW_CFA_def_cfa_offset_sf) {
      row_.cfa_offset = scaled(cursor.sleb128());
    }
    return cursor.ok();
  }

  bool define_register(std::uint8_t opcode, ByteCursor& cursor) {
    const std::uint64_t number = cursor.uleb128();
    switch (opcode) {
      case DW_CFA_offset_extended:
        return saved_at(number, static_cast<std::int64_t>(cursor.uleb128()));
      case DW_CFA_offset_extended_sf:
        return saved_at(number, cursor.sleb128());
      case DW_CFA_GNU_negative_offset_extended:
        return saved_at(number, -static_cast<std::int64_t>(cursor.uleb128() & 0x7FFFFFFFFFFFFFFFU));
      case DW_CFA_restore_extended:
        return restore(number);
      case DW_CFA_undefined:
        return set(number, {.kind = RuleKind::undefined});
      case DW_CFA_same_value:
        return set(number, {.kind = RuleKind::same_value});
      case DW_CFA_register:
        return set(number, {.kind = RuleKind::in_register, .value = static_cast<std::int64_t>(cursor.uleb128())});
      case DW_CFA_val_offset:
        return set(number, {.kind = RuleKind::is_offset, .value = scaled(static_cast<std::int64_t>(cursor.uleb128()))});
      case DW_CFA_val_offset_sf:
        return set(number, {.kind = RuleKind::is_offset, .value = scaled(cursor.sleb128())});
      case DW_CFA_expression:
        return set(number, {.kind = RuleKind::at_expression, .expression = expression(cursor)});
      case DW_CFA_val_expression:
        return set(number, {.kind = RuleKind::is_expression, .expression = expression(cursor)});
      default:
        return false;
    }
  }

  // Offsets wrap around as they would in the program: a nonsensical one leads to memory that cannot be read.
  [[nodiscard]] std::int64_t scaled(std::int64_t factor) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(factor) *
                                     static_cast<std::uint64_t>(header_.data_alignment));
  }

  static std::span<const std::byte> expression(ByteCursor& cursor) {
    const std::uint64_t size = cursor.uleb128();
    return cursor.take(size <= kLongestExpression ? size : ~std::uint64_t{0});
  }

  bool advance(std::uint64_t delta) { return set_location(location_ + delta * header_.code_alignment); }

  bool set_location(memory::Address location) {
    location_ = location;
    passed_ = location > pc_;
    return true;
  }

  // Registers without a number here (vector registers, flags) are not followed.
  bool set(std::uint64_t number, const RegisterRule& rule) {
    if (number < row_.registers.size()) {
      row_.registers[static_cast<std::size_t>(number)] = rule;
    }
    return true;
  }

  bool saved_at(std::uint64_t number, std::int64_t factor) {
    return set(number, {.kind = RuleKind::at_offset, .value = scaled(factor)});
  }

  bool restore(std::uint64_t number) {
    return number >= row_.registers.size() || set(number, initial_.registers[static_cast<std::size_t>(number)]);
  }

  bool remember() {
    remembered_.push_back(row_);
    return remembered_.size() <= kMaxRemembered;
  }

  bool recall() {
    if (remembered_.empty()) {
      return false;
    }
    row_ = std::move(remembered_.back());
    remembered_.pop_back();
    return true;
  }

  const CfiHeader& header_;
  memory::Address pc_;
  memory::Address location_;
  bool passed_ = false;
  UnwindRow row_;
  UnwindRow initial_;
  std::vector<UnwindRow> remembered_;
};

}  // namespace

std::optional<UnwindRow> run_cfi_program(const CfiHeader& header, std::span<const std::byte> initial,
                                         std::span<const std::byte> instructions, memory::Address pc) {
  Machine machine(header, pc);
  if (!machine.run(initial)) {
    return std::nullopt;
  }
  machine.end_initial();
  if (!machine.run(instructions)) {
    return std::nullopt;
  }
  return machine.take();
}

}  // namespace stillframe::binary
