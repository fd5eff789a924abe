// Threads stopped with PTRACE_SEIZE: the kernel lets them go when the thread that seized them dies, whatever happens to
// it. The kernel takes ptrace requests from that thread only: stop, registers and release belong on one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "target/target.h"

namespace stillframe::target {

struct SeizedThread {
  Tid tid = 0;
  bool stopped = false;
  bool given_up = false;   // it has ended, or will not stop soon
  int pending_signal = 0;  // came in place of our stop; given back when the thread is let go
};

// Threads that fell into an uninterruptible wait right when they were seized. The kernel takes no request for a thread
// that does not stand still, PTRACE_DETACH least of all (ptrace_check_attach() in kernel/ptrace.c), so such a thread
// can be let go only once its wait is over and it has stopped; or by the end of the thread that seized it.
class Stragglers {
 public:
  explicit Stragglers(std::int64_t pid) : pid_(pid) {}
  void add(SeizedThread thread) { threads_.push_back(thread); }
  // Lets those go that have stopped by now; does not wait.
  void let_go();
  [[nodiscard]] std::size_t count() const { return threads_.size(); }

 private:
  std::int64_t pid_;
  std::vector<SeizedThread> threads_;
};

class PtraceHold final : public Hold {
 public:
  static constexpr std::chrono::milliseconds kPatience{2000};  // of who gives no limit
  // Seizes and stops the given threads of a process. Threads that end meanwhile are left out, and so are threads in an
  // uninterruptible wait: they do not stop, and do not run either until the kernel is done with them. `stragglers` gets
  // those that fell into such a wait too late to be left alone, and those that did not stop within `limit`, which is
  // for all of them together.
  static Result<std::unique_ptr<Hold>> stop(std::int64_t pid, std::span<const Tid> tids,
                                            std::shared_ptr<Stragglers> stragglers = nullptr,
                                            std::chrono::milliseconds limit = kPatience);
  // The same, whatever the threads are doing.
  static Result<std::unique_ptr<Hold>> seize(std::int64_t pid, std::span<const Tid> tids,
                                             std::shared_ptr<Stragglers> stragglers = nullptr,
                                             std::chrono::milliseconds limit = kPatience);
  PtraceHold(const PtraceHold&) = delete;
  PtraceHold& operator=(const PtraceHold&) = delete;
  PtraceHold(PtraceHold&&) = delete;
  PtraceHold& operator=(PtraceHold&&) = delete;
  ~PtraceHold() override;

  [[nodiscard]] std::span<const Tid> held() const override { return held_; }
  [[nodiscard]] std::span<const Tid> late() const override { return late_; }
  [[nodiscard]] Result<Registers> registers(Tid tid) const override;
  std::int64_t release() override;

 private:
  PtraceHold(std::int64_t pid, std::shared_ptr<Stragglers> stragglers);
  void wait_for_stops(std::chrono::milliseconds limit);
  // One look at each that has not stopped yet; how many are left to wait for.
  std::size_t poll_all(bool look_for_disks);
  void let_go_all();
  void bury_killed();

  std::int64_t pid_;
  std::shared_ptr<Stragglers> stragglers_;
  std::vector<SeizedThread> seized_;
  std::vector<Tid> held_;
  std::vector<Tid> late_;
  std::optional<int> niceness_;  // of this thread before the stop, where it was changed
  std::chrono::steady_clock::time_point began_;
};

}  // namespace stillframe::target
