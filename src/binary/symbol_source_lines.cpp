#include "binary/symbol_source_lines.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace stillframe::binary {
namespace {

constexpr std::size_t chunk = std::size_t{1} << 16U;
constexpr std::size_t longest_line = 4096;
// lxml's largest generated file has 12 MB.
constexpr std::uint64_t most_read = std::uint64_t{64} << 20U;

}  // namespace

SourceLines::SourceLines(const OpenFile& open_file, const std::string& path) : fd_(open_file ? open_file(path) : -1) {
  struct stat status{};
  if (fd_ >= 0 && (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode))) {
    close(fd_);
    fd_ = -1;
  }
}

SourceLines::~SourceLines() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

bool SourceLines::fill() {
  if (fd_ < 0 || offset_ >= most_read) {
    return false;
  }
  buffer_.resize(chunk);
  at_ = 0;
  const ssize_t got = pread(fd_, buffer_.data(), buffer_.size(), static_cast<off_t>(offset_));
  buffer_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  offset_ += buffer_.size();
  return got > 0;
}

std::optional<std::string_view> SourceLines::next() {
  line_.clear();
  for (bool any = false;; any = true) {
    if (at_ >= buffer_.size() && !fill()) {
      return any ? std::optional<std::string_view>(line_) : std::nullopt;
    }
    const auto end = std::min(buffer_.find('\n', at_), buffer_.size());
    line_.append(buffer_, at_, std::min(end - at_, longest_line - line_.size()));
    at_ = end + 1;
    if (end < buffer_.size()) {
      return line_;
    }
  }
}

}  // namespace stillframe::binary
