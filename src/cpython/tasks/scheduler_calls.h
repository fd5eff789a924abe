// The calls of a scheduler's own library in which a coroutine waits: the innermost ones, down to which the program's
// own lead. They and their variables tell what it waits for.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/variables.h"
#include "cpython/tasks/await_chain.h"
#include "cpython/tasks/raw_tasks.h"
#include "cpython/values/instances.h"

namespace stillframe::cpython {

struct SchedulerCall {
  const RawFrame* frame = nullptr;
  std::string_view function;
  Address self = 0;  // 0: it has no variable of that name

  // Whether it is that function of a file that ends so.
  [[nodiscard]] bool is(std::string_view name, std::string_view file) const {
    return function == name && frame->code->filename.ends_with(file);
  }
};

// A method that waits, and for what.
struct KnownWait {
  std::string_view type;      // of its self, or of a base
  std::string_view function;  // empty: any
  model::WaitKind kind = model::WaitKind::unknown;
};

// Null where it is none of these.
const KnownWait* known_wait(Instances& instances, std::span<const KnownWait> known, const SchedulerCall& call);

class SchedulerCalls {
 public:
  // `is_library`: whether a file of that path is the library's own.
  SchedulerCalls(Variables& variables, bool (*is_library)(std::string_view path))
      : variables_(variables), is_library_(is_library) {}

  // Innermost first; without the `left_out` innermost ones. `chain` must live as long as they are used.
  std::vector<SchedulerCall> of(const AwaitChain& chain, std::size_t left_out = 0);
  // How many of the innermost calls are the library's.
  std::size_t count(const AwaitChain& chain);

 private:
  bool is_own(const Code& code);

  Variables& variables_;
  bool (*is_library_)(std::string_view path);
  std::unordered_map<const Code*, bool> known_;
};

// A variable of a call that holds a number; nothing where it is none.
std::optional<double> number_in(Instances& instances, Variables& variables, const RawFrame& frame,
                                std::string_view variable);
// The file whose descriptor such a variable holds.
std::optional<WatchedFile> watched_file(std::optional<double> fd, bool to_write);
std::optional<std::string> text_in(Instances& instances, Variables& variables, const RawFrame& frame,
                                   std::string_view variable);

// Leaves out the innermost calls that are of a file that ends so, as long as another one remains: those by which a
// scheduler's tasks give up their turn are the same for all that wait.
void fold_calls(AwaitChain& chain, std::string_view file);

}  // namespace stillframe::cpython
