// Finding the files that a dead process had open or mapped: in the search paths and root that the user gave, else under
// their own names on this machine. What is found is only a candidate: who maps it compares build-ids.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "target/core_target.h"
#include "target/target.h"

namespace stillframe::target {

class CorePaths {
 public:
  explicit CorePaths(const CoreOptions& options)
      : search_path_(options.library_search_path), search_root_(options.library_search_root) {}

  // Where a mapped file may be, best first.
  [[nodiscard]] std::vector<std::string> candidates(std::string_view path) const;
  // Where files of these names lie anywhere below the search root, by name: one walk through a tree that need not be
  // laid out as the target's was. Empty without a root; the walk ends after so many files.
  [[nodiscard]] std::multimap<std::string, std::string> below_root(
      const std::set<std::string, std::less<>>& names) const;
  // A file that was only named (a source): nothing would tell another one of the same name, so where there is a root,
  // it comes from that root.
  [[nodiscard]] FileHandle open_named(const std::string& path) const;

 private:
  std::vector<std::string> search_path_;
  std::optional<std::string> search_root_;
};

// Opens a regular file for reading; never a pipe, that would wait, nor a device, whose opening may do something.
FileHandle open_regular(const std::string& path);

std::string_view file_name(std::string_view path);

}  // namespace stillframe::target
