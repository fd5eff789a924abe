#include "binary/dwarf_expression.h"

#include <dwarf.h>

#include "binary/byte_cursor.h"

namespace stillframe::binary {
namespace {

constexpr std::size_t kDeepestStack = 64;
// Branches may go backwards; what compilers write takes a dozen steps.
constexpr int kMaxSteps = 1000;

class Evaluator {
 public:
  Evaluator(std::span<const std::byte> expression, const RegisterSet& registers, const memory::MemorySource& memory,
            memory::Address bias)
      : expression_(expression), cursor_(expression), registers_(registers), memory_(memory), bias_(bias) {}

  std::expected<std::uint64_t, ExpressionFault> run(std::optional<std::uint64_t> initial, std::uint64_t& effort) {
    if (initial) {
      push(*initial);
    }
    for (int steps = 0; !cursor_.at_end() && !fault_; ++steps) {
      if (steps == kMaxSteps || effort == 0) {
        fail(ExpressionFault::nonsense);
        break;
      }
      --effort;
      step(cursor_.number<std::uint8_t>());
    }
    const std::uint64_t result = pop();
    if (!cursor_.ok()) {
      fail(ExpressionFault::nonsense);
    }
    if (fault_) {
      return std::unexpected(*fault_);
    }
    return result;
  }

 private:
  void fail(ExpressionFault fault) { fault_ = fault_.value_or(fault); }

  void push(std::uint64_t value) {
    if (depth_ == stack_.size()) {
      fail(ExpressionFault::nonsense);
      return;
    }
    stack_[depth_++] = value;
  }

  std::uint64_t pop() {
    if (depth_ == 0) {
      fail(ExpressionFault::nonsense);
      return 0;
    }
    return stack_[--depth_];
  }

  void push_copy(std::size_t below_top) {
    if (below_top >= depth_) {
      fail(ExpressionFault::nonsense);
      return;
    }
    push(stack_[depth_ - 1 - below_top]);
  }

  void push_register(std::uint64_t number, std::int64_t offset) {
    const auto value = registers_.get(number);
    if (!value) {
      fail(ExpressionFault::unknown_register);
      return;
    }
    push(*value + static_cast<std::uint64_t>(offset));
  }

  void push_memory(unsigned size) {
    const std::uint64_t address = pop();
    std::uint64_t value = 0;
    if (size == 0 || size > sizeof value) {
      fail(ExpressionFault::nonsense);
      return;
    }
    if (!memory_.read(address, std::as_writable_bytes(std::span(&value, 1)).first(size))) {
      fail(ExpressionFault::memory);
      return;
    }
    push(value);
  }

  void step(std::uint8_t operation) {
    if (operation >= DW_OP_lit0 && operation <= DW_OP_lit31) {
      push(operation - DW_OP_lit0);
    } else if (operation >= DW_OP_breg0 && operation <= DW_OP_breg31) {
      push_register(operation - DW_OP_breg0, cursor_.sleb128());
    } else if (!constant(operation) && !stack_operation(operation) && !branch(operation) && !arithmetic(operation)) {
      fail(ExpressionFault::nonsense);
    }
  }

  template <typename T>
  void push_number() {
    push(static_cast<std::uint64_t>(static_cast<std::int64_t>(cursor_.number<T>())));
  }

  bool constant(std::uint8_t operation) {
    switch (operation) {
      case DW_OP_addr:
        push(cursor_.number<std::uint64_t>() + bias_);
        return true;
      case DW_OP_const1u:
        push_number<std::uint8_t>();
        return true;
      case DW_OP_const1s:
        push_number<std::int8_t>();
        return true;
      case DW_OP_const2u:
        push_number<std::uint16_t>();
        return true;
      case DW_OP_const2s:
        push_number<std::int16_t>();
        return true;
      case DW_OP_const4u:
        push_number<std::uint32_t>();
        return true;
      case DW_OP_const4s:
        push_number<std::int32_t>();
        return true;
      case DW_OP_const8u:
      case DW_OP_const8s:
        push(cursor_.number<std::uint64_t>());
        return true;
      case DW_OP_constu:
        push(cursor_.uleb128());
        return true;
      case DW_OP_consts:
        push(static_cast<std::uint64_t>(cursor_.sleb128()));
        return true;
      case DW_OP_bregx: {
        const std::uint64_t number = cursor_.uleb128();
        push_register(number, cursor_.sleb128());
        return true;
      }
      default:
        return false;
    }
  }

  bool stack_operation(std::uint8_t operation) {
    switch (operation) {
      case DW_OP_nop:
        return true;
      case DW_OP_dup:
        push_copy(0);
        return true;
      case DW_OP_over:
        push_copy(1);
        return true;
      case DW_OP_pick:
        push_copy(cursor_.number<std::uint8_t>());
        return true;
      case DW_OP_drop:
        pop();
        return true;
      case DW_OP_swap: {
        const std::uint64_t top = pop();
        const std::uint64_t second = pop();
        push(top);
        push(second);
        return true;
      }
      case DW_OP_rot: {
        const std::uint64_t top = pop();
        const std::uint64_t second = pop();
        const std::uint64_t third = pop();
        push(top);
        push(third);
        push(second);
        return true;
      }
      case DW_OP_deref:
        push_memory(sizeof(std::uint64_t));
        return true;
      case DW_OP_deref_size:
        push_memory(cursor_.number<std::uint8_t>());
        return true;
      default:
        return false;
    }
  }

  void jump(std::int16_t distance) {
    const auto target = static_cast<std::int64_t>(expression_.size() - cursor_.left()) + distance;
    if (target < 0 || static_cast<std::uint64_t>(target) > expression_.size()) {
      fail(ExpressionFault::nonsense);
      return;
    }
    cursor_ = ByteCursor(expression_.subspan(static_cast<std::size_t>(target)));
  }

  bool branch(std::uint8_t operation) {
    if (operation != DW_OP_skip && operation != DW_OP_bra) {
      return false;
    }
    const auto distance = cursor_.number<std::int16_t>();
    if (operation == DW_OP_skip || pop() != 0) {
      jump(distance);
    }
    return true;
  }

  bool arithmetic(std::uint8_t operation) {
    if (operation == DW_OP_plus_uconst) {
      push(pop() + cursor_.uleb128());
      return true;
    }
    const std::uint64_t right = pop();
    const auto signed_right = static_cast<std::int64_t>(right);
    switch (operation) {
      case DW_OP_not:
        push(~right);
        return true;
      case DW_OP_neg:
        push(-right);
        return true;
      case DW_OP_abs:
        push(signed_right < 0 ? -right : right);
        return true;
      default:
        return binary(operation, pop(), right);
    }
  }

  bool binary(std::uint8_t operation, std::uint64_t left, std::uint64_t right) {
    const auto signed_left = static_cast<std::int64_t>(left);
    const auto signed_right = static_cast<std::int64_t>(right);
    constexpr std::uint64_t kBits = 64;
    switch (operation) {
      case DW_OP_plus:
        push(left + right);
        return true;
      case DW_OP_minus:
        push(left - right);
        return true;
      case DW_OP_mul:
        push(left * right);
        return true;
      case DW_OP_and:
        push(left & right);
        return true;
      case DW_OP_or:
        push(left | right);
        return true;
      case DW_OP_xor:
        push(left ^ right);
        return true;
      case DW_OP_shl:
        push(right < kBits ? left << right : 0);
        return true;
      case DW_OP_shr:
        push(right < kBits ? left >> right : 0);
        return true;
      case DW_OP_shra:
        push(static_cast<std::uint64_t>(signed_left >> (right < kBits ? right : kBits - 1)));
        return true;
      case DW_OP_eq:
        push(left == right ? 1 : 0);
        return true;
      case DW_OP_ne:
        push(left != right ? 1 : 0);
        return true;
      case DW_OP_ge:
        push(signed_left >= signed_right ? 1 : 0);
        return true;
      case DW_OP_gt:
        push(signed_left > signed_right ? 1 : 0);
        return true;
      case DW_OP_le:
        push(signed_left <= signed_right ? 1 : 0);
        return true;
      case DW_OP_lt:
        push(signed_left < signed_right ? 1 : 0);
        return true;
      default:
        return false;  // division is in no call frame information that a compiler writes
    }
  }

  std::span<const std::byte> expression_;
  ByteCursor cursor_;
  const RegisterSet& registers_;
  const memory::MemorySource& memory_;
  memory::Address bias_;
  std::array<std::uint64_t, kDeepestStack> stack_{};
  std::size_t depth_ = 0;
  std::optional<ExpressionFault> fault_;
};

}  // namespace

std::expected<std::uint64_t, ExpressionFault> evaluate(std::span<const std::byte> expression,
                                                       const RegisterSet& registers, const memory::MemorySource& memory,
                                                       std::optional<std::uint64_t> initial, memory::Address bias,
                                                       std::uint64_t& effort) {
  return Evaluator(expression, registers, memory, bias).run(initial, effort);
}

}  // namespace stillframe::binary
