#include "target/live_surroundings.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <climits>
#include <ctime>

#include "target/file_holders.h"
#include "target/file_locks.h"
#include "target/inet_socket.h"
#include "target/live_target.h"
#include "target/open_file.h"
#include "target/proc_files.h"
#include "target/process_facts.h"
#include "target/process_family.h"

namespace stillframe::target {
namespace {

// Which table a socket is in: its protocol, as the socket file system names it ("TCPv6").
std::string protocol_of(const std::string& path) {
  std::array<char, 64> name{};
  const ssize_t size = getxattr(path.c_str(), "system.sockprotoname", name.data(), name.size());
  std::string text(name.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  if (!text.empty() && text.back() == '\0') {
    text.pop_back();
  }
  return text;
}

std::string table_of(const std::string& protocol) {
  std::string name(protocol);
  std::ranges::transform(name, name.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (name.ends_with("v6")) {
    name.replace(name.size() - 2, 2, "6");
  }
  if (name.starts_with("unix")) {
    return "unix";  // "UNIX-STREAM" from Linux 5.15 on
  }
  return name == "tcp" || name == "tcp6" || name == "udp" || name == "udp6" ? name : "";
}

// Whether a socket has been found at all, or a pipe by both of its ends.
bool other_end_is_among(const std::vector<FileHolder>& holders, std::string_view link) {
  bool reads = false;
  bool writes = false;
  for (const FileHolder& one : holders) {
    reads = reads || (one.link == link && one.reads);
    writes = writes || (one.link == link && one.writes);
  }
  return reads && writes;
}

}  // namespace

std::string LiveSurroundings::path_of(std::string_view file) const {
  return fmt::format("/proc/{}/{}", reader_, file);
}

std::optional<OpenFile> LiveSurroundings::read_file(int fd) const {
  const std::string path = path_of(fmt::format("fd/{}", fd));
  std::array<char, PATH_MAX> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): readlink fills it
  const ssize_t size = readlink(path.c_str(), text.data(), text.size());
  if (size < 0 && errno == ENOENT && access(path_of("fd").c_str(), R_OK) == 0) {
    return OpenFile{.kind = model::FileKind::closed};
  }
  if (size <= 0) {
    return std::nullopt;
  }
  OpenFile file = parse_fd_link({text.data(), static_cast<std::size_t>(size)});
  if (file.kind == model::FileKind::socket) {
    file.reads = file.writes = true;  // there are no others
  } else {
    constexpr std::size_t most = std::size_t{8} << 20U;  // an epoll instance may watch a million files
    parse_fdinfo(read_proc_file(path_of(fmt::format("fdinfo/{}", fd)), most).value_or(""), file);
  }
  if (file.path) {
    file.path = files_.inner_path(std::move(*file.path));
    find_server(file);
    // Of a file on a server only what is known already: asking might never return.
    struct statx status{};
    if (file.server.empty() &&
        statx(AT_FDCWD, path.c_str(), AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &status) == 0) {
      refine_kind(status.stx_mode, status.stx_rdev_major, file);
      file.inode = status.stx_ino;
    }
  } else if (file.kind == model::FileKind::socket) {
    file.protocol = protocol_of(path);
    const std::string table = table_of(file.protocol);
    if (!table.empty()) {
      file.kind = table == "unix"            ? model::FileKind::unix_socket
                  : table.starts_with("tcp") ? model::FileKind::tcp
                                             : model::FileKind::udp;
    }
  }
  return file;
}

void LiveSurroundings::find_server(OpenFile& file) const {
  if (const Mount* server = files_.server_of(*file.path)) {
    file.server = fmt::format("{} {}, mounted at {}", server->type, server->source, server->point);
    file.server_answers = files_.answers(*server);
  }
}

std::optional<OpenFile> LiveSurroundings::mapped_from_silent_server() {
  for (const Mapping& mapping : parse_maps(read_proc_file(path_of("maps")).value_or(""))) {
    if (mapping.inode == 0 || !mapping.path.starts_with('/')) {
      continue;
    }
    OpenFile file{.kind = model::FileKind::file, .link = "", .path = files_.inner_path(mapping.path), .server = ""};
    find_server(file);
    if (file.server_answers == false) {
      return file;
    }
  }
  return std::nullopt;
}

std::optional<OpenFile> LiveSurroundings::file(int fd) {
  const auto [at, fresh] = open_files_.try_emplace(fd);
  if (fresh) {
    at->second = read_file(fd);
  }
  return at->second;
}

std::optional<Socket> LiveSurroundings::socket(const std::string& protocol, std::uint64_t inode, int fd) {
  const std::string name = table_of(protocol);
  if (name.empty()) {
    return std::nullopt;
  }
  if (name != "unix" && fd >= 0) {
    if (auto socket = ask_inet_socket(pid_, fd, inode)) {
      // A connect() that is under way has no peer yet but in the table.
      if (socket->peer || !socket->state || *socket->state != "connecting") {
        return socket;
      }
    }
  }
  if (name == "unix" && shares_network()) {
    if (auto socket = unix_sockets_.find(inode)) {
      return socket;
    }
  }
  auto table = tables_.find(name);
  if (table == tables_.end()) {
    table = tables_.try_emplace(name, path_of("net/" + name), name).first;
  }
  return table->second.find(inode);
}

bool LiveSurroundings::shares_network() {
  if (!shares_network_) {
    shares_network_ = shares("net");
  }
  return *shares_network_;
}

// Whether the process is in our own namespace of a kind ("net").
bool LiveSurroundings::shares(std::string_view ns) const {
  const std::uint64_t theirs = namespace_of(path_of(fmt::format("ns/{}", ns)));
  return theirs != 0 && theirs == namespace_of(fmt::format("/proc/self/ns/{}", ns));
}

std::vector<FileHolder> LiveSurroundings::holders(std::span<const std::string> links) {
  std::vector<std::int64_t> family = child_pids(pid_);
  family.push_back(pid_);
  std::vector<FileHolder> holders = find_holders("/proc", links, family);
  // The end that this process waits on is its own: of a link that is found in nothing else, the other one is elsewhere.
  std::vector<std::string> elsewhere;
  for (const std::string& link : links) {
    if (!other_end_is_among(holders, link)) {
      elsewhere.push_back(link);
    }
  }
  if (!elsewhere.empty()) {
    std::erase_if(holders,
                  [&](const FileHolder& one) { return std::ranges::find(elsewhere, one.link) != elsewhere.end(); });
    std::ranges::move(find_holders("/proc", elsewhere), std::back_inserter(holders));
  }
  return holders;
}

std::vector<FileHolder> LiveSurroundings::holders_anywhere(std::span<const std::string> links) {
  return find_holders("/proc", links);
}

std::optional<ProcessFacts> LiveSurroundings::process(std::int64_t pid) {
  const auto [at, fresh] = processes_.try_emplace(pid);
  if (fresh) {
    at->second = process_facts(pid);
  }
  return at->second;
}

std::vector<ProcessFacts> LiveSurroundings::children() {
  if (!children_) {
    children_ = children_of(pid_);
  }
  return *children_;
}

std::vector<ProcessFacts> LiveSurroundings::descendants() {
  return descendants_of(pid_);
}

ProcessSleeps LiveSurroundings::sleeps(std::int64_t pid) {
  return target::process_sleeps(pid);
}

std::optional<ProcessFacts> LiveSurroundings::forked_from() {
  const auto facts = process(pid_);
  return facts && same_program_start(pid_, facts->parent) ? process(facts->parent) : std::nullopt;
}

std::vector<LockWait> LiveSurroundings::lock_waits() {
  if (!lock_waits_) {
    lock_waits_ = parse_lock_waits(read_proc_file("/proc/locks").value_or(""), pid_);
  }
  return *lock_waits_;
}

Sharers LiveSurroundings::sharers(std::uint64_t device, std::uint64_t inode, bool everywhere) {
  return everywhere ? all_sharers(pid_, device, inode) : family_sharers(pid_, device, inode);
}

std::unique_ptr<Target> LiveSurroundings::other(std::int64_t pid) {
  auto target = open_process(pid);
  return target ? std::move(*target) : nullptr;
}

std::optional<std::string> LiveSurroundings::wait_channel(Tid tid) {
  auto name = read_proc_file(fmt::format("/proc/{}/task/{}/wchan", pid_, tid));
  // "0" where it waits in none, or where the kernel keeps it to itself.
  return name && !name->empty() && *name != "0" ? std::move(name) : std::nullopt;
}

namespace {

// Milliseconds of the scheduler's own clock at which a thread last had a processor: se.exec_start in
// /proc/PID/task/TID/sched (kernel/sched/debug.c).
std::optional<double> last_run(const std::string& folder) {
  constexpr std::size_t most = 1024;
  constexpr std::string_view key = "se.exec_start";
  const auto text = read_proc_file(folder + "/sched", most);
  const std::size_t at = text ? text->find(key) : std::string::npos;
  const std::size_t colon = at == std::string::npos ? at : text->find(':', at);
  const std::size_t digits = colon == std::string::npos ? colon : text->find_first_of("0123456789", colon);
  if (digits == std::string::npos) {
    return std::nullopt;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text->data() + digits, text->data() + text->size(), value);
  return error == std::errc{} && end != text->data() + text->size() ? std::optional(value) : std::nullopt;
}

}  // namespace

// The clock is that of no other file: now is what it shows for a thread of ours, which runs.
std::optional<double> LiveSurroundings::asleep_for(Tid tid) {
  const auto then = last_run(fmt::format("/proc/{}/task/{}", pid_, tid));
  const auto now = then ? last_run("/proc/thread-self") : std::nullopt;
  return now && *then > 0 && *now >= *then ? std::optional((*now - *then) / 1000) : std::nullopt;
}

std::optional<std::uint64_t> LiveSurroundings::caught_signals() {
  const auto status = read_proc_file(fmt::format("/proc/{}/status", pid_));
  const auto set = status ? status_field(*status, "SigCgt") : std::nullopt;
  std::uint64_t caught = 0;
  if (!set || std::from_chars(set->data(), set->data() + set->size(), caught, 16).ec != std::errc{}) {
    return std::nullopt;
  }
  return caught;
}

std::optional<double> LiveSurroundings::now(int clock) {
  // The clocks since boot may be shifted in another time namespace (time_namespaces(7)); kernels without any have no
  // link.
  const bool shifted = (clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME) &&
                       namespace_of("/proc/self/ns/time") != 0 && !shares("time");
  timespec time{};
  if (shifted || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME) ||
      clock_gettime(clock, &time) != 0) {
    return std::nullopt;
  }
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace stillframe::target
