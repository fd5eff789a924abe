// A target that can be stopped, and that does between two calls what a test says: threads that come and go, run, or
// cannot be stopped, and memory that changes.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpython/fake_target.h"
#include "target/target.h"

namespace stillframe::testing {

class ScriptedTarget : public FakeTarget {
 public:
  using Tid = target::Tid;

  explicit ScriptedTarget(const memory::MemorySource& memory) : FakeTarget(memory, {}, false) {}

  // The threads as they are now. A test may change them at any time.
  std::vector<target::ThreadInfo> now;
  std::unordered_map<Tid, target::Syscall> calls;
  // Called before the threads are told for the n-th time, and before the n-th stop; n counts from 1.
  std::function<void(int)> before_threads;
  std::function<void(int)> before_stop;
  // What the n-th stop comes to, where it is not to succeed.
  std::function<std::optional<Error>(int)> refuse;
  // Threads that do not stop when they are told to.
  std::vector<Tid> stubborn;
  // Called when the n-th hold lets go.
  std::function<void(int)> after_release;

  // What was asked of it.
  std::vector<std::vector<Tid>> stops;
  int looks = 0;
  int held = 0;      // holds that have not let go yet
  int released = 0;  // holds that have

  target::ThreadInfo& thread(Tid tid) { return *std::ranges::find(now, tid, &target::ThreadInfo::tid); }
  void add(Tid tid, model::OsState state, std::uint64_t run_count = 1) {
    now.push_back({.tid = tid, .inner_tid = tid, .name = "python", .state = state, .run_count = run_count});
  }

  [[nodiscard]] Result<std::vector<target::ThreadInfo>> threads() const override {
    auto& self = const_cast<ScriptedTarget&>(*this);
    ++self.looks;
    if (before_threads) {
      before_threads(self.looks);
    }
    if (now.empty()) {
      return fail(ErrorKind::gone, "list the threads", "the process ended", "nothing is left to look at");
    }
    return now;
  }
  [[nodiscard]] std::optional<target::Syscall> syscall(Tid tid) const override {
    const auto known = calls.find(tid);
    return known == calls.end() ? std::nullopt : std::optional(known->second);
  }
  [[nodiscard]] Result<std::unique_ptr<target::Hold>> stop(std::span<const Tid> tids) override {
    stops.emplace_back(tids.begin(), tids.end());
    const int number = static_cast<int>(stops.size());
    if (before_stop) {
      before_stop(number);
    }
    if (auto error = refuse ? refuse(number) : std::nullopt) {
      return std::unexpected(std::move(*error));
    }
    std::vector<Tid> stopped;
    for (const Tid tid : tids) {
      if (std::ranges::find(stubborn, tid) == stubborn.end() &&
          std::ranges::find(now, tid, &target::ThreadInfo::tid) != now.end()) {
        stopped.push_back(tid);
      }
    }
    ++held;
    return std::make_unique<ScriptedHold>(*this, std::move(stopped), number);
  }

 private:
  class ScriptedHold final : public target::Hold {
   public:
    ScriptedHold(ScriptedTarget& target, std::vector<Tid> tids, int number)
        : target_(target), tids_(std::move(tids)), number_(number) {}
    ScriptedHold(const ScriptedHold&) = delete;
    ScriptedHold& operator=(const ScriptedHold&) = delete;
    ScriptedHold(ScriptedHold&&) = delete;
    ScriptedHold& operator=(ScriptedHold&&) = delete;
    ~ScriptedHold() override { let_go(); }
    [[nodiscard]] std::span<const Tid> held() const override { return tids_; }
    [[nodiscard]] Result<target::Registers> registers(Tid /*tid*/) const override { return target::Registers{}; }
    std::int64_t release() override {
      let_go();
      return 100;
    }

   private:
    void let_go() {
      if (!gone_) {
        gone_ = true;
        --target_.held;
        ++target_.released;
        if (target_.after_release) {
          target_.after_release(number_);
        }
      }
    }

    ScriptedTarget& target_;
    std::vector<Tid> tids_;
    int number_;
    bool gone_ = false;
  };
};

}  // namespace stillframe::testing
