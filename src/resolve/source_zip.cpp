#include "resolve/source_zip.h"

#include <minizip/unzip.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>
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

constexpr std::uint64_t kMostEntries = 400'000;
constexpr std::size_t kLongestName = 4096;
// What an entry of the list costs of the budget: about as long as it takes to read so many bytes of text.
constexpr std::uint64_t kEntryCost = 256;

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

struct ZipArchive::Parts {
  target::FileHandle file;
  Archive archive;
  std::unique_ptr<void, CloseZip> zip;
  // Where each member stands in the list, by the hash of its name; the name itself is compared when it is read.
  std::unordered_map<std::size_t, unz64_file_pos> index;
  std::vector<char> name = std::vector<char>(kLongestName);
  std::uint64_t steps = 0;

  // The name of the current entry; empty where it cannot be read or is longer than any.
  std::string_view current_name() {
    ++steps;
    unz_file_info64 facts{};
    if (unzGetCurrentFileInfo64(zip.get(), &facts, name.data(), name.size() - 1, nullptr, 0, nullptr, 0) != UNZ_OK ||
        facts.size_filename >= name.size()) {
      return {};
    }
    return {name.data(), facts.size_filename};
  }

  void read_list(const std::string& path, binary::FileBudget& budget) {
    int found = unzGoToFirstFile(zip.get());
    for (std::uint64_t i = 0; i < kMostEntries && found == UNZ_OK && budget.take(kEntryCost, path); ++i) {
      unz64_file_pos place{};
      if (const std::string_view one = current_name(); !one.empty() && unzGetFilePos64(zip.get(), &place) == UNZ_OK) {
        index.try_emplace(std::hash<std::string_view>()(one), place);
      }
      found = unzGoToNextFile(zip.get());
    }
  }
};

ZipArchive::ZipArchive(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ZipArchive::~ZipArchive() = default;

std::unique_ptr<ZipArchive> ZipArchive::open(target::FileHandle file, std::size_t size, const std::string& path,
                                             binary::FileBudget& budget) {
  const binary::FileBudget::Spending spending(budget);
  auto parts = std::make_unique<Parts>();
  parts->archive = {.fd = file.fd(), .size = size, .window = {}};
  parts->file = std::move(file);
  zlib_filefunc64_def functions{.zopen64_file = open_archive,
                                .zread_file = read_archive,
                                .zwrite_file = write_archive,
                                .ztell64_file = tell_archive,
                                .zseek64_file = seek_archive,
                                .zclose_file = close_archive,
                                .zerror_file = no_error,
                                .opaque = &parts->archive};
  parts->zip.reset(unzOpen2_64("", &functions));
  if (!parts->zip) {
    return nullptr;
  }
  parts->read_list(path, budget);
  return std::unique_ptr<ZipArchive>(new ZipArchive(std::move(parts)));
}

std::uint64_t ZipArchive::steps() const {
  return parts_->steps;
}

std::optional<std::string> ZipArchive::read(std::string_view member, std::size_t limit) {
  const auto known = parts_->index.find(std::hash<std::string_view>()(member));
  if (member.empty() || known == parts_->index.end() || unzGoToFilePos64(parts_->zip.get(), &known->second) != UNZ_OK ||
      parts_->current_name() != member) {
    return std::nullopt;
  }
  return read_current(parts_->zip.get(), limit);
}

}  // namespace stillframe::resolve
