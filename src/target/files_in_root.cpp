#include "target/files_in_root.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>
#include <vector>

namespace stillframe::target {

namespace {

// As the kernel has it (MAXSYMLINKS), and more folders than anybody nests.
constexpr int kMostLinks = 40;
constexpr std::size_t kDeepest = 200;
constexpr int kMostSteps = 4096;
// Somebody renamed a folder on the way just then.
constexpr int kMostTries = 3;

FileHandle failed(int error) {
  errno = error;
  return {};
}

std::string text_of(const FileHandle& link) {
  std::array<char, PATH_MAX> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): readlinkat fills it
  const ssize_t size = readlinkat(link.fd(), "", text.data(), text.size());
  return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

// One step of a way after the other. Links are read and followed here, so that none leads out of the root.
class Walk {
 public:
  Walk(const FileHandle& root, std::string_view path, const FileIdentity* identity)
      : root_(root), rest_(path), identity_(identity) {}

  FileHandle go() {
    FileHandle here(fcntl(root_.fd(), F_DUPFD_CLOEXEC, 0));
    for (int steps = 0; here; ++steps) {
      const std::string name = next_name();
      if (name.empty()) {
        return here;
      }
      if (steps >= kMostSteps || way_.size() >= kDeepest) {
        return failed(ENAMETOOLONG);
      }
      here = step(std::move(here), name);
    }
    return here;
  }

 private:
  std::string next_name() {
    const std::size_t begin = std::min(rest_.find_first_not_of('/'), rest_.size());
    const std::size_t end = std::min(rest_.find('/', begin), rest_.size());
    std::string name = rest_.substr(begin, end - begin);
    rest_.erase(0, end);
    return name;
  }

  FileHandle step(FileHandle here, const std::string& name) {
    if (!may_search(here)) {
      return {};
    }
    if (name == ".") {
      return here;
    }
    if (name == "..") {
      if (!way_.empty()) {
        here = std::move(way_.back());
        way_.pop_back();
      }
      return here;
    }
    FileHandle there(openat(here.fd(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (!there || fstat(there.fd(), &status) != 0) {
      return {};
    }
    if (!S_ISLNK(status.st_mode)) {
      way_.push_back(std::move(here));
      return there;
    }
    const std::string to = text_of(there);
    if (++links_ > kMostLinks || to.empty()) {
      return failed(ELOOP);
    }
    rest_ = to + rest_;
    if (!to.starts_with('/')) {
      return here;
    }
    way_.clear();
    return FileHandle(fcntl(root_.fd(), F_DUPFD_CLOEXEC, 0));
  }

  [[nodiscard]] bool may_search(const FileHandle& folder) const {
    struct stat status{};
    if (fstat(folder.fd(), &status) != 0) {
      return false;
    }
    const bool searchable = identity_ == nullptr || permits(*identity_, status, 1);
    errno = !S_ISDIR(status.st_mode) ? ENOTDIR : EACCES;
    return S_ISDIR(status.st_mode) && searchable;
  }

  const FileHandle& root_;
  std::string rest_;
  const FileIdentity* identity_;
  std::vector<FileHandle> way_;  // the folders above, the root first
  int links_ = 0;
};

}  // namespace

FileHandle find_in_root(const char* root, const char* path, Crossing crossing) {
  return find_in_root(FileHandle(::open(root, O_PATH | O_DIRECTORY | O_CLOEXEC)), path, crossing);
}

FileHandle find_in_root(const FileHandle& root, const char* path, Crossing crossing) {
  if (!root || *path == '\0') {
    return {};
  }
  open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  if (crossing == Crossing::refused) {
    how.resolve |= RESOLVE_NO_XDEV;
  }
  long place = -1;
  for (int tries = 0; place < 0 && (tries == 0 || (errno == EAGAIN && tries < kMostTries)); ++tries) {
    place = syscall(SYS_openat2, root.fd(), path, &how, sizeof how);
  }
  // Linux before 5.6, or a filter that has not heard of openat2.
  if (place < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN)) {
    return crossing == Crossing::refused ? failed(EXDEV) : walk_in_root(root, path);
  }
  return FileHandle(static_cast<int>(place));
}

FileHandle walk_in_root(const FileHandle& root, std::string_view path, const FileIdentity* identity) {
  return root && !path.empty() ? Walk(root, path, identity).go() : FileHandle();
}

FileHandle open_candidate(const Target& target, const std::string& path) {
  auto file = target.open_file(path);
  if (file) {
    return std::move(*file);
  }
  return target.lifeless() ? open_regular(FileHandle(::open(path.c_str(), O_PATH | O_CLOEXEC))) : FileHandle();
}

FileHandle open_regular(const FileHandle& place) {
  struct stat status{};
  if (!place || fstat(place.fd(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return {};
  }
  return FileHandle(::open(fmt::format("/proc/self/fd/{}", place.fd()).c_str(), O_RDONLY | O_CLOEXEC));
}

FileHandle open_where_permitted(const FileIdentity& identity, const std::string& path) {
  const FileHandle root(::open(identity.root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const FileHandle place = root ? walk_in_root(root, path, &identity) : FileHandle();
  struct stat status{};
  if (place && (fstat(place.fd(), &status) != 0 || !permits(identity, status, 4))) {
    errno = EACCES;
    return {};
  }
  return open_regular(place);
}

}  // namespace stillframe::target
