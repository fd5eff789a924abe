// A range of a target's address space.
#pragma once

#include <cstdint>
#include <string>

namespace stillframe::target {

struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;     // one past the last byte
  std::uint64_t offset = 0;  // in the file
  bool readable = false;
  bool writable = false;
  bool executable = false;
  bool deleted = false;  // the file was replaced or removed since
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  // 0: no file
  std::string path;         // as the target sees it, without " (deleted)"; "[heap]", "[stack]"; empty: anonymous
};

}  // namespace stillframe::target
