#include "resolve/sources.h"

namespace stillframe::resolve {
namespace {

// What is kept for the next still.
constexpr std::size_t kMostKept = std::size_t{16} << 20U;

std::size_t size_of(const std::optional<SourceFile>& file) {
  return file && file->stamp ? file->stamp->size : 0;
}

}  // namespace

SourceFile* Sources::find(const target::Target& target, std::string_view path, bool archives) {
  const auto known = files_.find(path);
  if (known != files_.end() && known->second && known->second->stamp &&
      stamp_of(target, path) == known->second->stamp) {
    return &*known->second;
  }
  if (known == files_.end() && bytes_ > kMostKept) {
    files_.clear();
    bytes_ = 0;
  }
  auto& kept = files_[std::string(path)];
  bytes_ -= size_of(kept);
  if (!reader_) {
    reader_.emplace(target);
  }
  kept = archives ? reader_->read(path) : reader_->read_plain(path);
  bytes_ += size_of(kept);
  return kept ? &*kept : nullptr;
}

std::optional<double> Sources::started_at(const target::Target& target) {
  if (!started_) {
    started_ = target.started_at();
  }
  return *started_;
}

void Sources::clear() {
  files_.clear();
  reader_.reset();
  bytes_ = 0;
  started_.reset();
}

}  // namespace stillframe::resolve
