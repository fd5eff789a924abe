#include "target/core_paths.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "target/files_in_root.h"

namespace stillframe::target {
namespace {

std::string joined(const std::string& directory, std::string_view path) {
  std::string whole = directory;
  while (whole.ends_with('/')) {
    whole.pop_back();
  }
  if (!path.starts_with('/')) {
    whole += '/';
  }
  return whole.append(path);
}

}  // namespace

std::vector<std::string> CorePaths::candidates(std::string_view path) const {
  std::vector<std::string> all;
  if (search_root_) {
    all.push_back(joined(*search_root_, path));
  }
  for (const std::string& directory : search_path_) {
    all.push_back(joined(directory, file_name(path)));
  }
  all.emplace_back(path);
  return all;
}

std::multimap<std::string, std::string> CorePaths::below_root(const std::set<std::string, std::less<>>& names) const {
  constexpr int most_files = 300'000;  // a distribution has half of that
  std::multimap<std::string, std::string> found;
  if (!search_root_ || *search_root_ == "/") {
    return found;
  }
  namespace fs = std::filesystem;
  std::error_code trouble;
  fs::recursive_directory_iterator at(*search_root_, fs::directory_options::skip_permission_denied, trouble);
  for (int i = 0; i < most_files && !trouble && at != fs::recursive_directory_iterator(); ++i) {
    std::string name = at->path().filename();
    if (names.contains(name)) {
      found.emplace(std::move(name), at->path());
    }
    at.increment(trouble);
  }
  return found;
}

FileHandle CorePaths::open_named(const std::string& path) const {
  return search_root_ ? open_regular(find_in_root(*search_root_, path)) : open_regular(path);
}

FileHandle open_regular(const std::string& path) {
  struct stat status{};
  if (path.empty() || path.contains('\0') || stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return {};
  }
  return FileHandle(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace stillframe::target
