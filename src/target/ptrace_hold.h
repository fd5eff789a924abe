// Threads stopped with PTRACE_SEIZE: the kernel lets them go when this process dies, whatever happens to it.
#pragma once

#include <chrono>
#include <vector>

#include "target/target.h"

namespace stillframe::target {

class PtraceHold final : public Hold {
 public:
  // Seizes and stops the given threads of a process. Threads that end meanwhile are left out; a thread that does not
  // stop in time (it is in an uninterruptible wait) is let go and left out.
  static Result<std::unique_ptr<Hold>> stop(std::int64_t pid, std::span<const Tid> tids);
  PtraceHold(const PtraceHold&) = delete;
  PtraceHold& operator=(const PtraceHold&) = delete;
  PtraceHold(PtraceHold&&) = delete;
  PtraceHold& operator=(PtraceHold&&) = delete;
  ~PtraceHold() override;

  [[nodiscard]] std::span<const Tid> held() const override { return held_; }
  [[nodiscard]] Result<Registers> registers(Tid tid) const override;
  std::int64_t release() override;

 private:
  struct Seized {
    Tid tid = 0;
    bool stopped = false;
    int pending_signal = 0;  // came in place of our stop; given back when the thread is let go
  };

  PtraceHold() = default;
  void wait_for_stops();
  bool wait_for(Seized& thread, std::chrono::steady_clock::time_point deadline);
  void let_go(const Seized& thread) const;

  std::vector<Seized> seized_;
  std::vector<Tid> held_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace stillframe::target
