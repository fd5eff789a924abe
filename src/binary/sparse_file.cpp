#include "binary/sparse_file.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace stillframe::binary {
namespace {

// How much is written between two looks at the disk.
constexpr std::uint64_t kUnasked = std::uint64_t{16} << 20U;

bool all_zero(std::span<const std::byte> bytes) {
  return bytes.empty() ||
         (bytes.front() == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

bool SparseFile::append(std::span<const std::byte> bytes) {
  constexpr std::size_t page = 4096;
  while (!bytes.empty()) {
    const std::size_t to_border = page - size_ % page;
    std::size_t run = std::min(bytes.size(), to_border);
    const bool zeros = all_zero(bytes.first(run));
    while (run < bytes.size()) {
      const std::size_t next = std::min(page, bytes.size() - run);
      if (all_zero(bytes.subspan(run, next)) != zeros) {
        break;
      }
      run += next;
    }
    if (!zeros && !write_at(bytes.first(run))) {
      return false;
    }
    size_ += run;
    bytes = bytes.subspan(run);
  }
  return true;
}

bool SparseFile::write_at(std::span<const std::byte> bytes) {
  std::uint64_t at = size_;
  while (!bytes.empty()) {
    const ssize_t done = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) {
      continue;
    }
    if (done <= 0) {
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    at += static_cast<std::uint64_t>(done);
    written_ += static_cast<std::uint64_t>(done);
  }
  return true;
}

bool SparseFile::finish() const {
  return ftruncate(fd_, static_cast<off_t>(size_)) == 0;
}

std::uint64_t room_to_leave(std::uint64_t size, std::uint64_t available) {
  return std::min(size / 10, available / 2);
}

DiskRoom::DiskRoom(int fd) : fd_(fd) {
  if (const auto now = look()) {
    to_leave_ = room_to_leave(now->first, now->second);
  }
}

bool DiskRoom::allows(std::uint64_t bytes) {
  written_ += bytes;
  if (to_leave_ == 0 || written_ < kUnasked) {
    return true;
  }
  written_ = 0;
  const auto now = look();
  return !now || now->second >= to_leave_ + kUnasked;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> DiskRoom::look() const {
  struct statvfs about{};
  if (fstatvfs(fd_, &about) != 0) {
    return std::nullopt;
  }
  return std::pair{std::uint64_t{about.f_blocks} * about.f_frsize, std::uint64_t{about.f_bavail} * about.f_frsize};
}

}  // namespace stillframe::binary
