// What all files together may cost that one look reads: files are the target's, and may be as many and as long as
// somebody likes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stillframe::binary {

class FileBudget {
 public:
  static constexpr std::uint64_t kDefaultBytes = std::uint64_t{256} << 20U;

  // Begins a new look. The time that goes with the bytes is many times what they need where a disk is of any use.
  void begin(std::uint64_t bytes);

  // Whether so many more bytes of a file may be read and taken apart; they are then used up. A file that is refused is
  // counted for the warning.
  bool take(std::uint64_t bytes, const std::string& path);

  // The CRC-32 of a whole file; nothing where it is too long for what is left, or cannot be read. Each file is read
  // once, whatever names it has. A byte of it costs a quarter of one that is taken apart.
  std::optional<std::uint32_t> checksum(int fd, const std::string& path);

  // Counts the time that it lives as spent on files.
  class Spending {
   public:
    explicit Spending(FileBudget& budget) : budget_(budget), began_(std::chrono::steady_clock::now()) {}
    Spending(const Spending&) = delete;
    Spending& operator=(const Spending&) = delete;
    Spending(Spending&&) = delete;
    Spending& operator=(Spending&&) = delete;
    ~Spending() { budget_.spent_ += std::chrono::steady_clock::now() - began_; }

   private:
    FileBudget& budget_;
    std::chrono::steady_clock::time_point began_;
  };

  // What was not read for it.
  [[nodiscard]] std::optional<std::string> warning() const;
  // For tests: bytes read for checksums.
  [[nodiscard]] std::uint64_t summed() const { return summed_; }

 private:
  [[nodiscard]] bool allows(std::uint64_t bytes, const std::string& path);

  // A file as it was: device, inode, size, time of its last change.
  using Key = std::pair<std::pair<std::uint64_t, std::uint64_t>, std::pair<std::uint64_t, std::int64_t>>;

  std::uint64_t allowed_ = kDefaultBytes;
  std::uint64_t left_ = kDefaultBytes;
  std::chrono::steady_clock::duration spent_{};
  std::map<Key, std::optional<std::uint32_t>> checksums_;
  std::uint64_t summed_ = 0;
  std::vector<std::string> refused_;  // the first ones
  std::size_t refusals_ = 0;
};

}  // namespace stillframe::binary
