// The memory of a dead process: what a core file holds, and behind it what the mapped files hold.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/memory_source.h"

namespace stillframe::memory {

// A range of the dead process's address space.
struct CoreExtent {
  Address begin = 0;
  std::uint64_t size = 0;
  std::uint64_t file_offset = 0;                  // of the first byte in the core file
  std::uint64_t present = 0;                      // so many bytes of the range are in the core
  FaultReason absent = FaultReason::not_in_core;  // why the bytes behind them are missing
};

// Gives bytes that the core left out because a file had them too.
class AbsentPages {
 public:
  AbsentPages() = default;
  AbsentPages(const AbsentPages&) = delete;
  AbsentPages& operator=(const AbsentPages&) = delete;
  AbsentPages(AbsentPages&&) = delete;
  AbsentPages& operator=(AbsentPages&&) = delete;
  virtual ~AbsentPages() = default;
  // How many bytes from `address` on could be given; 0 when the very file that was mapped there is not at hand, or
  // when the process may have changed the bytes since.
  virtual std::size_t read(Address address, std::span<std::byte> into) const = 0;
};

class CoreMemory final : public MemorySource {
 public:
  // `extents` sorted by address and without overlaps. `core` stays open, and `files` (null: none) alive, as long as
  // this does. The core is read with pread, never mapped: it may be cut off while it is read.
  CoreMemory(int core, std::vector<CoreExtent> extents, const AbsentPages* files);

  [[nodiscard]] Read<void> read(Address address, std::span<std::byte> into) const override;

 private:
  [[nodiscard]] const CoreExtent* find(Address address) const;
  [[nodiscard]] bool read_core(std::uint64_t offset, std::span<std::byte> into) const;

  int core_;
  std::vector<CoreExtent> extents_;
  const AbsentPages* files_;
};

}  // namespace stillframe::memory
