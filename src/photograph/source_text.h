// The source lines that a still shows, read from the target's own files after it runs again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/still.h"
#include "target/target.h"

namespace stillframe::photograph {

// The lines of one source file, decoded to UTF-8.
class SourceFile {
 public:
  explicit SourceFile(std::string utf8);
  // 1-based; nothing behind the end.
  [[nodiscard]] std::optional<std::string_view> line(std::int32_t number) const;

 private:
  std::string text_;
  std::vector<std::size_t> begins_;
};

// Turns the bytes of a source file into UTF-8 as PEP 263 says: a byte order mark, or a coding comment in one of the
// first two lines, else UTF-8. Bytes that do not fit become U+FFFD.
std::string decode_source(std::string raw);

// Reads the sources of a target: files as the target sees them, members of zip archives on its sys.path included.
class SourceCache {
 public:
  explicit SourceCache(const target::Target& target) : target_(target), started_at_(target.started_at()) {}

  std::optional<std::string_view> line(std::string_view path, std::int32_t number);
  // Files that were changed after the target began: their lines may not be the ones that run.
  [[nodiscard]] const std::vector<std::string>& changed() const { return changed_; }

 private:
  const SourceFile* find(std::string_view path);
  std::optional<std::string> read(std::string_view path);
  std::optional<std::string> read_from_archive(std::string_view path);

  const target::Target& target_;
  std::optional<double> started_at_;
  std::unordered_map<std::string, std::optional<SourceFile>> files_;
  std::vector<std::string> changed_;
};

// Gives the frames of a still their source lines and display columns.
void add_sources(model::Still& still, const target::Target& target);

}  // namespace stillframe::photograph
