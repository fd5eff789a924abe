// Which files are a scheduler's own library: its calls only wait on behalf of the program's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace stillframe::text {

// Whether a folder of that name, "/trio/", is the package itself and no part of another one, as redis/asyncio is: where
// packages are installed it stands at the top.
inline bool is_in_package(std::string_view path, std::string_view folder) {
  const std::size_t at = path.find(folder);
  const std::size_t installed = path.rfind("-packages/", at);
  constexpr std::size_t behind = std::string_view("-packages").size();
  return at != std::string_view::npos && (installed == std::string_view::npos || installed + behind == at);
}

// asyncio: each of its modules stands in one folder, of Python's own library.
inline bool is_asyncio_file(std::string_view path) {
  constexpr std::string_view folder = "/asyncio/";
  const std::string_view parent = path.substr(0, path.rfind('/') + 1);
  if (!parent.ends_with(folder) || path.contains("-packages/")) {
    return false;
  }
  const std::string_view library = parent.substr(0, parent.size() - folder.size());
  const std::string_view name = library.substr(library.rfind('/') + 1);
  const std::size_t version = name.find_first_of("0123456789");
  return name == "Lib" || (version != std::string_view::npos &&
                           (name.substr(0, version) == "python" || name.substr(0, version) == "pypy"));
}

// trio: all of its modules with code are private ones.
inline bool is_trio_file(std::string_view path) {
  return is_in_package(path, "/trio/_");
}

// AnyIO, which stands between a program and one of the two.
inline bool is_anyio_file(std::string_view path) {
  return is_in_package(path, "/anyio/_") || is_in_package(path, "/anyio/streams/") ||
         path.ends_with("/anyio/lowlevel.py") || path.ends_with("/anyio/to_thread.py");
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
  return is_in_package(path, "/gevent/");
}

inline bool is_scheduler_file(std::string_view path) {
  return is_asyncio_file(path) || is_trio_file(path) || is_anyio_file(path) || is_curio_file(path) ||
         is_gevent_file(path);
}

}  // namespace stillframe::text
