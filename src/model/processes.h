// Processes that the one that is looked at deals with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stillframe::model {

enum class OsState : std::uint8_t {
  running,
  sleeping,
  uninterruptible,  // D: waits in the kernel and cannot be interrupted
  stopped,          // T: SIGSTOP or a terminal's job control
  traced,           // t: held by a tracer
  finished,         // Z or X
  idle,
  dead,  // a thread of a core
  unknown,
};

// A process that matters to somebody who waits: the other end of a pipe, a child, the holder of a lock.
struct OtherProcess {
  std::int64_t pid = 0;  // as this machine's namespace numbers it
  std::optional<std::string> name;
  std::optional<OsState> state;
};

// That a thread of a descendant sleeps in read() or write() of a pipe.
struct PipeWait {
  std::int64_t tid = 0;
  std::int64_t fd = -1;                 // as that process numbers it
  bool writes = false;                  // the pipe is full; else it reads, and the pipe is empty
  std::vector<OtherProcess> other_end;  // who could take from the pipe, or put into it
  bool ours = false;                    // the process that is looked at is one of them
  bool attended = false;                // and one of its threads is reading or writing there, or waits until it can
};

// A descendant of the process that is looked at.
struct RelatedProcess {
  OtherProcess process;
  std::int64_t parent = 0;
  std::int64_t threads = 0;
  bool stands_still = false;  // each thread waits without end: at a pipe, for another thread, for the end of a child
  bool awaits_child = false;  // one of them for the end of a child
  std::vector<PipeWait> waits;
};

}  // namespace stillframe::model
