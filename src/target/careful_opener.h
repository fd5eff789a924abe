// Opens the files of a running process, and waits for none of them without end: what may lie on the file system of a
// server is opened by a helper, and a file system that has once not answered is left alone. And with no more rights
// than the process has: where ours are more, another helper opens them with its rights.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "target/file_helper.h"
#include "target/mounts.h"
#include "target/target.h"

namespace stillframe::target {

class CarefulOpener {
 public:
  // `proc`: /proc/TID of the process.
  // `start_helper`: a child process may be started; without it nothing that lies on the file system of a server is
  // opened, and of the files of others only what permits() allows by their owner and mode.
  CarefulOpener(std::string proc, bool start_helper);

  // A regular file by the process's own name for it, which may lead through links. None, with errno.
  FileHandle open(const std::string& path);
  // What `link`, of /proc/TID, leads to, with our rights: it is mapped, so the process has opened it. Its own name for
  // that is `path`.
  FileHandle open_link(std::string_view link, std::string_view path);

  // The process may have become another user since.
  void renew_rights();

  // The file system of a server that a path without links lies on; null: a local one, or it is not known.
  const Mount* server_of(std::string_view path);
  // Whether it answers at all, asked once; none where nobody could be sent to ask.
  std::optional<bool> answers(const Mount& server);
  // What was left alone.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  FileHandle open_by_helper(FileHelper& helper, const std::string& root, const std::string& path,
                            std::string_view name);
  FileHandle open_as_owner(const std::string& path);
  [[nodiscard]] bool is_silent(std::string_view path) const;
  [[nodiscard]] Mount server_for(std::string_view path);
  void read_mounts();

  std::string proc_;
  std::optional<FileIdentity> identity_;  // of the process, where our rights are more
  std::optional<std::vector<Mount>> mounts_;
  bool any_server_ = false;
  bool start_helper_;
  FileHelper helper_;                // starts nothing before it is asked
  std::optional<FileHelper> owner_;  // with the rights of the process, where our rights are more
  RefusedFiles refused_;
  std::vector<Mount> silent_;
  std::set<std::string, std::less<>> answering_;  // mount points
};

}  // namespace stillframe::target
