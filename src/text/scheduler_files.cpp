#include "text/scheduler_files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace stillframe::text {
namespace {

// Where a folder of that name begins in a path, and what the path has on both sides of it.
struct Place {
  std::string_view parent;   // the name of the folder that it is in; empty: none is known
  bool in_packages = false;  // below a site-packages or dist-packages
  bool top = false;          // directly in that
  std::string_view rest;     // "locks.py", "_core/_run.py"
};

// Whether any of the folders of that name in a path is one that `is_library` accepts: the program may lie in another.
template <typename IsLibrary>
bool any_place(std::string_view path, std::string_view library, const IsLibrary& is_library) {
  for (auto at = path.find(library); at != std::string_view::npos; at = path.find(library, at + 1)) {
    const std::size_t end = at + library.size();
    if ((at > 0 && path[at - 1] != '/') || end >= path.size() || path[end] != '/') {
      continue;
    }
    const std::string_view before = at == 0 ? std::string_view() : path.substr(0, at - 1);
    Place place{.parent = before.substr(before.rfind('/') + 1), .rest = path.substr(end + 1)};
    place.in_packages = before.contains("site-packages") || before.contains("dist-packages");
    place.top = place.parent == "site-packages" || place.parent == "dist-packages" || place.parent.ends_with(".egg") ||
                place.parent.ends_with(".whl");
    if (is_library(place)) {
      return true;
    }
  }
  return false;
}

// "locks.py" of "locks.py"; empty where more folders follow.
std::string_view module_of(std::string_view rest) {
  return rest.ends_with(".py") && !rest.contains('/') ? rest.substr(0, rest.size() - 3) : std::string_view();
}

bool among(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// ".../lib/python3.12/asyncio", ".../python312.zip/asyncio", a checkout's ".../Lib/asyncio"; or no folder at all, as in
// programs that carry their library in themselves.
bool is_folder_of_python(std::string_view name) {
  constexpr std::string_view python = "python";
  const bool numbered = name.starts_with(python) && name.size() > python.size() && name[python.size()] >= '2' &&
                        name[python.size()] <= '9';
  return numbered || name == "Lib" || name.empty();
}

// Of a library that is installed apart: its own folder lies directly where packages are installed; elsewhere the names
// of its modules must do.
bool is_installed(const Place& place, std::span<const std::string_view> modules) {
  if (place.in_packages) {
    return place.top;
  }
  const std::string_view first = place.rest.substr(0, place.rest.find('/'));
  return among(modules, first.substr(0, first.find('.')));
}

constexpr std::array<std::string_view, 36> kAsyncio{
    "base_events", "base_futures",    "base_subprocess", "base_tasks", "constants",  "coroutines",
    "events",      "exceptions",      "format_helpers",  "futures",    "graph",      "locks",
    "log",         "mixins",          "proactor_events", "protocols",  "queues",     "runners",
    "sslproto",    "selector_events", "staggered",       "streams",    "subprocess", "taskgroups",
    "tasks",       "threads",         "timeouts",        "tools",      "transports", "trsock",
    "unix_events", "windows_events",  "windows_utils",   "__init__",   "__main__",   "compat"};

constexpr std::array<std::string_view, 18> kCurio{"channel",    "file",   "io",     "kernel",    "meta",  "network",
                                                  "queue",      "sched",  "socket", "ssl",       "sync",  "task",
                                                  "subprocess", "thread", "time",   "timequeue", "traps", "workers"};

constexpr std::array<std::string_view, 60> kGevent{"_abstract_linkable",
                                                   "_compat",
                                                   "_config",
                                                   "_ffi",
                                                   "_fileobjectcommon",
                                                   "_fileobjectposix",
                                                   "_greenlet_primitives",
                                                   "_hub_local",
                                                   "_hub_primitives",
                                                   "_ident",
                                                   "_imap",
                                                   "_interfaces",
                                                   "_monitor",
                                                   "_patcher",
                                                   "_semaphore",
                                                   "_socket3",
                                                   "_socketcommon",
                                                   "_socket2",
                                                   "_tblib",
                                                   "_threading",
                                                   "_tracer",
                                                   "_util",
                                                   "_waiter",
                                                   "ares",
                                                   "backdoor",
                                                   "baseserver",
                                                   "builtins",
                                                   "core",
                                                   "event",
                                                   "events",
                                                   "exceptions",
                                                   "fileobject",
                                                   "greenlet",
                                                   "hub",
                                                   "libev",
                                                   "libuv",
                                                   "local",
                                                   "lock",
                                                   "monkey",
                                                   "os",
                                                   "pool",
                                                   "pywsgi",
                                                   "queue",
                                                   "resolver",
                                                   "resolver_ares",
                                                   "resolver_thread",
                                                   "select",
                                                   "selectors",
                                                   "server",
                                                   "signal",
                                                   "socket",
                                                   "ssl",
                                                   "subprocess",
                                                   "thread",
                                                   "threading",
                                                   "threadpool",
                                                   "time",
                                                   "timeout",
                                                   "util",
                                                   "win32util"};

constexpr std::array<std::string_view, 27> kTrio{"_abc",
                                                 "_channel",
                                                 "_core",
                                                 "_deprecate",
                                                 "_dtls",
                                                 "_file_io",
                                                 "_highlevel_generic",
                                                 "_highlevel_open_tcp_listeners",
                                                 "_highlevel_open_tcp_stream",
                                                 "_highlevel_open_unix_stream",
                                                 "_highlevel_serve_listeners",
                                                 "_highlevel_socket",
                                                 "_highlevel_ssl_helpers",
                                                 "_path",
                                                 "_repl",
                                                 "_signals",
                                                 "_socket",
                                                 "_ssl",
                                                 "_subprocess",
                                                 "_subprocess_platform",
                                                 "_sync",
                                                 "_threads",
                                                 "_timeouts",
                                                 "_tools",
                                                 "_unix_pipes",
                                                 "_util",
                                                 "_wait_for_object"};

}  // namespace

bool is_asyncio_file(std::string_view path) {
  return any_place(path, "asyncio", [](const Place& place) {
    return is_folder_of_python(place.parent) && !place.in_packages && among(kAsyncio, module_of(place.rest));
  });
}

// All of its modules with code are private ones.
bool is_trio_file(std::string_view path) {
  return any_place(path, "trio",
                   [](const Place& place) { return place.rest.starts_with('_') && is_installed(place, kTrio); });
}

bool is_anyio_file(std::string_view path) {
  constexpr std::array<std::string_view, 5> modules{"_core", "_backends", "streams", "lowlevel", "to_thread"};
  return any_place(path, "anyio", [&](const Place& place) {
    return is_installed(place, modules) && (place.rest.starts_with('_') || place.rest.starts_with("streams/") ||
                                            place.rest == "lowlevel.py" || place.rest == "to_thread.py");
  });
}

// Each of its modules stands in one folder; a program of that name has others.
bool is_curio_file(std::string_view path) {
  return any_place(path, "curio", [](const Place& place) {
    return among(kCurio, module_of(place.rest)) && (!place.in_packages || place.top);
  });
}

bool is_gevent_file(std::string_view path) {
  return any_place(path, "gevent", [](const Place& place) { return is_installed(place, kGevent); });
}

}  // namespace stillframe::text
