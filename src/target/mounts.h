// The file systems that a process sees, from the text of /proc/PID/mountinfo.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stillframe::target {

struct Mount {
  std::string device;  // "0:47"
  std::string point;   // as the process names it
  std::string type;    // "ext4", "nfs4", "fuse.sshfs"
  std::string source;  // "server:/export"
};

// In the order of the text.
std::vector<Mount> parse_mounts(std::string_view mountinfo);

// Whether each access may have to be answered by a server or by another process, and waits for that without end.
bool asks_a_server(const Mount& mount);

bool is_below(std::string_view path, std::string_view folder);

// What a path, with all links in it followed, lies on; null: not known. Of several at one place the last one hides the
// others.
const Mount* mount_of(const std::vector<Mount>& mounts, std::string_view path);

}  // namespace stillframe::target
