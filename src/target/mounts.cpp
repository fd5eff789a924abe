#include "target/mounts.h"

#include <algorithm>
#include <array>

#include "target/text_scanner.h"

namespace stillframe::target {
namespace {

constexpr std::size_t kMostMounts = 65536;

// Blanks and the like are written as three octal digits ("\040"; fs/proc_namespace.c, mangle()).
std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const bool escape = text.size() >= 4 && text[0] == '\\' &&
                        std::ranges::all_of(text.substr(1, 3), [](char digit) { return digit >= '0' && digit <= '7'; });
    plain += escape ? static_cast<char>(Scanner(text.substr(1, 3)).number(8)) : text.front();
    text.remove_prefix(escape ? 4 : 1);
  }
  return plain;
}

}  // namespace

// "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw": number, parent, device, root, mount point, options,
// any number of further fields, "-", type, source (Documentation/filesystems/proc.rst).
std::vector<Mount> parse_mounts(std::string_view mountinfo) {
  std::vector<Mount> mounts;
  each_line(mountinfo, [&](std::string_view line) {
    Scanner head(line);
    head.word();
    head.word();
    const std::string_view device = head.word();
    head.word();
    const std::string_view point = head.word();
    const auto separator = head.rest().find(" - ");
    if (separator != std::string_view::npos) {
      Scanner tail(head.rest().substr(separator + 3));
      const std::string_view type = tail.word();
      mounts.push_back({.device = std::string(device),
                        .point = unescaped(point),
                        .type = std::string(type),
                        .source = unescaped(tail.word())});
    }
    return mounts.size() < kMostMounts;
  });
  return mounts;
}

bool asks_a_server(const Mount& mount) {
  constexpr std::array<std::string_view, 19> kTypes{
      "9p",     "afs", "beegfs", "ceph",  "cifs",     "coda",   "fuse", "fuseblk", "gfs2",     "gpfs",
      "lustre", "nfs", "nfs4",   "ocfs2", "orangefs", "prl_fs", "smb3", "vboxsf",  "virtiofs",
  };
  return mount.type.starts_with("fuse.") || std::ranges::find(kTypes, mount.type) != kTypes.end();
}

bool is_below(std::string_view path, std::string_view folder) {
  return folder == "/" || (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'));
}

const Mount* mount_of(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* found = nullptr;
  for (const Mount& mount : mounts) {
    if (is_below(path, mount.point) && (found == nullptr || mount.point.size() >= found->point.size())) {
      found = &mount;
    }
  }
  return found;
}

}  // namespace stillframe::target
