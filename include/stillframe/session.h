// The way into Stillframe: opens a target, and looks at it as often as is wanted.
//
//   auto session = stillframe::Session::open(4211);
//   auto still = session ? session->still() : std::unexpected(session.error());
//
// Threads: all calls of one Session, its destruction included, belong on the thread that opened it, for a process is
// stopped with ptrace, which knows threads. Different Sessions may be used by different threads at once, as long as
// they do not look at one process at the same time: the second one could not stop it.
//
// The target is only read. Its threads may be stopped for a moment (StillOptions::no_block forbids it); they go on when
// this process dies, whatever kills it. While they are stopped, the kernel may send SIGCHLD to this process. A caller
// that waits for any child (wait(), waitpid(-1)) on the same thread can take a stop away from Session: wait for known
// children.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/host.h"
#include "stillframe/error.h"
#include "stillframe/memory.h"
#include "stillframe/still.h"
#include "target/core_options.h"

namespace stillframe {

// Where the files of a core are on this machine: the executable that died, folders to look for its libraries in, and a
// folder that stands for / of the machine it comes from. Files are recognised by build-id, never by name alone.
using target::CoreOptions;

// A core file that is open: a regular file, whole or compressed (zstd, lz4, gzip, xz). `fd` is read with pread(); it
// stays the caller's, who may close it after open(). `name` stands for its path in messages and in the still.
struct CoreDescriptor {
  int fd = -1;
  std::string name = "core";
};

// How the values of variables and objects are written.
struct ValueOptions {
  std::uint32_t depth = 1;            // how many objects within one another show their attributes
  std::uint64_t max_string = 128;     // characters of a text, bytes of a bytes object
  std::uint64_t max_items = 16;       // items of a container, attributes of an object
  std::size_t max_text = 500;         // bytes of a whole value; past that no further part is begun
  std::uint32_t children = 0;         // how many levels of parts each value has as values of their own
  std::vector<std::string> redact{};  // further names whose values are hidden; `*` stands for any letters
  bool redact_usual = true;           // those of passwords, tokens, keys and the like are hidden
};

// Which calls of C, C++ and Rust are shown among those of Python.
enum class NativeFrames : std::uint8_t {
  none,
  last,    // only those below the last Python call
  python,  // of the threads that Python knows
  all,     // of every thread, and of programs without Python
};

struct StillOptions {
  bool no_block = false;  // never stop a thread; Still::consistency and Thread::torn say what may then not fit together
  bool exhaustive = false;  // search memory for interpreters even where a symbol leads to one
  bool explain = true;      // what threads wait for, who holds it, and the findings; without it only stacks are read
  NativeFrames native = NativeFrames::none;
  bool locals = false;  // arguments and locals of Python calls
  ValueOptions values;
  // Gives a descriptor of the debug file with that build-id (lower-case hex), which becomes the library's, or -1.
  // Called on the calling thread, after the target runs again, where native frames lack names. May be empty: nothing is
  // fetched.
  std::function<int(const std::string& build_id)> fetch_debug_file;
};

struct InspectOptions {
  bool no_block = false;
  bool exhaustive = false;
  std::uint32_t depth = 3;                  // how many levels of parts are shown
  std::optional<std::int64_t> interpreter;  // whose modules names begin in; absent: the main one's
  ValueOptions values{.max_string = 500, .max_items = 50};
};

struct TaskOptions {
  bool no_block = false;
  bool exhaustive = false;
};

// Keeps what stays true from look to look, so that further looks cost a fraction of the first, and follows a target
// that loads libraries or becomes another program (exec).
class Session {
 public:
  // Each open() fails only where the target cannot be looked at at all; the error tells why, and what to do.
  // `host`: what this library may do to the process that it runs in; nothing unless it is asked for.

  // A running process, by the id that it has here; the id of one of its threads means the same. Errors: `usage`,
  // `not_found`, `permission` (another user's, ptrace_scope, seccomp), `unsupported` (32-bit, a kernel thread), `gone`.
  static Result<Session> open(std::int64_t pid, const Host& host = {});

  // A core file by its path. Errors: `not_found`, `permission`, `usage` (a directory, another program's executable),
  // `unsupported` (no core, another architecture), `damaged`, `io`. A compressed one is decompressed into an unlinked
  // file in $TMPDIR, or else in /var/tmp.
  static Result<Session> open(const std::string& core, const CoreOptions& options = {}, const Host& host = {});

  // A core file that is open. Errors as above.
  static Result<Session> open(const CoreDescriptor& core, const CoreOptions& options = {}, const Host& host = {});

  // Memory that the caller reads; it is kept as long as the Session lives, and looked at as a core is. Errors: `usage`
  // where something of it makes no sense.
  static Result<Session> open(CallerMemory memory, const Host& host = {});

  Session(Session&& other) noexcept;
  Session& operator=(Session&& other) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // The stacks of every thread that Python knows, as of one moment where that can be had: Still::consistency says. What
  // could not be read is named in Still::warnings, and Still::partial is set. Errors: `not_python`, `gone`, `damaged`,
  // `permission`, `unsupported`.
  Result<Still> still(const StillOptions& options = {});

  // Objects by name, as "app.settings.CACHES['default']", or by address, "0x7f31c0de5a40". What came of each name is in
  // its answer, in the order of `names`. Errors as of still(), and `usage` where a name makes no sense.
  Result<Inspection> inspect(const std::vector<std::string>& names, const InspectOptions& options = {});

  // The tasks of asyncio, trio, curio and gevent: Still::tasks, which is never null then. Errors as of still().
  Result<Still> tasks(const TaskOptions& options = {});

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The version of the library that is linked, "0.1.0"; STILLFRAME_VERSION of stillframe/version.h is that of the
// headers.
std::string_view library_version();

}  // namespace stillframe
