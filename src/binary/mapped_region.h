// Memory of our own: of a file, or empty. A file that is cut short while it is mapped does not end this program, as the
// kernel would have it (SIGBUS): what is gone of it reads as zeros, and is told. That takes a handler of SIGBUS, which
// stands for as long as a file is mapped; where that is not allowed (Host::handle_bus_errors), files are copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace stillframe::binary {

// How the bytes of a file get into memory.
enum class FileAccess : std::uint8_t { copied, mapped };

class MappedRegion {
 public:
  MappedRegion() = default;
  // `size` bytes of the file, for reading. Empty when that fails.
  static MappedRegion of_file(int fd, std::uint64_t size);
  // The file, and `room` bytes behind the page in which it ends; both may be written to, which changes no file.
  static MappedRegion of_file_with_room(int fd, std::uint64_t size, std::uint64_t room);
  static MappedRegion of_memory(std::uint64_t size);
  // A copy of the first `size` bytes of the file. Empty when it has fewer.
  static MappedRegion copy_of_file(int fd, std::uint64_t size);

  MappedRegion(const MappedRegion&) = delete;
  MappedRegion& operator=(const MappedRegion&) = delete;
  MappedRegion(MappedRegion&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        guarded_(std::exchange(other.guarded_, false)) {}
  MappedRegion& operator=(MappedRegion&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(guarded_, other.guarded_);
    return *this;
  }
  ~MappedRegion();

  [[nodiscard]] bool empty() const { return data_ == nullptr; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  [[nodiscard]] std::span<std::byte> writable() { return {data_, size_}; }
  // Of an unchanged mapping of a file: gives back the memory of the whole pages between.
  void forget(std::uint64_t offset, std::uint64_t size) const;

  // How many pages of mapped files were gone when they were read, in this program so far. What is read between two
  // equal numbers was there.
  static std::uint64_t lost_pages();

 private:
  MappedRegion(std::byte* data, std::uint64_t size) : data_(data), size_(size) {}
  void guard();

  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
  bool guarded_ = false;  // of a file
};

}  // namespace stillframe::binary
