// The threads and the resources of a still, while it is found out who waits for what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "capture/snapshot.h"
#include "model/still.h"
#include "target/target.h"
#include "waits/lock_holders.h"

namespace stillframe::waits {

class WaitGraphBuilder {
 public:
  // `tids` are the threads by their thread states.
  WaitGraphBuilder(const capture::Snapshot& snapshot, const target::Target& target,
                   const std::unordered_map<cpython::Address, target::Tid>& tids, model::Still& still);

  // Those that Python knows and the still shows.
  [[nodiscard]] const std::vector<KnownThread>& threads() const { return threads_; }
  // Which of them has that ident of `threading`.
  [[nodiscard]] std::optional<target::Tid> tid_of(std::uint64_t ident) const;

  // The index in Still::resources, and whether it was added just now.
  std::pair<std::size_t, bool> enter(model::ResourceKind kind, cpython::Address address);
  // Takes notice of one that others have added.
  void note(std::size_t index);

  // Adds the thread with that ident to those who hold a resource.
  void add_holder(model::Resource& to, std::uint64_t ident, std::string_view how);

 private:
  bool threads_have_come();

  const capture::Snapshot& snapshot_;
  const target::Target& target_;
  model::Still& still_;
  std::vector<KnownThread> threads_;
  std::unordered_map<std::uint64_t, target::Tid> by_ident_;
  std::unordered_set<std::uint64_t> idents_;  // of all threads, also where the kernel's id is not known
  std::optional<bool> have_come_;
  std::map<std::pair<model::ResourceKind, cpython::Address>, std::size_t> by_address_;
};

}  // namespace stillframe::waits
