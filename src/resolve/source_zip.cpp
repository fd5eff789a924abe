#include "resolve/source_zip.h"

#include <minizip/unzip.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

namespace stillframe::resolve {
namespace {

// The archive as minizip's callbacks see it. minizip reads fields of two bytes at a time: a window keeps the system
// calls few.
struct Archive {
  int fd = -1;
  std::uint64_t size = 0;
  std::uint64_t position = 0;
  std::uint64_t window_at = 0;
  std::vector<char> window;

  // Makes the window hold the byte at `position`; false at the end of the file or where reading fails.
  bool fill() {
    if (position >= window_at && position - window_at < window.size()) {
      return true;
    }
    constexpr std::size_t kWindow = std::size_t{64} << 10U;
    window.resize(kWindow);
    const ssize_t count = ::pread(fd, window.data(), window.size(), static_cast<off_t>(position));
    window.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    window_at = position;
    return !window.empty();
  }
};

voidpf open_archive(voidpf archive, const void* /*name*/, int /*mode*/) {
  return archive;
}

uLong read_archive(voidpf opaque, voidpf /*stream*/, void* into, uLong size) {
  auto& archive = *static_cast<Archive*>(opaque);
  uLong have = 0;
  while (have < size && archive.position < archive.size && archive.fill()) {
    const auto skip = static_cast<std::size_t>(archive.position - archive.window_at);
    const std::size_t count = std::min<std::size_t>(size - have, archive.window.size() - skip);
    std::copy_n(archive.window.data() + skip, count, static_cast<char*>(into) + have);
    have += count;
    archive.position += count;
  }
  return have;
}

uLong write_archive(voidpf /*opaque*/, voidpf /*stream*/, const void* /*from*/, uLong /*size*/) {
  return 0;
}

ZPOS64_T tell_archive(voidpf opaque, voidpf /*stream*/) {
  return static_cast<Archive*>(opaque)->position;
}

long seek_archive(voidpf opaque, voidpf /*stream*/, ZPOS64_T offset, int origin) {
  auto& archive = *static_cast<Archive*>(opaque);
  const std::uint64_t base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? archive.position : archive.size;
  if (offset > archive.size || base + offset > archive.size) {
    return -1;
  }
  archive.position = base + offset;
  return 0;
}

int close_archive(voidpf /*opaque*/, voidpf /*stream*/) {
  return 0;
}
int no_error(voidpf /*opaque*/, voidpf /*stream*/) {
  return 0;
}

struct CloseZip {
  void operator()(void* zip) const { unzClose(zip); }
};

// Moves to the entry called `member`, looking at a bounded number of entries.
bool find_member(unzFile zip, std::string_view member) {
  constexpr int kMostEntries = 200'000;
  constexpr std::size_t kLongestName = 4096;
  std::vector<char> name(kLongestName);
  int found = unzGoToFirstFile(zip);
  for (int entry = 0; entry < kMostEntries && found == UNZ_OK; ++entry, found = unzGoToNextFile(zip)) {
    unz_file_info64 facts{};
    if (unzGetCurrentFileInfo64(zip, &facts, name.data(), name.size() - 1, nullptr, 0, nullptr, 0) != UNZ_OK) {
      return false;
    }
    if (facts.size_filename == member.size() && std::equal(member.begin(), member.end(), name.begin())) {
      return true;
    }
  }
  return false;
}

// The current entry, which must end within `limit` bytes whatever its header promises.
std::optional<std::string> read_current(unzFile zip, std::size_t limit) {
  if (unzOpenCurrentFile(zip) != UNZ_OK) {
    return std::nullopt;
  }
  std::string bytes;
  std::vector<char> piece(std::size_t{64} << 10U);
  int count = 0;
  while (bytes.size() <= limit &&
         (count = unzReadCurrentFile(zip, piece.data(), static_cast<unsigned>(piece.size()))) > 0) {
    bytes.append(piece.data(), static_cast<std::size_t>(count));
  }
  const bool intact = unzCloseCurrentFile(zip) == UNZ_OK;  // checks the CRC
  if (count < 0 || bytes.size() > limit || !intact) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace

std::optional<std::string> read_zip_member(int fd, std::size_t size, std::string_view member, std::size_t limit) {
  if (member.empty() || member.size() >= 4096) {
    return std::nullopt;
  }
  Archive archive{.fd = fd, .size = size, .window = {}};
  zlib_filefunc64_def functions{.zopen64_file = open_archive,
                                .zread_file = read_archive,
                                .zwrite_file = write_archive,
                                .ztell64_file = tell_archive,
                                .zseek64_file = seek_archive,
                                .zclose_file = close_archive,
                                .zerror_file = no_error,
                                .opaque = &archive};
  const std::unique_ptr<void, CloseZip> zip(unzOpen2_64("", &functions));
  if (!zip || !find_member(zip.get(), member)) {
    return std::nullopt;
  }
  return read_current(zip.get(), limit);
}

}  // namespace stillframe::resolve
