#include "target/files_in_root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>
#include <utility>

namespace stillframe::target {
namespace {

// Opens "root/path" where the kernel has no better way.
FileHandle open_below(const char* root, const char* path) {
  std::array<char, std::size_t{2} * PATH_MAX> whole;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  const std::size_t root_size = std::strlen(root);
  const std::size_t path_size = std::strlen(path);
  if (root_size + path_size + 2 > whole.size()) {
    errno = ENAMETOOLONG;
    return {};
  }
  std::memcpy(whole.data(), root, root_size);
  whole[root_size] = '/';
  std::memcpy(whole.data() + root_size + 1, path, path_size + 1);
  return FileHandle(::open(whole.data(), O_PATH | O_CLOEXEC));
}

}  // namespace

FileHandle find_in_root(const char* root, const char* path, Crossing crossing) {
  const FileHandle folder(::open(root, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    return {};
  }
  open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  if (crossing == Crossing::refused) {
    how.resolve |= RESOLVE_NO_XDEV;
  }
  const long place = syscall(SYS_openat2, folder.fd(), path, &how, sizeof how);
  if (place < 0 && (errno == ENOSYS || errno == EPERM)) {
    // Linux before 5.6, or a filter that has not heard of openat2.
    if (crossing == Crossing::refused) {
      errno = EXDEV;  // who asks has to expect it
      return {};
    }
    return open_below(root, path);
  }
  return FileHandle(static_cast<int>(place));
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
  std::array<char, 32> link{"/proc/self/fd/"};
  constexpr std::size_t kNumber = 14;
  std::to_chars(link.data() + kNumber, link.data() + link.size() - 1, place.fd());
  return FileHandle(::open(link.data(), O_RDONLY | O_CLOEXEC));
}

}  // namespace stillframe::target
