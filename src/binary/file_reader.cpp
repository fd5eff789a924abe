#include "binary/file_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace stillframe::binary {

FileReader::FileReader(int fd) : fd_(fd) {
  struct stat status{};
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
}

std::size_t FileReader::read_some(std::uint64_t offset, std::span<std::byte> into) const {
  constexpr auto furthest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  std::size_t done = 0;
  while (done < into.size()) {
    if (offset > furthest - done) {
      return done;
    }
    const ssize_t got = pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return done;
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::optional<std::string> FileReader::text(std::uint64_t offset, std::size_t limit) const {
  std::string found;
  std::array<std::byte, 256> window{};
  while (found.size() < limit) {
    const std::size_t want = std::min(window.size(), limit - found.size());
    const std::size_t got = read_some(offset + found.size(), std::span(window).first(want));
    const auto* begin = reinterpret_cast<const char*>(window.data());
    const auto* end = std::find(begin, begin + got, '\0');
    found.append(begin, end);
    if (end != begin + got) {
      return found;
    }
    if (got < want) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::binary
