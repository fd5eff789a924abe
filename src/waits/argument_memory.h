// What the arguments of a system call point at: the one way in which this analysis reads memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "memory/memory_source.h"

namespace stillframe::waits {

using memory::Address;

// struct pollfd.
struct PollEntry {
  std::int32_t fd = -1;
  std::int16_t events = 0;
  std::int16_t found = 0;
};

// Every answer is empty where the memory cannot be read or makes no sense.
class ArgumentMemory {
 public:
  explicit ArgumentMemory(const memory::MemorySource& memory) : memory_(memory) {}

  // Seconds. Longer times than a century are none.
  [[nodiscard]] std::optional<double> timespec(Address address) const;
  [[nodiscard]] std::optional<double> timeval(Address address) const;
  // At most 4096 of them.
  [[nodiscard]] std::vector<PollEntry> poll_entries(Address address, std::uint64_t count) const;
  // The descriptors below `count` (at most 65536) that are in an fd_set; none for address 0.
  [[nodiscard]] std::vector<int> fd_set(Address address, std::uint64_t count) const;
  // A kernel's sigset_t: bit 0 is signal 1.
  [[nodiscard]] std::optional<std::uint64_t> signal_set(Address address) const;
  // Bytes up to the 0, at most PATH_MAX.
  [[nodiscard]] std::optional<std::string> path(Address address) const;
  [[nodiscard]] std::optional<std::uint64_t> word(Address address) const;
  // The number of the system call whose instruction ends at `pc`, where the code says it just before:
  // `mov eax, NUMBER; syscall` (x86-64).
  [[nodiscard]] std::optional<std::int64_t> call_number_before(Address pc) const;

 private:
  const memory::MemorySource& memory_;
};

}  // namespace stillframe::waits
