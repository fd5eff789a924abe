// Bytes at an address, and nothing else: the seam between what is read and where it is read from.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <type_traits>

namespace stillframe::memory {

using Address = std::uint64_t;

enum class FaultReason : std::uint8_t {
  unmapped,     // the target has nothing there
  not_in_core,  // the target had something there, but the core does not hold it and no matching file was found
  truncated,    // the core file ends before these bytes
  denied,       // the system forbids reading
  gone,         // the process has ended
  too_long,     // the request is longer than anything sane
};

// Whether the target had this memory and only the core has not: a pointer that leads there may be right.
constexpr bool is_lost(FaultReason reason) {
  return reason == FaultReason::not_in_core || reason == FaultReason::truncated;
}

// Why a read failed; small, because reading happens where nothing may be allocated.
struct Fault {
  Address address = 0;
  FaultReason reason = FaultReason::unmapped;
};

template <typename T>
using Read = std::expected<T, Fault>;

// One piece of a scatter read: `into.size()` bytes at `address`. `ok` is written by read_many.
struct Piece {
  Address address = 0;
  std::span<std::byte> into;
  bool ok = false;
};

class MemorySource {
 public:
  MemorySource() = default;
  MemorySource(const MemorySource&) = delete;
  MemorySource& operator=(const MemorySource&) = delete;
  MemorySource(MemorySource&&) = delete;
  MemorySource& operator=(MemorySource&&) = delete;
  virtual ~MemorySource() = default;

  // Fills the whole of `into` or fails; what `into` holds after a failure is undefined.
  [[nodiscard]] virtual Read<void> read(Address address, std::span<std::byte> into) const = 0;

  // Fills many pieces in as few system calls as the source can; returns how many succeeded.
  virtual std::size_t read_many(std::span<Piece> pieces) const;

  // A trivially copyable T at `address`.
  template <typename T>
    requires std::is_trivially_copyable_v<T>
  [[nodiscard]] Read<T> get(Address address) const {
    std::array<std::byte, sizeof(T)> raw;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    if (const auto done = read(address, raw); !done) {
      return std::unexpected(done.error());
    }
    return std::bit_cast<T>(raw);
  }
};

}  // namespace stillframe::memory
