#include "target/file_identity.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>
#include <utility>

#include "target/mounts.h"
#include "target/proc_files.h"
#include "target/text_scanner.h"

namespace stillframe::target {
namespace {

constexpr std::size_t kMostRefused = 1000;
constexpr std::size_t kMostGroups = 65536;  // NGROUPS_MAX

// "Uid:\t0\t0\t0\t65534": real, effective, saved, of the file system.
std::vector<std::uint32_t> numbers_of(std::string_view status, std::string_view key) {
  std::vector<std::uint32_t> numbers;
  Scanner words(status_field(status, key).value_or(""));
  for (std::string_view word = words.word(); !word.empty() && numbers.size() < kMostGroups; word = words.word()) {
    std::uint32_t number = 0;
    if (std::from_chars(word.data(), word.data() + word.size(), number).ec == std::errc{}) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

// setfsuid() and setfsgid() tell the number before, and an impossible one changes nothing.
bool set_file_ids(uid_t uid, gid_t gid) {
  setfsgid(gid);
  setfsuid(uid);
  return static_cast<gid_t>(setfsgid(static_cast<gid_t>(-1))) == gid &&
         static_cast<uid_t>(setfsuid(static_cast<uid_t>(-1))) == uid;
}

bool keep_capabilities(std::uint64_t wanted) {
  __user_cap_header_struct head{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (syscall(SYS_capget, &head, sets.data()) != 0) {
    return false;
  }
  const auto kept = static_cast<std::uint32_t>(wanted) & sets[0].permitted;
  sets = {};
  sets[0].permitted = kept;
  sets[0].effective = kept;
  return syscall(SYS_capset, &head, sets.data()) == 0;
}

}  // namespace

std::optional<FileIdentity> parse_identity(std::string_view status) {
  constexpr std::size_t kFileSystem = 3;
  const auto users = numbers_of(status, "Uid");
  const auto groups = numbers_of(status, "Gid");
  if (users.size() <= kFileSystem || groups.size() <= kFileSystem) {
    return std::nullopt;
  }
  FileIdentity identity{.uid = users[kFileSystem], .gid = groups[kFileSystem], .groups = {}, .proc = ""};
  for (const std::uint32_t group : numbers_of(status, "Groups")) {
    identity.groups.push_back(group);
  }
  const std::string_view capabilities = status_field(status, "CapEff").value_or("");
  std::from_chars(capabilities.data(), capabilities.data() + capabilities.size(), identity.capabilities, 16);
  identity.capabilities &= kFileCapabilities;
  return identity;
}

bool has_more_rights(const FileIdentity& ours, const FileIdentity& theirs) {
  if (ours.capabilities != 0) {
    return theirs.other_namespace || (ours.capabilities & ~theirs.capabilities) != 0;
  }
  return ours.uid != theirs.uid;
}

std::optional<FileIdentity> weaker_identity(const std::string& proc) {
  const auto ours = parse_identity(read_proc_file("/proc/self/status").value_or(""));
  auto theirs = parse_identity(read_proc_file(proc + "/status").value_or(""));
  if (!ours || !theirs) {
    return std::nullopt;
  }
  const std::uint64_t their_namespace = namespace_of(proc + "/ns/user");
  theirs->other_namespace = their_namespace != 0 && their_namespace != namespace_of("/proc/self/ns/user");
  theirs->proc = proc;
  theirs->root = proc + "/root";
  return has_more_rights(*ours, *theirs) ? theirs : std::nullopt;
}

std::optional<FileIdentity> weaker_owner(const struct stat& file) {
  const auto ours = parse_identity(read_proc_file("/proc/self/status").value_or(""));
  const std::uint64_t capabilities = file.st_uid == 0 ? kFileCapabilities : 0;
  FileIdentity theirs{.uid = file.st_uid, .gid = file.st_gid, .groups = {}, .capabilities = capabilities, .proc = ""};
  return ours && has_more_rights(*ours, theirs) ? std::optional(std::move(theirs)) : std::nullopt;
}

bool take_identity(const FileIdentity& identity) {
  FileIdentity taken = identity;
  // Groups before the other namespace: there they may have no numbers, or must not be set.
  const bool grouped = syscall(SYS_setgroups, taken.groups.size(), taken.groups.data()) == 0;
  if (identity.other_namespace) {
    const int space = open((identity.proc + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC);
    const bool entered = space >= 0 && setns(space, CLONE_NEWUSER) == 0;
    if (space >= 0) {
      close(space);
    }
    // What the file says is numbered as the reader's namespace does.
    const auto inner = entered ? parse_identity(read_proc_file(identity.proc + "/status").value_or("")) : std::nullopt;
    taken.capabilities = inner ? taken.capabilities : 0;  // ours are good for all files, not for theirs alone
    taken.uid = inner ? inner->uid : taken.uid;
    taken.gid = inner ? inner->gid : taken.gid;
  }
  const bool numbered = set_file_ids(taken.uid, taken.gid);
  return keep_capabilities(taken.capabilities) && numbered && grouped;
}

bool permits(const FileIdentity& identity, const struct stat& file, unsigned wanted) {
  if (identity.capabilities != 0 && !identity.other_namespace) {
    return true;
  }
  const bool grouped =
      file.st_gid == identity.gid || std::ranges::find(identity.groups, file.st_gid) != identity.groups.end();
  const unsigned shift = file.st_uid == identity.uid ? 6U : grouped ? 3U : 0U;
  return ((file.st_mode >> shift) & wanted) == wanted;
}

// Who looks for a member of an archive asks for each folder above it, too.
void RefusedFiles::note(const std::string& path) {
  const auto is_above = [&](const std::string& one) { return is_below(one, path); };
  if (paths_.size() < kMostRefused && std::ranges::none_of(paths_, is_above)) {
    paths_.push_back(path);
  }
}

std::optional<std::string> RefusedFiles::warning(const FileIdentity& identity) const {
  if (paths_.empty()) {
    return std::nullopt;
  }
  constexpr std::size_t kNamed = 3;
  std::string named;
  for (const std::string& path : paths_ | std::views::take(kNamed)) {
    named += (named.empty() ? "" : ", ") + path;
  }
  const std::string more = paths_.size() > kNamed ? fmt::format(" and {} more", paths_.size() - kNamed) : "";
  return fmt::format(
      "user {}, to whom the {} belongs, may not read {}{}: what they say of source lines and functions is "
      "missing",
      identity.uid, identity.proc.empty() ? "core" : "process", named, more);
}

}  // namespace stillframe::target
