#include "memory/live_memory.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <string>

namespace stillframe::memory {
namespace {

Fault fault_of(Address address, int error) {
  switch (error) {
    case ESRCH:
      return {.address = address, .reason = FaultReason::gone};
    case EPERM:
    case EACCES:
      return {.address = address, .reason = FaultReason::denied};
    default:
      return {.address = address, .reason = FaultReason::unmapped};
  }
}

// An address as the kernel takes it: of another process, never followed here.
void* as_pointer(Address address) {
  return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr)
}

// What a scatter read is asked for. Neighbours become one: the kernel takes up the target's pages anew for every range,
// and a page alone costs a third more than one of a row.
class Ranges {
 public:
  static constexpr std::size_t kMost = IOV_MAX;

  // At most kMost times.
  void add(void* start, std::size_t size) {
    if (size_ > 0 && end_ == reinterpret_cast<std::uintptr_t>(start)) {
      ranges_[size_ - 1].iov_len += size;
    } else {
      ranges_[size_++] = {.iov_base = start, .iov_len = size};
    }
    end_ = reinterpret_cast<std::uintptr_t>(start) + size;
  }
  [[nodiscard]] const iovec* data() const { return ranges_.data(); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<iovec, kMost> ranges_;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as size_
  std::size_t size_ = 0;
  std::uintptr_t end_ = 0;  // of the last one: a number, since in a target it may be no pointer that exists
};

}  // namespace

LiveMemory::~LiveMemory() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

Read<void> LiveMemory::read(Address address, std::span<std::byte> into) const {
  if (into.empty()) {
    return {};
  }
  if (use_file_) {
    return read_file(address, into);
  }
  const iovec local{.iov_base = into.data(), .iov_len = into.size()};
  const iovec remote{.iov_base = as_pointer(address), .iov_len = into.size()};
  const ssize_t got = process_vm_readv(pid_, &local, 1, &remote, 1, 0);
  if (got == static_cast<ssize_t>(into.size())) {
    return {};
  }
  if (got < 0 && (errno == ENOSYS || errno == EPERM)) {
    use_file_ = true;
    return read_file(address, into);
  }
  return std::unexpected(fault_of(address, got < 0 ? errno : EFAULT));
}

Read<void> LiveMemory::read_file(Address address, std::span<std::byte> into) const {
  if (fd_ < 0) {
    fd_ = open(("/proc/" + std::to_string(pid_) + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) {
      return std::unexpected(fault_of(address, errno == ENOENT ? ESRCH : errno));
    }
  }
  const ssize_t got = pread(fd_, into.data(), into.size(), static_cast<off_t>(address));
  if (got == static_cast<ssize_t>(into.size())) {
    return {};
  }
  // A process that has ended reads as an empty file.
  return std::unexpected(fault_of(address, got == 0 ? ESRCH : EFAULT));
}

std::size_t LiveMemory::read_batch(std::span<Piece> pieces) const {
  const std::size_t count = std::min(pieces.size(), Ranges::kMost);
  Ranges local;
  Ranges remote;
  for (const Piece& piece : pieces.first(count)) {
    local.add(piece.into.data(), piece.into.size());
    remote.add(as_pointer(piece.address), piece.into.size());
  }
  ssize_t got = process_vm_readv(pid_, local.data(), local.size(), remote.data(), remote.size(), 0);
  // The call stops at the first page that it cannot read.
  std::size_t done = 0;
  while (done < count && got >= static_cast<ssize_t>(pieces[done].into.size())) {
    got -= static_cast<ssize_t>(pieces[done].into.size());
    pieces[done++].ok = true;
  }
  return done;
}

std::size_t LiveMemory::read_many(std::span<Piece> pieces) const {
  std::size_t good = 0;
  for (std::size_t next = 0; next < pieces.size();) {
    const std::size_t done = use_file_ ? 0 : read_batch(pieces.subspan(next));
    good += done;
    next += done;
    if (done == 0) {
      pieces[next].ok = read(pieces[next].address, pieces[next].into).has_value();
      good += pieces[next].ok ? 1 : 0;
      ++next;
    }
  }
  return good;
}

}  // namespace stillframe::memory
