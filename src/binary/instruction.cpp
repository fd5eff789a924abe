#include "binary/instruction.h"

#if defined(__x86_64__)

#include <capstone/capstone.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

// The archive of capstone brings tables for every machine it knows, five megabytes. Whatever has these names is not
// taken from it, so that only x86's are linked; cs_open() says no to the others.
// NOLINTBEGIN(bugprone-macro-parentheses,readability-identifier-naming,misc-use-internal-linkage)
#define SF_WITHOUT(machine)                                                                   \
  extern "C" cs_err machine##_global_init(void* /*handle*/) {                                 \
    return CS_ERR_ARCH;                                                                       \
  }                                                                                           \
  extern "C" cs_err machine##_option(void* /*handle*/, int /*type*/, std::size_t /*value*/) { \
    return CS_ERR_ARCH;                                                                       \
  }
SF_WITHOUT(ARM)
SF_WITHOUT(AArch64)
SF_WITHOUT(BPF)
SF_WITHOUT(EVM)
SF_WITHOUT(M680X)
SF_WITHOUT(M68K)
SF_WITHOUT(MOS65XX)
SF_WITHOUT(Mips)
SF_WITHOUT(PPC)
SF_WITHOUT(RISCV)
SF_WITHOUT(SH)
SF_WITHOUT(Sparc)
SF_WITHOUT(SystemZ)
SF_WITHOUT(TMS320C64x)
SF_WITHOUT(TRICORE)
SF_WITHOUT(WASM)
SF_WITHOUT(XCore)
#undef SF_WITHOUT
// NOLINTEND(bugprone-macro-parentheses,readability-identifier-naming,misc-use-internal-linkage)

namespace stillframe::binary {
namespace {

constexpr std::uint64_t kWord = 8;

// Registers by DWARF number (System V ABI, AMD64 supplement, figure 3.36), whole and their low halves.
using RegisterOrder = std::array<x86_reg, 16>;
constexpr RegisterOrder kWhole{X86_REG_RAX, X86_REG_RDX, X86_REG_RCX, X86_REG_RBX, X86_REG_RSI, X86_REG_RDI,
                               X86_REG_RBP, X86_REG_RSP, X86_REG_R8,  X86_REG_R9,  X86_REG_R10, X86_REG_R11,
                               X86_REG_R12, X86_REG_R13, X86_REG_R14, X86_REG_R15};
constexpr RegisterOrder kHalves{X86_REG_EAX,  X86_REG_EDX,  X86_REG_ECX,  X86_REG_EBX, X86_REG_ESI,  X86_REG_EDI,
                                X86_REG_EBP,  X86_REG_ESP,  X86_REG_R8D,  X86_REG_R9D, X86_REG_R10D, X86_REG_R11D,
                                X86_REG_R12D, X86_REG_R13D, X86_REG_R14D, X86_REG_R15D};

std::optional<std::uint64_t> dwarf_number(unsigned int reg, const RegisterOrder& order = kWhole) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (static_cast<unsigned int>(order.at(i)) == reg) {
      return i;
    }
  }
  return std::nullopt;
}

struct CloseDecoder {
  csh handle = 0;
  CloseDecoder() = default;
  CloseDecoder(const CloseDecoder&) = delete;
  CloseDecoder& operator=(const CloseDecoder&) = delete;
  CloseDecoder(CloseDecoder&&) = delete;
  CloseDecoder& operator=(CloseDecoder&&) = delete;
  ~CloseDecoder() {
    if (handle != 0) {
      cs_close(&handle);
    }
  }
};

struct FreeInstruction {
  void operator()(cs_insn* instruction) const { cs_free(instruction, 1); }
};

class InstructionDecoder {
 public:
  InstructionDecoder(csh handle, const cs_insn& raw, const RegisterSet& registers)
      : handle_(handle), raw_(raw), detail_(raw.detail->x86), registers_(registers) {}

  Instruction decode() {
    Instruction found;
    found.text = raw_.mnemonic;
    found.text += *raw_.op_str == '\0' ? "" : fmt::format(" {}", static_cast<const char*>(raw_.op_str));
    found.length = raw_.size;
    for (std::uint8_t i = 0; i < detail_.op_count; ++i) {
      add_operand(detail_.operands[i], found);
    }
    add_stack_access(found);
    const unsigned int id = raw_.id;
    found.divides = id == X86_INS_DIV || id == X86_INS_IDIV;
    if (found.divides && detail_.op_count > 0 && detail_.operands[0].type == X86_OP_REG) {
      found.divisor = divisor_of(detail_.operands[0].reg);
    }
    found.traps = id == X86_INS_UD2 || id == X86_INS_INT3 || id == X86_INS_HLT;
    found.wide = found.text.starts_with('v') || has_group(X86_GRP_AVX512);
    return found;
  }

 private:
  [[nodiscard]] bool has_group(std::uint8_t group) const { return cs_insn_group(handle_, &raw_, group); }

  void add_operand(const cs_x86_op& operand, Instruction& found) const {
    if (operand.type != X86_OP_MEM) {
      return;
    }
    MemoryOperand memory = describe(operand);
    if (raw_.id != X86_INS_LEA && raw_.id != X86_INS_NOP && (memory.read || memory.written)) {
      found.memory.push_back(std::move(memory));
    }
  }

  [[nodiscard]] MemoryOperand describe(const cs_x86_op& operand) const {
    const x86_op_mem& mem = operand.mem;
    MemoryOperand memory{.size = operand.size,
                         .masked = std::string_view(raw_.op_str).contains("{k"),
                         .read = (operand.access & CS_AC_READ) != 0,
                         .written = (operand.access & CS_AC_WRITE) != 0};
    // Of vector stores with a mask the library does not know that they write.
    const bool stores = &operand == detail_.operands && std::string_view(raw_.mnemonic).starts_with("vmov");
    memory.written = memory.written || stores;
    memory.read = memory.read && !stores;
    bool known = mem.segment == X86_REG_INVALID || mem.segment == X86_REG_DS || mem.segment == X86_REG_ES;
    auto address = static_cast<std::uint64_t>(mem.disp);
    const auto add = [&](unsigned int reg, std::uint64_t scale) {
      if (reg == X86_REG_INVALID || reg == X86_REG_RIZ) {
        return;
      }
      const std::string name = cs_reg_name(handle_, reg);
      memory.text += memory.text.empty() ? name : " + " + name;
      memory.text += scale == 1 ? "" : fmt::format("*{}", scale);
      const auto number = dwarf_number(reg);
      const auto value = reg == X86_REG_RIP ? std::optional(raw_.address + raw_.size)
                         : number           ? registers_.get(*number)
                                            : std::nullopt;
      known = known && value;
      address += value.value_or(0) * scale;
      if (value && reg != X86_REG_RIP) {
        memory.registers.push_back({.name = name, .value = *value});
      }
    };
    add(mem.base, 1);
    add(mem.index, static_cast<std::uint64_t>(mem.scale));
    if (memory.text.empty()) {
      memory.text = fmt::format("{:#x}", static_cast<std::uint64_t>(mem.disp));
    } else if (mem.disp != 0) {
      const auto size = static_cast<std::uint64_t>(mem.disp);
      memory.text += mem.disp < 0 ? fmt::format(" - {:#x}", std::uint64_t{0} - size) : fmt::format(" + {:#x}", size);
    }
    if (known) {
      memory.address = address;
    }
    return memory;
  }

  // Calls and pushes write below the stack pointer, returns and pops read at it.
  void add_stack_access(Instruction& found) const {
    const bool pushes = raw_.id == X86_INS_PUSH || has_group(X86_GRP_CALL);
    const bool pops = raw_.id == X86_INS_POP || raw_.id == X86_INS_LEAVE || has_group(X86_GRP_RET);
    const auto sp = registers_.get(kStackPointer);
    if (!sp || (!pushes && !pops)) {
      return;
    }
    found.memory.push_back({.text = pushes ? "rsp - 0x8" : "rsp",
                            .size = kWord,
                            .read = pops,
                            .written = pushes,
                            .address = pushes ? *sp - kWord : *sp,
                            .registers = {{.name = "rsp", .value = *sp}}});
  }

  [[nodiscard]] std::optional<NamedRegister> divisor_of(unsigned int reg) const {
    const auto whole = dwarf_number(reg);
    const auto half = dwarf_number(reg, kHalves);
    const auto value = whole ? registers_.get(*whole) : half ? registers_.get(*half) : std::nullopt;
    if (!value) {
      return std::nullopt;
    }
    return NamedRegister{.name = cs_reg_name(handle_, reg), .value = whole ? *value : *value & 0xffff'ffffU};
  }

  csh handle_;
  const cs_insn& raw_;
  const cs_x86& detail_;
  const RegisterSet& registers_;
};

// Follows one function's code for what its registers hold.
class ValueTracer {
 public:
  ValueTracer(csh handle, bool called) : handle_(handle) {
    // rdi, rsi, rdx, rcx, r8, r9 (System V ABI, AMD64 supplement, 3.2.3).
    constexpr std::array<std::size_t, 6> kArguments{5, 4, 1, 2, 8, 9};
    for (std::size_t i = 0; called && i < kArguments.size(); ++i) {
      values_[kArguments[i]].argument = i;
    }
  }

  KnownValues trace(std::span<const std::byte> code, memory::Address begin, memory::Address pc) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes
    const auto* at = reinterpret_cast<const std::uint8_t*>(code.data());
    const std::unique_ptr<cs_insn, FreeInstruction> one(cs_malloc(handle_));
    find_targets(code, begin, *one);
    std::size_t size = code.size();
    std::uint64_t address = begin;
    while (one && address < pc && cs_disasm_iter(handle_, &at, &size, &address, one.get())) {
      if (std::ranges::binary_search(targets_, one->address)) {
        values_ = {};  // also reached from elsewhere
      }
      step(*one);
    }
    const bool reached = address == pc && !jumps_anywhere_ && !std::ranges::binary_search(targets_, pc);
    return reached ? values_ : KnownValues{};
  }

 private:
  // Where jumps within the function lead.
  void find_targets(std::span<const std::byte> code, memory::Address begin, cs_insn& one) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes
    const auto* at = reinterpret_cast<const std::uint8_t*>(code.data());
    std::size_t size = code.size();
    std::uint64_t address = begin;
    while (cs_disasm_iter(handle_, &at, &size, &address, &one)) {
      const cs_x86& detail = one.detail->x86;
      if (!cs_insn_group(handle_, &one, X86_GRP_JUMP)) {
        continue;
      }
      if (detail.op_count == 1 && detail.operands[0].type == X86_OP_IMM) {
        targets_.push_back(static_cast<std::uint64_t>(detail.operands[0].imm));
      } else {
        jumps_anywhere_ = true;
      }
    }
    std::ranges::sort(targets_);
  }

  void step(const cs_insn& one) {
    const cs_x86& detail = one.detail->x86;
    if (one.id == X86_INS_JMP || cs_insn_group(handle_, &one, X86_GRP_RET)) {
      values_ = {};  // what follows is reached from elsewhere
      return;
    }
    if (cs_insn_group(handle_, &one, X86_GRP_CALL)) {
      for (const auto number : std::to_array<std::size_t>({0, 1, 2, 4, 5, 8, 9, 10, 11})) {
        values_[number] = {};  // a function may change them
      }
      return;
    }
    KnownValue value;
    if (detail.op_count == 2 && one.id == X86_INS_MOV && detail.operands[1].type == X86_OP_REG) {
      if (const auto from = dwarf_number(detail.operands[1].reg)) {
        value = values_[*from];
      }
    } else if (detail.op_count == 2 && one.id == X86_INS_LEA && detail.operands[1].mem.base == X86_REG_RIP) {
      value.address = one.address + one.size + static_cast<std::uint64_t>(detail.operands[1].mem.disp);
    } else if (detail.op_count == 2 && one.id == X86_INS_MOV && detail.operands[1].type == X86_OP_IMM) {
      value.address = static_cast<std::uint64_t>(detail.operands[1].imm);  // of a program at a fixed address
    }
    cs_regs read{};
    cs_regs written{};
    std::uint8_t read_count = 0;
    std::uint8_t written_count = 0;
    if (cs_regs_access(handle_, &one, read, &read_count, written, &written_count) != CS_ERR_OK) {
      values_ = {};
      return;
    }
    for (std::size_t i = 0; i < written_count; ++i) {
      const auto whole = dwarf_number(written[i]);
      const auto number = whole ? whole : dwarf_number(written[i], kHalves);
      if (number) {
        values_[*number] = value;
      }
    }
  }

  csh handle_;
  std::vector<std::uint64_t> targets_;
  bool jumps_anywhere_ = false;  // through a register or a table
  KnownValues values_{};
};

// Capstone 4 does not know the comparisons into mask registers, by which glibc looks for the end of a text:
// EVEX.66.0F3A 3E and 3F, VPCMPUB/UW and VPCMPB/W (Intel SDM, volume 2). Their memory operand is encoded as that of
// VMOVDQU8 (EVEX.F2.0F.W0 6F), so it is decoded as such a load.
struct MaskComparison {
  std::array<std::uint8_t, 15> load{};
  std::size_t length = 0;
  bool masked = false;
  std::string text;  // up to the memory operand
};

std::optional<MaskComparison> mask_comparison(std::span<const std::byte> bytes) {
  constexpr std::size_t kFewest = 7;  // prefix, opcode, ModRM, immediate
  const auto at = [&](std::size_t i) { return std::to_integer<unsigned int>(bytes[i]); };
  if (bytes.size() < kFewest || at(0) != 0x62 || (at(1) & 0x0fU) != 3 || (at(2) & 3U) != 1 || (at(4) & ~1U) != 0x3e) {
    return std::nullopt;
  }
  constexpr std::array<char, 4> kWidths{'x', 'y', 'z', '?'};
  const unsigned int vector = ((~at(2) >> 3U) & 0x0fU) | ((~at(3) & 8U) << 1U);
  MaskComparison found;
  found.text = fmt::format("vpcmp{}{} k{}, {}mm{}, ", (at(4) & 1U) == 0 ? "u" : "", (at(2) & 0x80U) == 0 ? "b" : "w",
                           (at(5) >> 3U) & 7U, kWidths[(at(3) >> 5U) & 3U], vector);
  found.length = std::min(bytes.size(), found.load.size());
  found.masked = (at(3) & 7U) != 0;
  for (std::size_t i = 0; i < found.length; ++i) {
    found.load[i] = static_cast<std::uint8_t>(at(i));
  }
  found.load[1] = static_cast<std::uint8_t>((at(1) & 0xf0U) | 1U);  // the map: 0F
  found.load[2] = 0x7f;                                             // W0, no second source, F2
  found.load[3] = static_cast<std::uint8_t>((at(3) & 0x60U) | 8U);  // its width alone: no mask
  found.load[4] = 0x6f;
  return found;
}

bool open_decoder(CloseDecoder& decoder) {
  return cs_open(CS_ARCH_X86, CS_MODE_64, &decoder.handle) == CS_ERR_OK &&
         cs_option(decoder.handle, CS_OPT_DETAIL, CS_OPT_ON) == CS_ERR_OK;
}

std::optional<Instruction> decode_with(const CloseDecoder& decoder, const std::uint8_t* code, std::size_t size,
                                       memory::Address pc, const RegisterSet& registers) {
  cs_insn* raw = nullptr;
  if (cs_disasm(decoder.handle, code, size, pc, 1, &raw) != 1 || raw == nullptr) {
    return std::nullopt;
  }
  const std::unique_ptr<cs_insn, FreeInstruction> owner(raw);
  return InstructionDecoder(decoder.handle, *raw, registers).decode();
}

}  // namespace

KnownValues known_values(std::span<const std::byte> code, memory::Address begin, memory::Address pc, bool called) {
  CloseDecoder decoder;
  return open_decoder(decoder) ? ValueTracer(decoder.handle, called).trace(code, begin, pc) : KnownValues{};
}

std::optional<Instruction> decode_instruction(std::span<const std::byte> bytes, memory::Address pc,
                                              const RegisterSet& registers) {
  CloseDecoder decoder;
  if (!open_decoder(decoder)) {
    return std::nullopt;
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes
  if (auto found =
          decode_with(decoder, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), pc, registers)) {
    return found;
  }
  const auto comparison = mask_comparison(bytes);
  auto found =
      comparison ? decode_with(decoder, comparison->load.data(), comparison->length, pc, registers) : std::nullopt;
  const std::size_t place = found ? found->text.find("ptr [") : std::string::npos;
  // Whatever counts from the next instruction would be wrong by the last byte.
  if (place == std::string::npos || found->length >= bytes.size() || found->text.contains("rip")) {
    return std::nullopt;
  }
  found->text = fmt::format("{}{}, {}", comparison->text, found->text.substr(found->text.rfind(", ", place) + 2),
                            std::to_integer<unsigned int>(bytes[found->length]));
  ++found->length;
  for (MemoryOperand& operand : found->memory) {
    operand.masked = comparison->masked;
  }
  return found;
}

}  // namespace stillframe::binary

#else

namespace stillframe::binary {

std::optional<Instruction> decode_instruction(std::span<const std::byte> /*bytes*/, memory::Address /*pc*/,
                                              const RegisterSet& /*registers*/) {
  return std::nullopt;
}

KnownValues known_values(std::span<const std::byte> /*code*/, memory::Address /*begin*/, memory::Address /*pc*/,
                         bool /*called*/) {
  return {};
}

}  // namespace stillframe::binary

#endif
