// Whose rights to files a process has, and taking them: who reads for others with more rights than they have shows them
// what they may not read.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stillframe::target {

struct FileIdentity {
  uid_t uid = 0;  // fsuid and fsgid, as our own user namespace numbers them
  gid_t gid = 0;
  std::vector<gid_t> groups;
  std::uint64_t capabilities = 0;  // those of kFileCapabilities that it has in its own user namespace
  bool other_namespace = false;    // it lives in another user namespace than we
  std::string proc;                // /proc/TID; empty: of no process (the owner of a core)
  std::string root = "/";          // what paths begin in, as we name it
  bool operator==(const FileIdentity&) const = default;
};

// CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: they open every file.
inline constexpr std::uint64_t kFileCapabilities = (1U << 1U) | (1U << 2U);

// Of a status file in /proc; nothing where it tells no user.
std::optional<FileIdentity> parse_identity(std::string_view status);

// Whether `ours` opens files that `theirs` does not.
bool has_more_rights(const FileIdentity& ours, const FileIdentity& theirs);

// Of a process whose rights are less than ours; nothing where they are not, and files can be opened as they are.
std::optional<FileIdentity> weaker_identity(const std::string& proc);

// The owner of a core, where his rights are less than ours: what stands in a core may have been written by him.
std::optional<FileIdentity> weaker_owner(const struct stat& file);

// Gives this process, which has one thread alone, those rights and no others, for good. False where the system does not
// allow that: then permits() has to be asked for each file and each folder on the way.
bool take_identity(const FileIdentity& identity);

// Whether it may do all of `wanted` (the bits of "others": 4 read, 1 search) with a file of these attributes, as far as
// owner, group and mode tell.
bool permits(const FileIdentity& identity, const struct stat& file, unsigned wanted);

// What these rights did not open.
class RefusedFiles {
 public:
  void note(const std::string& path);
  // For the warnings: "user 1000, to whom the process belongs, may not read /etc/shadow: …".
  [[nodiscard]] std::optional<std::string> warning(const FileIdentity& identity) const;

 private:
  std::vector<std::string> paths_;
};

}  // namespace stillframe::target
