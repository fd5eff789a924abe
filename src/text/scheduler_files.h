// Which files are a scheduler's own library: its calls only wait on behalf of the program's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace stillframe::text {

// asyncio: each of its modules stands in one folder.
inline bool is_asyncio_file(std::string_view path) {
  return path.substr(0, path.rfind('/') + 1).ends_with("/asyncio/");
}

// trio: all of its modules with code are private ones.
inline bool is_trio_file(std::string_view path) {
  return path.contains("/trio/_");
}

// AnyIO, which stands between a program and one of the two.
inline bool is_anyio_file(std::string_view path) {
  return path.contains("/anyio/_") || path.contains("/anyio/streams/") || path.ends_with("/anyio/lowlevel.py") ||
         path.ends_with("/anyio/to_thread.py");
}

// curio, each of whose modules stands in one folder; a program of that name has others.
inline bool is_curio_file(std::string_view path) {
  constexpr std::array kModules{"channel",    "file",   "io",     "kernel",    "meta",  "network",
                                "queue",      "sched",  "socket", "ssl",       "sync",  "task",
                                "subprocess", "thread", "time",   "timequeue", "traps", "workers"};
  const std::size_t name = path.rfind('/') + 1;
  return path.substr(0, name).ends_with("/curio/") && path.ends_with(".py") &&
         std::ranges::find(kModules, path.substr(name, path.size() - name - 3)) != kModules.end();
}

inline bool is_gevent_file(std::string_view path) {
  return path.contains("/gevent/");
}

inline bool is_scheduler_file(std::string_view path) {
  return is_asyncio_file(path) || is_trio_file(path) || is_anyio_file(path) || is_curio_file(path) ||
         is_gevent_file(path);
}

}  // namespace stillframe::text
