// Files out of a zip archive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "binary/file_budget.h"
#include "target/target.h"

namespace stillframe::resolve {

// An archive whose list of members is read once.
class ZipArchive {
 public:
  // `file` is `size` bytes long; `path` is its name for the budget's warning. Nothing when it is no archive, or when
  // its list is longer than what `budget` has left.
  static std::unique_ptr<ZipArchive> open(target::FileHandle file, std::size_t size, const std::string& path,
                                          binary::FileBudget& budget);
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;
  ZipArchive(ZipArchive&&) = delete;
  ZipArchive& operator=(ZipArchive&&) = delete;
  ~ZipArchive();

  // The bytes of `member` (case matters). Nothing when the archive has no such member, or it is damaged, encrypted or
  // longer than `limit` bytes.
  [[nodiscard]] std::optional<std::string> read(std::string_view member, std::size_t limit);
  // How many entries of the list were looked at so far.
  [[nodiscard]] std::uint64_t steps() const;

 private:
  struct Parts;
  explicit ZipArchive(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace stillframe::resolve
