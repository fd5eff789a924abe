// Who holds the semaphores that processes share (multiprocessing): found in the memory of the other processes that have
// them, which are read while they run.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "capture/capturer.h"
#include "cpython/runtime/runtime.h"
#include "cpython/sync/semaphores.h"
#include "memory/captured_memory.h"
#include "model/still.h"
#include "target/target.h"

namespace stillframe::waits {

class ProcessLocks {
 public:
  // Which of our threads has that ident of `threading`.
  using TidOf = std::function<std::optional<target::Tid>(std::uint64_t ident)>;

  ProcessLocks(const target::Target& target, const cpython::Objects& objects, const cpython::Runtime& runtime,
               TidOf tid_of, model::Still& still)
      : target_(target), objects_(objects), runtime_(runtime), tid_of_(std::move(tid_of)), still_(still) {}

  // Adds the holders of a resource that is this semaphore of ours; those of other processes with what they wait for
  // themselves, where that is such a semaphore too, and so on.
  void find(std::size_t resource, const cpython::Semaphore& semaphore);

  // The resources that were added of what other processes wait for and ours hold.
  [[nodiscard]] const std::vector<std::size_t>& added() const { return added_; }

 private:
  // The file that stands behind a semaphore tells which one it is: device and inode.
  using Place = std::pair<std::uint64_t, std::uint64_t>;

  // Another process that has such a file.
  struct Party {
    target::ProcessFacts facts;
    std::unique_ptr<target::Target> target;
    std::unique_ptr<memory::CapturedMemory> memory;
    std::optional<cpython::Runtime> runtime;  // once it was looked for
    std::vector<cpython::Semaphore> semaphores;
    std::map<target::Tid, std::size_t> threads;  // in Still::others
    bool searched = false;
  };
  // What is known of one semaphore.
  struct Shared {
    std::optional<cpython::Semaphore> ours;
    std::size_t resource = 0;
  };

  static const target::Mapping* file_mapping_at(const target::Target& target, cpython::Address address);
  static std::optional<Place> place_of(const target::Target& target, cpython::Address address);

  bool is_ours(std::size_t resource, const cpython::Semaphore& semaphore);
  void find_holders(const Place& place);
  bool find_among(const Place& place, const target::Sharers& sharers, bool& all_known);
  void tell_that_it_is_gone(const Place& place);
  Party* party(const target::ProcessFacts& facts);
  std::optional<cpython::Semaphore> semaphore_in(Party& party, const Place& place);
  bool discover(Party& party);
  std::optional<std::size_t> holding_thread(Party& party, std::uint64_t ident);
  void find_what_it_wants(Party& party, model::Thread& thread);
  std::size_t resource_of(const Place& place);
  std::optional<cpython::Semaphore> ours(const Place& place);

  const target::Target& target_;
  const cpython::Objects& objects_;
  const cpython::Runtime& runtime_;
  TidOf tid_of_;
  model::Still& still_;
  std::unique_ptr<target::Surroundings> surroundings_;
  std::map<Place, Shared> shared_;
  std::vector<Place> to_do_;
  std::map<std::int64_t, Party> parties_;
  std::optional<std::vector<cpython::Semaphore>> ours_;  // all of them, once they were searched for
  std::vector<std::size_t> added_;
};

}  // namespace stillframe::waits
