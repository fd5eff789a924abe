#include "target/file_holders.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <memory>
#include <string_view>
#include <utility>

namespace stillframe::target {
namespace {

// So many processes and descriptors are looked at; a machine with more is searched in part.
constexpr std::size_t kMostProcesses = 16384;
constexpr std::size_t kMostDescriptors = 262144;
constexpr std::size_t kMostHolders = 1024;

using Folder = std::unique_ptr<DIR, decltype([](DIR* dir) { closedir(dir); })>;

std::optional<std::int64_t> number(std::string_view name) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  return error == std::errc{} && end == name.data() + name.size() ? std::optional(value) : std::nullopt;
}

class Search {
 public:
  explicit Search(std::span<const std::string> links) : wanted_(links.begin(), links.end()) {}

  void look_into(int proc, const char* name, std::int64_t pid) {
    const std::string path = std::string(name) + "/fd";
    const int fd = openat(proc, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const Folder folder(fd >= 0 ? fdopendir(fd) : nullptr);
    if (folder == nullptr) {
      if (fd >= 0) {
        close(fd);
      }
      return;
    }
    const std::size_t first = found_.size();
    while (const dirent* entry = readdir(folder.get())) {
      if (*entry->d_name == '.') {
        continue;
      }
      if (++descriptors_ > kMostDescriptors || found_.size() >= kMostHolders || has_all(first)) {
        return;
      }
      look_at(dirfd(folder.get()), entry->d_name, pid, first);
    }
  }

  [[nodiscard]] bool exhausted() const { return descriptors_ > kMostDescriptors || found_.size() >= kMostHolders; }
  [[nodiscard]] std::vector<FileHolder> take() { return std::move(found_); }

 private:
  // `first`: where this process's findings begin.
  void look_at(int folder, const char* name, std::int64_t pid, std::size_t first) {
    std::array<char, PATH_MAX> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): readlink fills it
    const ssize_t size = readlinkat(folder, name, text.data(), text.size());
    if (size <= 0) {
      return;
    }
    const std::string_view link(text.data(), static_cast<std::size_t>(size));
    const auto wanted = std::ranges::find(wanted_, link);
    struct stat status{};
    if (wanted == wanted_.end() || fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return;
    }
    // The link's own permissions tell how the file was opened.
    const bool reads = (status.st_mode & S_IRUSR) != 0;
    const bool writes = (status.st_mode & S_IWUSR) != 0;
    const auto known = std::find_if(found_.begin() + static_cast<std::ptrdiff_t>(first), found_.end(),
                                    [&](const FileHolder& one) { return one.link == link; });
    if (known != found_.end()) {
      known->reads = known->reads || reads;
      known->writes = known->writes || writes;
      return;
    }
    found_.push_back({.link = *wanted, .pid = pid, .reads = reads, .writes = writes});
  }

  // Whether this process, whose findings begin at `first`, has nothing more to say.
  [[nodiscard]] bool has_all(std::size_t first) const {
    const auto both = [](const FileHolder& one) { return one.reads && one.writes; };
    return std::cmp_equal(std::count_if(found_.begin() + static_cast<std::ptrdiff_t>(first), found_.end(), both),
                          wanted_.size());
  }

  std::vector<std::string> wanted_;
  std::vector<FileHolder> found_;
  std::size_t descriptors_ = 0;
};

}  // namespace

std::vector<FileHolder> find_holders(const std::string& proc, std::span<const std::string> links) {
  const Folder folder(opendir(proc.c_str()));
  Search search(links);
  std::size_t processes = 0;
  while (folder != nullptr && !links.empty() && processes < kMostProcesses && !search.exhausted()) {
    const dirent* entry = readdir(folder.get());
    if (entry == nullptr) {
      break;
    }
    if (const auto pid = number(entry->d_name)) {
      ++processes;
      search.look_into(dirfd(folder.get()), entry->d_name, *pid);
    }
  }
  return search.take();
}

std::vector<FileHolder> find_holders(const std::string& proc, std::span<const std::string> links,
                                     std::span<const std::int64_t> pids) {
  const Folder folder(opendir(proc.c_str()));
  Search search(links);
  for (const std::int64_t pid : pids) {
    if (folder != nullptr && !links.empty() && !search.exhausted()) {
      search.look_into(dirfd(folder.get()), std::to_string(pid).c_str(), pid);
    }
  }
  return search.take();
}

}  // namespace stillframe::target
