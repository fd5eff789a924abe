#include "photograph/source_text.h"

#include <fmt/format.h>
#include <minizip/unzip.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "photograph/source_columns.h"

namespace stillframe::photograph {
namespace {

constexpr std::size_t kMaxSource = std::size_t{64} << 20U;
constexpr std::size_t kMaxLine = std::size_t{64} << 10U;

// The content of a regular file; a pipe or a device is never read.
std::optional<std::string> read_regular(int fd) {
  struct stat status{};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kMaxSource) {
    return std::nullopt;
  }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t used = 0;
  while (used < text.size()) {
    const ssize_t got = pread(fd, text.data() + used, text.size() - used, static_cast<off_t>(used));
    if (got <= 0) {
      break;
    }
    used += static_cast<std::size_t>(got);
  }
  text.resize(used);
  return text;
}

std::optional<std::string> read_member(int archive, const std::string& name) {
  struct Close {
    void operator()(void* handle) const { unzClose(handle); }
  };
  const std::unique_ptr<void, Close> zip(unzOpen64(fmt::format("/proc/self/fd/{}", archive).c_str()));
  unz_file_info64 info{};
  if (zip == nullptr || unzLocateFile(zip.get(), name.c_str(), 1) != UNZ_OK ||
      unzGetCurrentFileInfo64(zip.get(), &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK ||
      info.uncompressed_size > kMaxSource || unzOpenCurrentFile(zip.get()) != UNZ_OK) {
    return std::nullopt;
  }
  std::string text(info.uncompressed_size, '\0');
  const int got = unzReadCurrentFile(zip.get(), text.data(), static_cast<unsigned>(text.size()));
  unzCloseCurrentFile(zip.get());
  if (got < 0) {
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(got));
  return text;
}

bool is_regular(const target::FileHandle& file) {
  struct stat status{};
  return fstat(file.fd(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

SourceFile::SourceFile(std::string utf8) : text_(std::move(utf8)) {
  begins_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    // Universal newlines: \n, \r\n and \r end a line.
    const bool pair = text_[i] == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n';
    if (text_[i] == '\n' || (text_[i] == '\r' && !pair)) {
      begins_.push_back(i + 1);
    }
  }
}

std::optional<std::string_view> SourceFile::line(std::int32_t number) const {
  if (number < 1 || static_cast<std::size_t>(number) > begins_.size()) {
    return std::nullopt;
  }
  const auto index = static_cast<std::size_t>(number);
  const std::size_t begin = begins_[index - 1];
  const std::size_t end = index < begins_.size() ? begins_[index] : text_.size();
  std::string_view line(text_.data() + begin, std::min(end - begin, kMaxLine));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == '\f')) {
    line.remove_suffix(1);
  }
  return begin == text_.size() ? std::nullopt : std::optional(line);
}

std::optional<std::string> SourceCache::read(std::string_view path) {
  const auto file = target_.open_file(path);
  if (!file) {
    return read_from_archive(path);
  }
  struct stat status{};
  if (started_at_ && fstat(file->fd(), &status) == 0 &&
      static_cast<double>(status.st_mtim.tv_sec) > *started_at_ + 1.0) {
    changed_.emplace_back(path);
  }
  return read_regular(file->fd());
}

// "/srv/lib.zip/pkg/mod.py": the nearest part of the path that is a file may be an archive.
std::optional<std::string> SourceCache::read_from_archive(std::string_view path) {
  for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    const auto archive = target_.open_file(path.substr(0, slash));
    if (archive && is_regular(*archive)) {
      return read_member(archive->fd(), std::string(path.substr(slash + 1)));
    }
    if (archive) {
      break;  // a folder: nothing further up can be an archive
    }
  }
  return std::nullopt;
}

const SourceFile* SourceCache::find(std::string_view path) {
  const auto [at, fresh] = files_.try_emplace(std::string(path));
  // "<stdin>", "<string>", "<frozen …>" have no file.
  if (fresh && !path.empty() && path.front() != '<') {
    if (auto raw = read(path)) {
      at->second.emplace(decode_source(std::move(*raw)));
    }
  }
  return at->second ? &*at->second : nullptr;
}

std::optional<std::string_view> SourceCache::line(std::string_view path, std::int32_t number) {
  const SourceFile* file = find(path);
  return file != nullptr ? file->line(number) : std::nullopt;
}

void add_sources(model::Still& still, const target::Target& target) {
  SourceCache cache(target);
  // Keyed by where the pooled file name lies: equal names are pooled once.
  std::unordered_map<const char*, std::unordered_map<std::int32_t, std::optional<std::string_view>>> known;
  const auto line_of = [&](std::string_view file, std::int32_t number) {
    const auto [at, fresh] = known[file.data()].try_emplace(number);
    if (fresh) {
      if (const auto line = cache.line(file, number)) {
        at->second = still.texts.keep(*line);
      }
    }
    return at->second;
  };
  for (model::Thread& thread : still.threads) {
    for (model::Frame& frame : thread.frames) {
      if (!frame.file || !frame.line) {
        continue;
      }
      frame.source = line_of(*frame.file, *frame.line);
      const bool one_line = !frame.end_line || frame.end_line == frame.line;
      place_columns(frame, one_line ? frame.source : line_of(*frame.file, *frame.end_line));
    }
  }
  for (const std::string& path : cache.changed()) {
    still.warnings.push_back(
        fmt::format("{} was changed after the program started: its lines may not be the ones that run", path));
  }
}

}  // namespace stillframe::photograph
