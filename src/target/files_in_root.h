// Opening files where a folder stands for /: a container's root, or a copy of another machine's file system. Their
// names, and the links on the way, are the target's: none leads out of that folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "target/file_identity.h"
#include "target/target.h"

namespace stillframe::target {

// A file of the target that will be recognised by a build-id or checksum, so that nothing is lost by looking further:
// of a core also under the same name on this machine. None where there is none.
FileHandle open_candidate(const Target& target, const std::string& path);

// Whether the way may lead to another file system than that of the root; refused: errno is then EXDEV.
enum class Crossing : std::uint8_t { allowed, refused };

// A path descriptor (O_PATH) for what `path` names where the folder `root` is /; ".." and links to absolute paths are
// followed inside of it. None, with errno, where nothing is there.
// Nothing is allocated where the kernel has openat2 (Linux 5.6): the child of a fork() may call it, and open_regular().
FileHandle find_in_root(const char* root, const char* path, Crossing crossing = Crossing::allowed);
FileHandle find_in_root(const FileHandle& root, const char* path, Crossing crossing = Crossing::allowed);
inline FileHandle find_in_root(const std::string& root, const std::string& path,
                               Crossing crossing = Crossing::allowed) {
  return find_in_root(root.c_str(), path.c_str(), crossing);
}

// The same step by step, for systems that lack openat2; with `identity`, only through folders that its user may search,
// as far as permits() can tell (errno: EACCES).
FileHandle walk_in_root(const FileHandle& root, std::string_view path, const FileIdentity* identity = nullptr);

// A regular file in the root of somebody with less rights than ours, where owner and mode of it and of each folder on
// the way let him read it (errno: EACCES). For who may start no process that takes those rights.
FileHandle open_where_permitted(const FileIdentity& identity, const std::string& path);

// Opens what a path descriptor stands for, when it is a regular file: opening some devices has effects (a watchdog
// starts), and opening a pipe waits for its other end.
FileHandle open_regular(const FileHandle& place);

}  // namespace stillframe::target
