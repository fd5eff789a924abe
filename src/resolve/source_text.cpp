#include "resolve/source_text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

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

// More archives than this are read anew each time.
constexpr std::size_t kMostArchives = 16;

std::optional<SourceFile> read_opened(const RegularFile& file, std::string_view path, binary::FileBudget& budget) {
  if (file.stamp.size > kLargestSource || !budget.take(file.stamp.size, std::string(path))) {
    return std::nullopt;
  }
  const binary::FileBudget::Spending spending(budget);
  auto bytes = read_whole(file.handle.fd(), file.stamp.size);
  if (!bytes) {
    return std::nullopt;
  }
  return SourceFile{.text = SourceText(std::move(*bytes)), .modified_at = file.stamp.modified_at, .stamp = file.stamp};
}

}  // namespace

// "/srv/app.zip/pkg/module.py": the nearest parent that is a file is the archive, the rest names the member.
std::optional<SourceFile> SourceFiles::read_zipped(std::string_view path) {
  constexpr int kDeepest = 64;
  binary::FileBudget& budget = *target_.file_budget();
  std::size_t slash = path.rfind('/');
  for (int depth = 0; depth < kDeepest && slash != std::string_view::npos && slash > 0; ++depth) {
    const std::string place(path.substr(0, slash));
    if (auto file = open_regular(target_, place)) {
      const ArchiveKey key{file->stamp.device, file->stamp.inode, file->stamp.size, file->stamp.modified_at};
      if (archives_.size() >= kMostArchives && !archives_.contains(key)) {
        archives_.clear();
      }
      const auto [archive, fresh] = archives_.try_emplace(key);
      if (fresh) {
        archive->second = {.zip = ZipArchive::open(std::move(file->handle), file->stamp.size, place, budget),
                           .modified_at = file->stamp.modified_at};
      }
      const binary::FileBudget::Spending spending(budget);
      auto bytes =
          archive->second.zip ? archive->second.zip->read(path.substr(slash + 1), kLargestSource) : std::nullopt;
      if (!bytes || !budget.take(bytes->size(), std::string(path))) {
        return std::nullopt;
      }
      return SourceFile{.text = SourceText(std::move(*bytes)), .modified_at = archive->second.modified_at};
    }
    slash = path.rfind('/', slash - 1);
  }
  return std::nullopt;
}

std::optional<SourceFile> SourceFiles::read(std::string_view path) {
  // "<stdin>", "<string>", "<frozen importlib._bootstrap>" are no files (CPython: Lib/linecache.py).
  if (path.empty() || path.contains('\0') || (path.front() == '<' && path.back() == '>')) {
    return std::nullopt;
  }
  const auto file = open_regular(target_, path);
  return file ? read_opened(*file, path, *target_.file_budget()) : read_zipped(path);
}

std::optional<SourceFile> SourceFiles::read_plain(std::string_view path) {
  const auto file = path.contains('\0') ? std::nullopt : open_regular(target_, path);
  return file ? read_opened(*file, path, *target_.file_budget()) : std::nullopt;
}

}  // namespace stillframe::resolve
