#include "binary/file_budget.h"

#include <fmt/format.h>
#include <libdeflate.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>

#include "binary/file_reader.h"

namespace stillframe::binary {
namespace {

constexpr std::size_t kNamedFiles = 3;
constexpr std::uint64_t kChecksumPart = 4;
// A second for each 50 MiB: a slow disk reads twice as much.
constexpr std::uint64_t kBytesPerSecond = std::uint64_t{50} << 20U;

}  // namespace

void FileBudget::begin(std::uint64_t bytes) {
  *this = FileBudget();
  allowed_ = bytes;
  left_ = bytes;
}

bool FileBudget::allows(std::uint64_t bytes, const std::string& path) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(spent_).count();
  if (bytes <= left_ && static_cast<std::uint64_t>(seconds) <= allowed_ / kBytesPerSecond) {
    return true;
  }
  ++refusals_;
  if (refused_.size() < kNamedFiles && std::ranges::find(refused_, path) == refused_.end()) {
    refused_.push_back(path);
  }
  return false;
}

bool FileBudget::take(std::uint64_t bytes, const std::string& path) {
  if (!allows(bytes, path)) {
    return false;
  }
  left_ -= bytes;
  return true;
}

std::optional<std::uint32_t> FileBudget::checksum(int fd, const std::string& path) {
  struct stat status{};
  if (fstat(fd, &status) != 0 || status.st_size < 0) {
    return std::nullopt;
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const auto [known, fresh] =
      checksums_.try_emplace({{status.st_dev, status.st_ino}, {size, status.st_mtim.tv_sec}}, std::nullopt);
  if (!fresh || !take(size / kChecksumPart, path)) {
    return known->second;
  }
  const Spending spending(*this);
  const FileReader file(fd);
  std::vector<std::byte> buffer(std::size_t{1} << 18U);
  std::uint32_t sum = 0;
  for (std::uint64_t at = 0; at < size;) {
    const std::size_t got =
        file.read_some(at, std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), size - at)));
    if (got == 0) {
      return std::nullopt;
    }
    sum = libdeflate_crc32(sum, buffer.data(), got);
    at += got;
    summed_ += got;
  }
  known->second = sum;
  return sum;
}

std::optional<std::string> FileBudget::warning() const {
  if (refusals_ == 0) {
    return std::nullopt;
  }
  std::string named;
  for (const std::string& path : refused_) {
    named += (named.empty() ? "" : ", ") + path;
  }
  return fmt::format(
      "{}{} not read: one look reads {} MiB of source and debug files, four times as much for checksums, and not for "
      "long; source lines and names of functions from there are missing; --max-read raises the limit",
      named,
      refusals_ > refused_.size() ? " and others were"
      : refused_.size() == 1      ? " was"
                                  : " were",
      allowed_ >> 20U);
}

}  // namespace stillframe::binary
