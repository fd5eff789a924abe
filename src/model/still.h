// A still: everything that was seen of one target at one moment, as plain data. The JSON is this, written down
// (docs/still.schema.json). Absent facts are std::nullopt, never guessed.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/crash.h"
#include "model/finding.h"
#include "model/frame.h"
#include "model/pools.h"
#include "model/processes.h"
#include "model/resources.h"
#include "model/text_arena.h"
#include "model/text_pool.h"
#include "model/wait_graph.h"

namespace stillframe::model {

enum class SourceKind : std::uint8_t { process, core };

struct Source {
  SourceKind kind = SourceKind::process;
  std::optional<std::int64_t> pid;  // as this machine's own namespace numbers it; of a core, as the core says
  std::optional<std::string> core;  // the core file's path as it was given
  std::optional<std::string> executable;
  std::vector<std::string> command_line;
};

enum class Method : std::uint8_t {
  untouched,  // nothing was stopped, and run counts prove that nothing ran meanwhile
  stopped,    // threads were stopped while memory was copied
  running,    // read while threads ran (--no-block, or a stop was not possible)
  core,       // a dead process
};

struct Consistency {
  Method method = Method::untouched;
  bool consistent = true;            // what is shown existed at one moment
  std::int64_t pause_us = 0;         // how long threads were stopped, in microseconds
  std::int64_t threads_stopped = 0;  // how many threads were stopped
};

enum class PythonState : std::uint8_t { running, initializing, finalizing };

struct Python {
  std::string version;               // "3.12.1"; "3.8" where the patch level could not be read
  std::optional<std::string> build;  // what sys.version says behind the number
  bool debug_build = false;
  bool free_threaded = false;
  PythonState state = PythonState::running;
};

struct Gil {
  bool held = false;
  std::optional<std::int64_t> holder_tid;
  bool drop_requested = false;
};

struct Interpreter {
  std::int64_t id = 0;
  std::optional<Gil> gil;             // absent on free-threaded builds and where it could not be read
  std::optional<bool> gc_collecting;  // absent where the build does not tell
};

// The system call that a thread sleeps in, as the kernel or the registers in a core tell it.
struct SystemCall {
  std::int64_t number = -1;
  std::string_view name;  // "futex"; of static storage; empty: no table has the number
  std::array<std::uint64_t, 6> arguments{};
  std::uint64_t sp = 0;
  std::uint64_t pc = 0;
  bool first_argument_known = true;  // a core of aarch64 may have lost it
};

// What a file descriptor stands for.
enum class FileKind : std::uint8_t {
  unknown,
  closed,  // nothing: it was closed while the thread waited
  file,
  directory,
  device,
  terminal,
  pipe,
  fifo,  // a pipe that has a name
  tcp,
  udp,
  unix_socket,
  socket,  // of another protocol
  eventfd,
  timerfd,
  inotify,
  signalfd,
  pidfd,
  epoll,
  io_uring,
  other,
};

struct WaitedFile {
  std::int64_t fd = -1;
  FileKind kind = FileKind::unknown;
  bool to_read = false;  // what it waits for: that it can be read
  bool to_write = false;
  std::optional<std::string> path;     // of files, named sockets and pipes
  std::optional<std::string> server;   // that a file lies on: "nfs4 host:/export, mounted at /srv"
  std::optional<bool> server_answers;  // false: it gave us no answer either, in the time that we waited
  std::optional<std::string> local;    // "10.0.0.3:51234"
  std::optional<std::string> peer;
  std::optional<std::string> state;     // of a socket: "established", "listening"
  std::vector<OtherProcess> processes;  // who has the other end; of a pidfd, the process
};

// What a thread waits for. What is not known is absent, or an empty list.
struct WaitingOn {
  std::optional<std::string> syscall;    // absent: it waits outside of a system call, or the number is not known
  std::string text;                      // "reads from pipe 7 (written by 4213 worker.py)"
  std::optional<std::uint64_t> address;  // of the futex
  std::optional<double> timeout;         // seconds that were asked for, from the beginning of the call on
  std::optional<double> seconds_left;    // until it ends by itself, where that moment is known
  bool limited = false;                  // it ends by itself, also where neither of these is known (in a core)
  std::optional<double> waited;          // seconds since the thread went to sleep, where the kernel tells
  std::vector<WaitedFile> files;
  std::int64_t file_count = 0;              // more than there are in `files` where they are very many
  std::vector<OtherProcess> processes;      // children that it waits for, or who holds the lock
  std::optional<std::string> wait_channel;  // of an uninterruptible wait: the kernel's function
};

// Of several looks at a thread: in how many of them it slept in the same call as it does, or did, in the last one.
struct WatchedCall {
  std::string syscall;
  std::size_t looks = 0;
  std::size_t slept = 0;
};

// A stack that waits for its turn in a thread which runs another one.
struct Greenlet {
  std::uint64_t address = 0;        // of the object
  std::optional<std::string> type;  // its class: "gevent.hub.Hub"
  bool main = false;                // the stack that the thread began with
  std::vector<Frame> frames;        // this and the rest as in Thread
  bool complete = true;
  std::optional<std::string> incomplete_reason;
  std::optional<std::string> native_end;
  std::optional<std::string> merge_conflict;
};

struct Thread {
  std::optional<std::int64_t> tid;     // the kernel's id in this machine's namespace; absent where no match was found
  std::optional<std::string> name;     // from the `threading` module's own table
  std::optional<std::string> os_name;  // the kernel's (comm)
  std::optional<bool> daemon;  // the program does not wait for its end; absent where `threading` does not know it
  std::optional<std::int64_t> interpreter;
  bool python = true;  // has a Python thread state
  OsState os_state = OsState::unknown;
  std::optional<bool> holds_gil;  // absent where there is no GIL or it could not be told
  std::optional<bool> waits_for_gil;
  bool gc_collecting = false;              // this thread runs the garbage collector
  std::optional<SystemCall> system_call;   // that it slept in at the moment of the still
  std::optional<std::uint64_t> run_count;  // at that moment; absent: not known, or a stop has changed it
  std::optional<WaitingOn> waiting_on;     // what that call waits for
  // Where it went on before that was found out: the name of the call, or "a system call".
  std::optional<std::string> left_call;
  std::optional<WatchedCall> watched;  // where it was looked at several times
  std::optional<ResourceWait> wants;   // what others hold, or have to do
  std::vector<Frame> frames;           // outermost first, as in a Python traceback
  bool complete = true;                // false: frames are missing, and a warning says why
  bool torn = false;                   // true: it ran while it was read, and a second reading of its calls differed
  std::optional<std::string> incomplete_reason;
  // Of the native stack, where it was asked for: why it ends before the thread's start, and why it could not be merged
  // with Python's, which then comes first.
  std::optional<std::string> native_end;
  std::optional<std::string> merge_conflict;
  std::vector<Greenlet> greenlets;  // suspended ones; what runs is in `frames`
};

// A thread of another process on which one of ours depends: as much of it as could be read without a stop.
struct OtherThread {
  OtherProcess process;
  Thread thread;
};

// What SIGINT leads to in Python.
enum class InterruptHandler : std::uint8_t {
  unknown,
  usual,    // signal.default_int_handler: KeyboardInterrupt
  asyncio,  // asyncio.run()'s own, which cancels the main task (3.11+)
  own,      // the program's
};

// Which signals the program has handlers for, of Python or of C code.
struct SignalHandlers {
  std::uint64_t caught = 0;  // as the kernel has it: bit 0 is signal 1
  InterruptHandler interrupt = InterruptHandler::unknown;
};

struct Tasks;  // model/tasks.h

struct Still {
  std::chrono::system_clock::time_point taken_at;
  Source source;
  Consistency consistency;
  std::optional<Python> python;
  std::optional<Crash> crash;
  std::vector<Interpreter> interpreters;
  std::vector<Thread> threads;
  // Threads that Python knows nothing of and that may wake others: they run, sleep for a limited time, or wait for what
  // comes from outside. Shown or not.
  std::int64_t native_wakers = 0;
  std::vector<WorkerPool> pools;                 // where a thread waits for a future
  std::vector<RelatedProcess> descendants;       // of a live process: its children, their children …
  std::optional<OtherProcess> forked_from;       // the process whose memory this one began with: fork() and no exec()
  std::vector<Resource> resources;               // that threads wait for
  std::vector<OtherThread> others;               // who holds some of them in other processes
  std::optional<SignalHandlers> signals;         // of a live process; absent: not known
  std::shared_ptr<Tasks> tasks;                  // of asyncio, where they were asked for
  WaitGraph wait_graph;                          // of all of these
  std::vector<WaitChain> chains;                 // the main thread's first
  std::vector<Finding> findings;                 // the certain ones first
  std::vector<std::string> warnings;             // each names what could not be read and what that leaves out
  bool partial = false;                          // something that should be here is missing (exit code 3)
  TextPool texts;                                // owns what the frames' views point at
  std::shared_ptr<const TextArena> value_texts;  // owns what the values' views point at
};

}  // namespace stillframe::model
