#include "target/live_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "binary/elf_file.h"
#include "binary/elf_image.h"
#include "target/proc_files.h"

namespace stillframe::target {
namespace {

std::optional<std::string> read_link(const std::string& link) {
  std::array<char, PATH_MAX> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): readlink fills it
  const ssize_t size = readlink(link.c_str(), text.data(), text.size());
  return size > 0 ? std::optional(std::string(text.data(), static_cast<std::size_t>(size))) : std::nullopt;
}

bool same_file(const Mapping& one, const Mapping& other) {
  return one.inode == other.inode && one.device == other.device && one.path == other.path;
}

// The build-id that the loaded copy of a mapped file has in memory; empty: none.
std::string loaded_build_id(const Mapping& mapping, std::span<const Mapping> all, const memory::MemorySource& memory) {
  for (const Mapping& other : all) {
    if (other.offset == 0 && same_file(other, mapping)) {
      const auto image = binary::ElfImage::at(memory, other.begin);
      return image ? image->build_id(memory) : "";
    }
  }
  return "";
}

}  // namespace

LiveFiles::LiveFiles(std::int64_t tid, bool start_helper)
    : tid_(tid), opener_(fmt::format("/proc/{}", tid), start_helper) {
  // Where a container has a root of its own, the kernel says "/"; in its mount namespace a chroot still has a name.
  auto root = read_link(proc("root")).value_or("");
  if (root.starts_with('/') && root.size() > 1) {
    root_ = std::move(root);
  }
}

std::string LiveFiles::proc(std::string_view file) const {
  return fmt::format("/proc/{}/{}", tid_, file);
}

std::string LiveFiles::inner_path(std::string path) const {
  if (!root_.empty() && path.starts_with(root_) && path.size() > root_.size() && path[root_.size()] == '/') {
    path.erase(0, root_.size());
  }
  return path;
}

std::optional<std::string> LiveFiles::executable() const {
  auto path = read_link(proc("exe"));
  constexpr std::string_view kDeleted = " (deleted)";
  if (path && path->ends_with(kDeleted)) {
    path->resize(path->size() - kDeleted.size());
  }
  return path ? std::optional(inner_path(std::move(*path))) : std::nullopt;
}

Result<FileHandle> LiveFiles::open(std::string_view path) const {
  const auto failed = [&](std::string_view why) {
    return fail(ErrorKind::not_found, fmt::format("open {}", path), std::string(why),
                "the file may have been moved or deleted since the program started");
  };
  std::string whole(path);
  if (path.empty() || path.contains('\0')) {
    return failed("no file can have that name");
  }
  if (!path.starts_with('/')) {
    auto directory = read_link(proc("cwd"));
    if (!directory) {
      return failed("the current directory of the process is not known");
    }
    whole = fmt::format("{}/{}", inner_path(std::move(*directory)), path);
  }
  errno = 0;
  FileHandle file = opener_.open(whole);
  if (!file) {
    return failed(errno == ETIMEDOUT ? "its file system does not answer"
                  : errno != 0       ? std::strerror(errno)
                                     : "it is no regular file, or may not be read");
  }
  return file;
}

Result<FileHandle> LiveFiles::open_mapped(const Mapping& mapping, std::span<const Mapping> all,
                                          const memory::MemorySource& memory) const {
  // The mapped file itself, also when it was deleted; needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
  if (FileHandle file =
          opener_.open_link(fmt::format("map_files/{:x}-{:x}", mapping.begin, mapping.end), mapping.path)) {
    return file;
  }
  std::optional<std::string> id;  // read once, and only when the numbers do not settle it
  const auto is_mapped = [&](const FileHandle& file) {
    struct stat status{};
    if (!file || fstat(file.fd(), &status) != 0) {
      return false;
    }
    const std::uint64_t device = (std::uint64_t{major(status.st_dev)} << 32U) | minor(status.st_dev);
    const bool same_inode = status.st_ino == mapping.inode;
    if (same_inode && device == mapping.device) {
      return true;
    }
    // overlayfs and btrfs show another device, and overlayfs at times another inode, in maps than stat() does: compare
    // what the files say of themselves.
    id = id ? id : loaded_build_id(mapping, all, memory);
    const auto elf = binary::ElfFile::open(file.fd(), mapping.path);
    const std::string found = elf ? elf->build_id() : "";
    return id->empty() && found.empty() ? same_inode && !mapping.deleted : *id == found;
  };
  if (executable() == mapping.path) {
    if (FileHandle file = opener_.open_link("exe", mapping.path); is_mapped(file)) {
      return file;
    }
  }
  auto file = open(mapping.path);
  if (file && !is_mapped(*file)) {
    return fail(ErrorKind::not_found, fmt::format("open the mapped file {}", mapping.path),
                "the file on disk is another one now: it was replaced after the program started",
                "run stillframe as root: it then opens the file that is really mapped");
  }
  return file;
}

}  // namespace stillframe::target
