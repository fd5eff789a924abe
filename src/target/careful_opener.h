// Opens the files of a running process, and waits for none of them without end: what may lie on the file system of a
// server is opened by a helper, and a file system that has once not answered is left alone.
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
  // opened.
  CarefulOpener(std::string proc, bool start_helper);

  // A regular file by the process's own name for it, which may lead through links. None, with errno.
  FileHandle open(const std::string& path);
  // What `link`, of /proc/TID, leads to: the process's own name for that is `path`.
  FileHandle open_link(std::string_view link, std::string_view path);

  // The file system of a server that a path without links lies on; null: a local one, or it is not known.
  const Mount* server_of(std::string_view path);
  // Whether it answers at all, asked once; none where nobody could be sent to ask.
  std::optional<bool> answers(const Mount& server);
  // What was left alone.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  FileHandle open_by_helper(const std::string& root, const std::string& path, std::string_view name);
  [[nodiscard]] bool is_silent(std::string_view path) const;
  void read_mounts();

  std::string proc_;
  std::optional<std::vector<Mount>> mounts_;
  bool any_server_ = false;
  std::optional<FileHelper> helper_;  // none: it may not be started
  std::vector<Mount> silent_;
  std::set<std::string, std::less<>> answering_;  // mount points
};

}  // namespace stillframe::target
