// What an open file descriptor of a process is, from the texts of /proc/PID/fd and /proc/PID/fdinfo.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "target/surroundings.h"

namespace stillframe::target {

// What a link of /proc/PID/fd leads to: the kind as far as it can be told by the name, and the inode where that is in
// it
// ("pipe:[3999952]"). Files with a name of their own are `file` until their mode is known.
OpenFile parse_fd_link(std::string_view link);

// Adds what /proc/PID/fdinfo/FD says.
void parse_fdinfo(std::string_view text, OpenFile& file);

// Adds what the type and the device number (of a character device) say.
void refine_kind(std::uint32_t mode, std::uint32_t device_major, OpenFile& file);

}  // namespace stillframe::target
