// A folder of the test's own.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace stillframe::testing {

// Empty at first; removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "stillframe-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), path_);
    }
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  // The path of what has this name, or path, in the folder.
  [[nodiscard]] std::string path(std::string_view name) const {
    return std::filesystem::path(path_) / std::filesystem::path(name).relative_path();
  }

  // Writes a file, with the folders above it; returns its path.
  std::string add(std::string_view name, std::string_view bytes) const {
    std::string where = path(name);
    std::filesystem::create_directories(std::filesystem::path(where).parent_path());
    std::ofstream(where, std::ios::binary) << bytes;
    return where;
  }

 private:
  std::string path_;
};

}  // namespace stillframe::testing
