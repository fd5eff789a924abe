// Threads stopped with PTRACE_SEIZE: the kernel lets them go when the thread that seized them dies, whatever happens to
// it. The kernel takes ptrace requests from that thread only: stop, registers and release belong on one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "target/target.h"

namespace stillframe::target {

class PtraceHold final : public Hold {
 public:
  // Seizes and stops the given threads of a process. Threads that end meanwhile are left out, and so are threads in an
  // uninterruptible wait: they do not stop, and do not run either until the kernel is done with them.
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

  enum class Wait : std::uint8_t { stopped, running, ended };

  explicit PtraceHold(std::int64_t pid) : pid_(pid) {}
  void wait_for_stops();
  void wait_for(Seized& thread);
  [[nodiscard]] Wait poll(Seized& thread) const;
  void reap(Tid tid) const;
  void let_go_all();
  void bury_killed();

  std::int64_t pid_;
  std::vector<Seized> seized_;
  std::vector<Tid> held_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace stillframe::target
