#include "target/system_calls.h"

#include <algorithm>
#include <array>

namespace stillframe::target {
namespace {

struct Entry {
  std::string_view name;
  std::int16_t x86_64;
  std::int16_t aarch64;
};

constexpr auto kTable = std::to_array<Entry>({
#define SYSTEM_CALL(name, x86_64, aarch64) Entry{#name, x86_64, aarch64},
#include "target/system_calls.def"
#undef SYSTEM_CALL
});

constexpr auto index_by(std::int16_t Entry::* number) {
  std::array<std::string_view, 512> names{};
  for (const Entry& entry : kTable) {
    if (entry.*number >= 0) {
      names[static_cast<std::size_t>(entry.*number)] = entry.name;
    }
  }
  return names;
}

constexpr auto kByX86 = index_by(&Entry::x86_64);
constexpr auto kByAarch64 = index_by(&Entry::aarch64);

}  // namespace

std::string_view system_call_name(binary::CoreMachine machine, std::int64_t number) {
  const auto& names = machine == binary::CoreMachine::aarch64 ? kByAarch64 : kByX86;
  return number >= 0 && number < static_cast<std::int64_t>(names.size()) ? names[static_cast<std::size_t>(number)]
                                                                         : std::string_view{};
}

}  // namespace stillframe::target
