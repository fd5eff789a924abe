#include "resolve/source_text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "resolve/source_zip.h"

namespace stillframe::resolve {
namespace {

constexpr std::size_t kLargestSource = std::size_t{64} << 20U;

std::optional<std::string> read_whole(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t count = ::pread(fd, bytes.data() + have, size - have, static_cast<off_t>(have));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return std::nullopt;
    }
    if (count == 0) {
      break;  // It has become shorter meanwhile.
    }
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

double seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// A regular file of the target with its size and time; anything else could block or have no end.
struct RegularFile {
  target::FileHandle handle;
  FileStamp stamp;
};

std::optional<RegularFile> open_regular(const target::Target& target, std::string_view path) {
  auto handle = target.open_file(path);
  struct stat facts{};
  if (!handle || ::fstat(handle->fd(), &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size < 0) {
    return std::nullopt;
  }
  return RegularFile{.handle = std::move(*handle),
                     .stamp = {.device = facts.st_dev,
                               .inode = facts.st_ino,
                               .size = static_cast<std::size_t>(facts.st_size),
                               .modified_at = seconds(facts.st_mtim)}};
}

// "/srv/app.zip/pkg/module.py": the nearest parent that is a file is the archive, the rest names the member.
std::optional<SourceFile> read_zipped(const target::Target& target, std::string_view path) {
  constexpr int kDeepest = 64;
  std::size_t slash = path.rfind('/');
  for (int depth = 0; depth < kDeepest && slash != std::string_view::npos && slash > 0; ++depth) {
    if (const auto archive = open_regular(target, path.substr(0, slash))) {
      auto bytes = read_zip_member(archive->handle.fd(), archive->stamp.size, path.substr(slash + 1), kLargestSource);
      if (!bytes) {
        return std::nullopt;
      }
      return SourceFile{.text = SourceText(std::move(*bytes)), .modified_at = archive->stamp.modified_at};
    }
    slash = path.rfind('/', slash - 1);
  }
  return std::nullopt;
}

}  // namespace

SourceText::SourceText(std::string bytes)
    : text_(decode_source(std::move(bytes))), has_returns_(text_.contains('\r')) {}

// Hardly a file has returns, and one character is found many times faster than one of two.
std::size_t SourceText::find_end(std::size_t from) const {
  return has_returns_ ? text_.find_first_of("\r\n", from) : text_.find('\n', from);
}

std::optional<std::string_view> SourceText::line(std::int32_t number) {
  if (number < 1) {
    return std::nullopt;
  }
  const auto index = static_cast<std::size_t>(number) - 1;
  while (starts_.size() <= index + 1 && !all_found_) {
    const std::size_t end = find_end(starts_.back());
    if (end == std::string::npos) {
      all_found_ = true;
      if (starts_.back() < text_.size()) {
        starts_.push_back(text_.size());
      }
      break;
    }
    const bool two = text_[end] == '\r' && end + 1 < text_.size() && text_[end + 1] == '\n';
    starts_.push_back(end + (two ? 2 : 1));
  }
  if (index + 1 >= starts_.size()) {
    return std::nullopt;
  }
  std::string_view found = std::string_view(text_).substr(starts_[index], starts_[index + 1] - starts_[index]);
  while (!found.empty() && (found.back() == '\n' || found.back() == '\r')) {
    found.remove_suffix(1);
  }
  if (found.size() > kLongestLine) {
    std::size_t length = kLongestLine;
    while (length > kLongestLine - 4 && (static_cast<unsigned char>(found[length]) & 0xc0U) == 0x80U) {
      --length;  // never cut within a character
    }
    found = found.substr(0, length);
  }
  return found;
}

std::optional<FileStamp> stamp_of(const target::Target& target, std::string_view path) {
  const auto file = path.contains('\0') ? std::nullopt : open_regular(target, path);
  return file ? std::optional(file->stamp) : std::nullopt;
}

namespace {

std::optional<SourceFile> read_opened(const RegularFile& file) {
  auto bytes = file.stamp.size > kLargestSource ? std::nullopt : read_whole(file.handle.fd(), file.stamp.size);
  if (!bytes) {
    return std::nullopt;
  }
  return SourceFile{.text = SourceText(std::move(*bytes)), .modified_at = file.stamp.modified_at, .stamp = file.stamp};
}

}  // namespace

std::optional<SourceFile> read_source(const target::Target& target, std::string_view path) {
  // "<stdin>", "<string>", "<frozen importlib._bootstrap>" are no files (CPython: Lib/linecache.py).
  if (path.empty() || path.contains('\0') || (path.front() == '<' && path.back() == '>')) {
    return std::nullopt;
  }
  const auto file = open_regular(target, path);
  return file ? read_opened(*file) : read_zipped(target, path);
}

std::optional<SourceFile> read_plain_source(const target::Target& target, std::string_view path) {
  const auto file = path.contains('\0') ? std::nullopt : open_regular(target, path);
  return file ? read_opened(*file) : std::nullopt;
}

}  // namespace stillframe::resolve
