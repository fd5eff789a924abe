// A file of Python source as the interpreter reads it: decoded by its coding cookie (PEP 263), cut into lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "resolve/source_zip.h"
#include "target/target.h"

namespace stillframe::resolve {

class SourceText {
 public:
  // Takes the bytes of a file. They become UTF-8; where an encoding is unknown here, bytes beyond ASCII stay as they
  // are. Lines end at \n, \r\n or \r, as Python's universal newlines do.
  explicit SourceText(std::string bytes);

  // Line `number`, 1-based, without its line end; nothing behind the last line. At most kLongestLine bytes of it. Each
  // call reads on only as far as it must; the view lives as long as this object.
  [[nodiscard]] std::optional<std::string_view> line(std::int32_t number);

  static constexpr std::size_t kLongestLine = std::size_t{64} << 10U;

 private:
  [[nodiscard]] std::size_t find_end(std::size_t from) const;

  std::string text_;
  bool has_returns_ = false;            // '\r'
  std::vector<std::size_t> starts_{0};  // where the lines found so far begin
  bool all_found_ = false;
};

// What tells a file from what it was before.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::size_t size = 0;
  double modified_at = 0;
  bool operator==(const FileStamp&) const = default;
};

// What opening a source file gave.
struct SourceFile {
  SourceText text;
  std::optional<double> modified_at;  // seconds since 1970, of the file or of the archive it is in
  std::optional<FileStamp> stamp;     // of a plain file
};

// The source files of a target, as far as its budget for files lasts.
class SourceFiles {
 public:
  explicit SourceFiles(const target::Target& target) : target_(target) {}

  // The file that the target knows as `path`, also out of a zip archive (/srv/app.zip/pkg/module.py). Nothing when
  // there is none, when it is no regular file, or when it is larger than 64 MiB.
  [[nodiscard]] std::optional<SourceFile> read(std::string_view path);
  // The same without archives.
  [[nodiscard]] std::optional<SourceFile> read_plain(std::string_view path);

 private:
  struct Archive {
    std::unique_ptr<ZipArchive> zip;  // null: it is none
    double modified_at = 0;
  };
  using ArchiveKey = std::tuple<std::uint64_t, std::uint64_t, std::size_t, double>;  // what FileStamp has
  [[nodiscard]] std::optional<SourceFile> read_zipped(std::string_view path);

  const target::Target& target_;
  std::map<ArchiveKey, Archive> archives_;
};

// Of a regular file that the target knows by that name; nothing where there is none.
[[nodiscard]] std::optional<FileStamp> stamp_of(const target::Target& target, std::string_view path);

// Turns the bytes of a source file into UTF-8: by a byte order mark, else by source_encoding(). A byte that does not
// fit becomes U+FFFD; where the encoding is unknown here, the bytes stay as they are.
[[nodiscard]] std::string decode_source(std::string bytes);

// The encoding that the first two lines name, lower case with '-' for '_'; "utf-8" where they name none.
[[nodiscard]] std::string source_encoding(std::string_view bytes);

}  // namespace stillframe::resolve
