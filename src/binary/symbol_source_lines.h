// The lines of a source file, one after another, in little memory however long the file or its lines are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "binary/native_symbols.h"

namespace stillframe::binary {

class SourceLines {
 public:
  // Reads nothing when the file cannot be opened or is no regular file.
  SourceLines(const OpenFile& open_file, const std::string& path);
  SourceLines(const SourceLines&) = delete;
  SourceLines& operator=(const SourceLines&) = delete;
  SourceLines(SourceLines&&) = delete;
  SourceLines& operator=(SourceLines&&) = delete;
  ~SourceLines();

  // The next line without its end, cut after 4 KiB; nothing behind the last one. Valid until the next call.
  std::optional<std::string_view> next();

 private:
  bool fill();

  int fd_ = -1;
  std::uint64_t offset_ = 0;
  std::string buffer_;
  std::size_t at_ = 0;
  std::string line_;
};

}  // namespace stillframe::binary
