// A process or a core as one thing. What is above asks which one it is by lifeless() alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "binary/file_budget.h"
#include "memory/memory_source.h"
#include "model/host.h"
#include "model/result.h"
#include "model/still.h"
#include "target/mapping.h"
#include "target/registers.h"
#include "target/surroundings.h"

namespace stillframe::target {

using memory::Address;

// The mapping that has the address; null where nothing is mapped. They are sorted by address, as Target::mappings()
// are.
const Mapping* mapping_at(std::span<const Mapping> mappings, Address address);

// A file descriptor that closes itself.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int fd) : fd_(fd) {}
  FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept;
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle();
  [[nodiscard]] int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

using Syscall = model::SystemCall;

struct ThreadInfo {
  Tid tid = 0;        // as this machine's namespace numbers it
  Tid inner_tid = 0;  // as the target's own (innermost) pid namespace numbers it; equal to tid without namespaces
  std::string name;   // comm
  model::OsState state = model::OsState::unknown;
  // Grows whenever the thread gets a CPU (field 3 of schedstat, or voluntary + involuntary switches); absent: not
  // known.
  std::optional<std::uint64_t> run_count;
};

// A thread that gets a CPU stops within microseconds; one that does not within this time is not waited for.
inline constexpr std::chrono::milliseconds kDefaultStopLimit{100};

// Threads held still. They go on when it is destroyed, or when this process dies (PTRACE_SEIZE).
class Hold {
 public:
  Hold() = default;
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  Hold(Hold&&) = delete;
  Hold& operator=(Hold&&) = delete;
  virtual ~Hold() = default;
  // Which of the threads asked for really stand still now.
  [[nodiscard]] virtual std::span<const Tid> held() const = 0;
  // Those that did not stop within the limit: they got no CPU to stop on.
  [[nodiscard]] virtual std::span<const Tid> late() const { return {}; }
  // Registers of a held thread.
  [[nodiscard]] virtual Result<Registers> registers(Tid tid) const = 0;
  // Lets everything go; returns for how long the first thread was stopped, in microseconds.
  virtual std::int64_t release() = 0;
};

// What has become of a target since it was last asked.
enum class Change : std::uint8_t {
  none,
  mappings,  // some: what was kept of them is not valid any more
  program,   // it has become another one (exec), with other memory
};

class Target {
 public:
  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  Target(Target&&) = delete;
  Target& operator=(Target&&) = delete;
  virtual ~Target() = default;

  // What reading it may do to our own process.
  [[nodiscard]] virtual Host host() const { return {}; }

  // What JSON's `source` says.
  [[nodiscard]] virtual const model::Source& source() const = 0;
  [[nodiscard]] virtual const memory::MemorySource& memory() const = 0;
  // Sorted by address.
  [[nodiscard]] virtual std::span<const Mapping> mappings() const = 0;

  // Asks what has changed since the target was opened or last refreshed, and takes it in: mappings, executable, command
  // line. Of a core nothing ever does. Where it is not `thorough`, mappings are taken to be the same as long as their
  // whole size is: enough for who names no native code. Fails where the process has ended.
  [[nodiscard]] virtual Result<Change> refresh(bool /*thorough*/) { return Change::none; }

  // Every thread with its state and run count as they are right now, main thread first. Cheap enough to be called while
  // threads are held. A thread that ends meanwhile is left out.
  [[nodiscard]] virtual Result<std::vector<ThreadInfo>> threads() const = 0;
  // The system call that a sleeping thread is in; absent where it runs or the system does not tell.
  [[nodiscard]] virtual std::optional<Syscall> syscall(Tid tid) const = 0;
  // Its open files and whom it deals with, as of now. Of a core nothing is known.
  [[nodiscard]] virtual std::unique_ptr<Surroundings> surroundings() const;

  // True when no thread can run any more (a core): nothing needs to be stopped or proved.
  [[nodiscard]] virtual bool lifeless() const = 0;
  // Stops the given threads (all interrupts are issued before any is waited for). Fails when none could be stopped.
  [[nodiscard]] virtual Result<std::unique_ptr<Hold>> stop(std::span<const Tid> tids) = 0;
  // Registers of a thread of a lifeless target.
  [[nodiscard]] virtual Result<Registers> registers(Tid tid) const = 0;

  // Opens a file by the target's own name for it (through /proc/PID/root, or the search paths and root given).
  [[nodiscard]] virtual Result<FileHandle> open_file(std::string_view path) const = 0;
  // Opens the very file that is mapped there, never another one of the same name (build-id or inode is compared).
  [[nodiscard]] virtual Result<FileHandle> open_mapped(const Mapping& mapping) const = 0;

  // When the target began, for telling whether a source file is newer than the program that runs it; seconds since
  // 1970.
  [[nodiscard]] virtual std::optional<double> started_at() const = 0;
  // Of a core that died of a signal.
  [[nodiscard]] virtual std::optional<model::Crash> crash() const = 0;
  // How long stop() waits for threads, all together: meanwhile those that have stopped stand still.
  void limit_stops(std::chrono::milliseconds limit) { stop_limit_ = limit; }
  [[nodiscard]] std::chrono::milliseconds stop_limit() const { return stop_limit_; }
  // What may still be read of files in this look.
  [[nodiscard]] const std::shared_ptr<binary::FileBudget>& file_budget() const { return file_budget_; }
  // Whether less of it was taken in than there is, because of a limit that an option raises.
  [[nodiscard]] virtual bool cut_short() const { return false; }
  // What could not be read of the target itself (a truncated core, missing notes, libraries not found), for the
  // warnings.
  [[nodiscard]] virtual std::vector<std::string> warnings() const = 0;

 private:
  std::chrono::milliseconds stop_limit_ = kDefaultStopLimit;
  std::shared_ptr<binary::FileBudget> file_budget_ = std::make_shared<binary::FileBudget>();
};

}  // namespace stillframe::target
