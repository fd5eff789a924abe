// Where the files of a core are found.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stillframe::target {

struct CoreOptions {
  std::optional<std::string> executable;           // given by the user; else found from the core
  std::vector<std::string> library_search_path;    // --lib-search-path: directories looked in for a library's file name
  std::optional<std::string> library_search_root;  // --lib-search-root: directory tree that stands for the target's /
};

}  // namespace stillframe::target
