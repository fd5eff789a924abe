// A file that is written from its beginning to its end, in which pages of zeros take no room, and which leaves room for
// others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace stillframe::binary {

class SparseFile {
 public:
  explicit SparseFile(int fd) : fd_(fd) {}

  // False: errno says why.
  bool append(std::span<const std::byte> bytes);
  [[nodiscard]] bool finish() const;
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Without the holes.
  [[nodiscard]] std::uint64_t written() const { return written_; }

 private:
  bool write_at(std::span<const std::byte> bytes);

  int fd_;
  std::uint64_t size_ = 0;
  std::uint64_t written_ = 0;
};

// What of a file system has to stay free: a tenth of it, or half of what is free now where that is less.
std::uint64_t room_to_leave(std::uint64_t size, std::uint64_t available);

// The room that is left on the file system of a file, asked for anew after every so many bytes.
class DiskRoom {
 public:
  explicit DiskRoom(int fd);
  // Whether there is still some to spare when so many bytes more have been written.
  bool allows(std::uint64_t bytes);

 private:
  // Its size, and what of it is free.
  [[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint64_t>> look() const;

  int fd_;
  std::uint64_t to_leave_ = 0;  // 0: not known
  std::uint64_t written_ = 0;   // since the last look
};

}  // namespace stillframe::binary
