// Who awaits a task: by what is called when it is done, and from 3.14 on by what the interpreter itself notes of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cpython/tasks/asyncio/futures.h"

namespace stillframe::cpython {

class Awaiters {
 public:
  explicit Awaiters(Instances& instances) : instances_(instances) {}

  // The tasks that wait for that future or task, also through gather(), wait(), shield(), wait_for(), as_completed()
  // and task groups; each once.
  std::vector<Address> of(Address future, FutureClass kind);
  // The futures and other objects that the library's own callbacks of a future lead to, each once; no user's.
  std::vector<Address> led_to(Address future, FutureClass kind);

 private:
  using Seen = std::unordered_set<Address>;
  // What is called when a future is done.
  enum class Callback : std::uint8_t { wrapper, builtin, method, function, partial, other };

  const std::vector<Address>& of_plain_future(Address future, FutureClass kind, Seen& seen);
  void collect(Address object, Seen& seen, std::vector<Address>& tasks);
  Callback kind_of(Address callback);
  void follow_callback(Address callback, std::vector<Address>& found);
  void follow_closure(Address function, std::vector<Address>& found);
  void follow_items(Address tuple, bool cells, std::vector<Address>& found);
  void follow_object(Address object, std::vector<Address>& found);
  bool is_wakeup(Address builtin);
  bool is_method_that_wakes(Address method);
  bool is_of_library(Address code);

  Instances& instances_;
  std::unordered_map<Address, std::vector<Address>> plain_;  // of futures that are no tasks
  std::unordered_map<Address, bool> library_codes_;
  std::unordered_map<Address, Callback> kinds_;  // by type
};

}  // namespace stillframe::cpython
