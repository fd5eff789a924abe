// Which thread a greenlet takes turns in.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "capture/capturer.h"

namespace stillframe::resolve {

class GreenletOwners {
 public:
  // `tids`: the kernel's thread for each thread state, where it is known.
  GreenletOwners(const capture::Snapshot& snapshot, const target::Target& target,
                 const std::unordered_map<cpython::Address, target::Tid>& tids);

  // The suspended greenlets of a thread, by their place in the list.
  [[nodiscard]] std::span<const std::size_t> suspended_in(cpython::Address thread) const;
  // How many belong to none of the threads.
  [[nodiscard]] std::size_t ownerless() const { return ownerless_; }

 private:
  void find_stacks(const capture::Snapshot& snapshot, const target::Target& target,
                   const std::unordered_map<cpython::Address, target::Tid>& tids);
  [[nodiscard]] cpython::Address thread_with(cpython::Address stack) const;

  struct Stack {
    const target::Mapping* mapping = nullptr;
    cpython::Address end = 0;  // the thread's own record stands there, above its stack
    cpython::Address thread = 0;
  };
  const target::Target& target_;
  std::vector<Stack> stacks_;
  std::unordered_map<cpython::Address, std::vector<std::size_t>> suspended_;
  std::size_t ownerless_ = 0;
};

}  // namespace stillframe::resolve
