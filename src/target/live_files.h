// The files of a running process, by the names that they have for it: it may live in a chroot or in a container.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "memory/memory_source.h"
#include "model/result.h"
#include "target/careful_opener.h"
#include "target/target.h"

namespace stillframe::target {

class LiveFiles {
 public:
  // `tid`: a thread of the process that has not ended.
  // `start_helper`: see CarefulOpener.
  LiveFiles(std::int64_t tid, bool start_helper);

  // As the process names it; without " (deleted)".
  [[nodiscard]] std::optional<std::string> executable() const;
  // The kernel shows a chrooted process's paths from our root: this is the same file as the process names it.
  [[nodiscard]] std::string inner_path(std::string path) const;
  // For another look: the process may have become another user since.
  void renew_rights() { opener_.renew_rights(); }
  // A regular file by the process's own name for it; a relative name starts at its current directory. Names come from
  // the target: one that climbs out of its root, or names a device, opens nothing.
  [[nodiscard]] Result<FileHandle> open(std::string_view path) const;
  // The very file that is mapped, also where another one has its name now.
  [[nodiscard]] Result<FileHandle> open_mapped(const Mapping& mapping, std::span<const Mapping> all,
                                               const memory::MemorySource& memory) const;

  // The file system of a server that a path without links lies on; null: a local one, or it is not known.
  [[nodiscard]] const Mount* server_of(std::string_view path) const { return opener_.server_of(path); }
  [[nodiscard]] std::optional<bool> answers(const Mount& server) const { return opener_.answers(server); }
  // What did not answer and was left alone.
  [[nodiscard]] std::vector<std::string> warnings() const { return opener_.warnings(); }

 private:
  [[nodiscard]] std::string proc(std::string_view file) const;

  std::int64_t tid_;
  mutable CarefulOpener opener_;  // remembers what did not answer
  std::string root_;              // of a chroot as we see it ("/srv/jail"); empty: none
};

}  // namespace stillframe::target
