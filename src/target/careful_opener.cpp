#include "target/careful_opener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "target/files_in_root.h"
#include "target/proc_files.h"

namespace stillframe::target {
namespace {

// Servers at the other end of the world answer in less.
constexpr std::chrono::milliseconds kPatience{2000};
// Then no file that may be on a server is opened any more: three times the patience is what that may cost.
constexpr std::size_t kMostSilent = 3;

}  // namespace

CarefulOpener::CarefulOpener(std::string proc, bool start_helper)
    : proc_(std::move(proc)), start_helper_(start_helper), helper_(kPatience) {
  renew_rights();
}

void CarefulOpener::renew_rights() {
  auto now = weaker_identity(proc_);
  if (now && start_helper_ && (now != identity_ || !owner_)) {
    owner_.emplace(kPatience, now);
  }
  identity_ = std::move(now);
}

void CarefulOpener::read_mounts() {
  if (!mounts_) {
    mounts_ = parse_mounts(read_proc_file(proc_ + "/mountinfo").value_or(""));
    any_server_ = std::ranges::any_of(*mounts_, asks_a_server);
  }
}

const Mount* CarefulOpener::server_of(std::string_view path) {
  read_mounts();
  const Mount* mount = any_server_ ? mount_of(*mounts_, path) : nullptr;
  return mount != nullptr && asks_a_server(*mount) ? mount : nullptr;
}

FileHandle CarefulOpener::open(const std::string& path) {
  read_mounts();
  if (identity_) {
    FileHandle file = open_as_owner(path);
    if (!file && errno == EACCES) {
      refused_.note(path);
      errno = EACCES;
    }
    return file;
  }
  const std::string root = proc_ + "/root";
  if (!any_server_) {
    return open_regular(find_in_root(root, path, Crossing::allowed));
  }
  if (server_of(path) == nullptr) {
    // Most files lie, like the root, on a local file system, and no link on the way leads to another one.
    const FileHandle place = find_in_root(root, path, Crossing::refused);
    if (place || errno != EXDEV) {
      return open_regular(place);
    }
  }
  return open_by_helper(helper_, root, path, path);
}

FileHandle CarefulOpener::open_as_owner(const std::string& path) {
  if (!owner_) {
    if (any_server_) {
      return open_by_helper(helper_, "", path, path);  // which says that it may not be
    }
    return open_where_permitted(*identity_, path);
  }
  if (!any_server_ || server_of(path) == nullptr) {
    auto file = owner_->open("", path, {.crossing = any_server_ ? Crossing::refused : Crossing::allowed, .server = ""});
    if (!file) {
      errno = ETIMEDOUT;
      return {};
    }
    if (*file || !any_server_ || errno != EXDEV) {
      return std::move(*file);
    }
  }
  return open_by_helper(*owner_, "", path, path);
}

FileHandle CarefulOpener::open_link(std::string_view link, std::string_view path) {
  const std::string whole = fmt::format("{}/{}", proc_, link);
  if (server_of(path) == nullptr) {
    return open_regular(FileHandle(::open(whole.c_str(), O_PATH | O_CLOEXEC)));
  }
  return open_by_helper(helper_, "", whole, path);
}

// What a path lies on. A link may have led to a server that has no part in the name: then it is what stands beside the
// link that is left alone.
Mount CarefulOpener::server_for(std::string_view path) {
  if (const Mount* server = server_of(path)) {
    return *server;
  }
  const std::string folder(path.substr(0, path.rfind('/')));
  return {.device = fmt::format(
              "{:08x}", crc32(0, reinterpret_cast<const Bytef*>(folder.data()), static_cast<uInt>(folder.size()))),
          .point = folder,
          .type = "",
          .source = ""};
}

FileHandle CarefulOpener::open_by_helper(FileHelper& helper, const std::string& root, const std::string& path,
                                         std::string_view name) {
  if (silent_.size() >= kMostSilent || is_silent(name)) {
    errno = ETIMEDOUT;
    return {};
  }
  Mount server = server_for(name);
  auto file = start_helper_ ? helper.open(root, path, {.server = server.device}) : std::nullopt;
  if (file) {
    return std::move(*file);
  }
  silent_.push_back(std::move(server));
  errno = ETIMEDOUT;
  return {};
}

bool CarefulOpener::is_silent(std::string_view path) const {
  return std::ranges::any_of(silent_, [&](const Mount& one) { return is_below(path, one.point); });
}

std::optional<bool> CarefulOpener::answers(const Mount& server) {
  if (is_silent(server.point)) {
    return start_helper_ ? std::optional(false) : std::nullopt;
  }
  if (answering_.contains(server.point)) {
    return true;
  }
  const auto answers = start_helper_ ? helper_.ask(proc_ + "/root", server.point, server.device) : std::nullopt;
  if (answers == true) {
    answering_.insert(server.point);
  } else if (answers == false) {
    silent_.push_back(server);
  }
  return answers;
}

std::vector<std::string> CarefulOpener::warnings() const {
  std::vector<std::string> warnings;
  for (const Mount& one : silent_) {
    const std::string what = one.type.empty() ? "" : fmt::format(" ({} {})", one.type, one.source);
    const std::string why = start_helper_
                                ? fmt::format("its server did not answer within {} seconds",
                                              std::chrono::duration_cast<std::chrono::seconds>(kPatience).count())
                                : "its server may never answer, and no helper process may be started that waits for it "
                                  "(Host::start_helper)";
    warnings.push_back(
        fmt::format("no file in {}{} was read, because {}: names of functions and source lines from there are missing",
                    one.point, what, why));
  }
  if (auto refused = identity_ ? refused_.warning(*identity_) : std::nullopt) {
    warnings.push_back(std::move(*refused));
  }
  return warnings;
}

}  // namespace stillframe::target
