#include "memory/live_memory.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
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
  constexpr std::size_t kBatch = IOV_MAX;
  std::array<iovec, kBatch> local;   // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  std::array<iovec, kBatch> remote;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  const std::size_t count = std::min(pieces.size(), kBatch);
  for (std::size_t i = 0; i < count; ++i) {
    local[i] = {.iov_base = pieces[i].into.data(), .iov_len = pieces[i].into.size()};
    remote[i] = {.iov_base = as_pointer(pieces[i].address), .iov_len = pieces[i].into.size()};
  }
  ssize_t got = process_vm_readv(pid_, local.data(), count, remote.data(), count, 0);
  // The call stops at the first piece that it cannot read whole.
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
