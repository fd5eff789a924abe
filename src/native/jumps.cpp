#include "native/jumps.h"

#include <cstdint>
#include <cstring>

namespace stillframe::native {
namespace {

using memory::Address;

template <typename T>
T number_at(std::span<const std::byte> code, std::size_t at) {
  T value{};
  std::memcpy(&value, code.data() + at, sizeof value);
  return value;
}

}  // namespace

Jumps find_jumps(std::span<const std::byte> code, Address begin) {
  Jumps jumps;
  const auto add = [&](Address target) {
    if (target < begin || target - begin >= code.size()) {
      jumps.away.push_back(target);
    }
  };
#if defined(__x86_64__)
  // jmp rel8 (EB), jmp rel32 (E9), a conditional one (0F 80 to 0F 8F), jmp through a register or memory (FF /4).
  for (std::size_t at = 0; at + 1 < code.size(); ++at) {
    const auto opcode = std::to_integer<unsigned>(code[at]);
    if (opcode == 0xEB) {
      add(begin + at + 2 + static_cast<Address>(std::int64_t{number_at<std::int8_t>(code, at + 1)}));
    } else if ((opcode == 0xE9 || (opcode & 0xF0U) == 0x80U) && at + 5 <= code.size()) {
      add(begin + at + 5 + static_cast<Address>(std::int64_t{number_at<std::int32_t>(code, at + 1)}));
    } else if (opcode == 0xFF && (std::to_integer<unsigned>(code[at + 1]) & 0x38U) == 0x20U) {
      jumps.through_pointer = true;
    }
  }
#else
  for (std::size_t at = 0; at + 4 <= code.size(); at += 4) {
    const auto word = number_at<std::uint32_t>(code, at);
    if ((word & 0xFC000000U) == 0x14000000U) {  // B imm26, in words
      add(begin + at + static_cast<Address>(std::int64_t{static_cast<std::int32_t>(word << 6U) >> 4U}));
    }
    jumps.through_pointer = jumps.through_pointer || (word & 0xFFFFFC1FU) == 0xD61F0000U;  // BR
  }
#endif
  return jumps;
}

}  // namespace stillframe::native
