#include "target/files_in_root.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace stillframe::target {

FileHandle find_in_root(const std::string& root, const std::string& path, Crossing crossing) {
  const FileHandle folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    return {};
  }
  open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  if (crossing == Crossing::refused) {
    how.resolve |= RESOLVE_NO_XDEV;
  }
  const long place = syscall(SYS_openat2, folder.fd(), path.c_str(), &how, sizeof how);
  if (place < 0 && (errno == ENOSYS || errno == EPERM)) {
    // Linux before 5.6, or a filter that has not heard of openat2.
    if (crossing == Crossing::refused) {
      errno = EXDEV;  // who asks has to expect it
      return {};
    }
    return FileHandle(::open(fmt::format("{}/{}", root, path).c_str(), O_PATH | O_CLOEXEC));
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
  return FileHandle(::open(fmt::format("/proc/self/fd/{}", place.fd()).c_str(), O_RDONLY | O_CLOEXEC));
}

}  // namespace stillframe::target
