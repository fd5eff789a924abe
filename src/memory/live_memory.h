// The memory of a running process.
#pragma once

#include <sys/types.h>

#include "memory/memory_source.h"

namespace stillframe::memory {

// Reads with process_vm_readv; where that is forbidden or missing (seccomp, old kernels), through /proc/PID/mem.
class LiveMemory final : public MemorySource {
 public:
  explicit LiveMemory(pid_t pid) : pid_(pid) {}
  LiveMemory(const LiveMemory&) = delete;
  LiveMemory& operator=(const LiveMemory&) = delete;
  LiveMemory(LiveMemory&&) = delete;
  LiveMemory& operator=(LiveMemory&&) = delete;
  ~LiveMemory() override;

  [[nodiscard]] Read<void> read(Address address, std::span<std::byte> into) const override;
  // At most 1024 pieces (IOV_MAX) go into one system call.
  std::size_t read_many(std::span<Piece> pieces) const override;

 private:
  [[nodiscard]] Read<void> read_file(Address address, std::span<std::byte> into) const;
  // Fills pieces from the front; returns how many system calls' worth were done (0: the first one failed).
  [[nodiscard]] std::size_t read_batch(std::span<Piece> pieces) const;

  pid_t pid_;
  mutable bool use_file_ = false;
  mutable int fd_ = -1;
};

}  // namespace stillframe::memory
