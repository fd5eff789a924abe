// Bytes of a file at an offset, by pread: never mapped, because a file that shrinks under a mapping kills its reader
// with SIGBUS, and because pages of a mapped core would count as our own memory.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace stillframe::binary {

class FileReader {
 public:
  FileReader() = default;
  // `fd` stays the caller's and must outlive this.
  explicit FileReader(int fd);

  [[nodiscard]] int fd() const { return fd_; }
  // As it was when the reader was made; 0 for what is not a regular file.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  // How many bytes from `offset` on could be read: less than asked for only at the end of the file or after an error.
  [[nodiscard]] std::size_t read_some(std::uint64_t offset, std::span<std::byte> into) const;
  // All of `into`, or false.
  [[nodiscard]] bool read(std::uint64_t offset, std::span<std::byte> into) const {
    return read_some(offset, into) == into.size();
  }

  template <typename T>
    requires std::is_trivially_copyable_v<T>
  [[nodiscard]] std::optional<T> get(std::uint64_t offset) const {
    std::array<std::byte, sizeof(T)> raw;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    if (!read(offset, raw)) {
      return std::nullopt;
    }
    return std::bit_cast<T>(raw);
  }

  // The text up to its NUL, at most `limit` bytes; nothing when no NUL comes within them.
  [[nodiscard]] std::optional<std::string> text(std::uint64_t offset, std::size_t limit) const;

 private:
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace stillframe::binary
