#include "cpython/stacks/interpreters.h"

#include <fmt/format.h>

#include <algorithm>

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMaxInterpreters = 10'000;
constexpr std::uint64_t kMostListed = 200'000;
constexpr std::uint64_t kMaxThreads = 4'000'000;

// _PY_GIL_DROP_REQUEST_BIT of Include/internal/pycore_ceval.h, 3.13+.
constexpr std::uint64_t kGilDropRequest = 1;

}  // namespace

RawProcess InterpreterReader::read() {
  codes_.budget().begin();
  RawProcess process;
  if (!runtime_.present()) {
    return process;
  }
  process.state = read_state();
  if (runtime_.interpreters_head_at == 0) {
    RawInterpreter lost{.address = runtime_.lost_interpreter};
    for (const Address thread : runtime_.threads) {
      lost.threads.push_back(read_thread(thread));
    }
    process.interpreters.push_back(std::move(lost));
    process.broken = "the interpreter's global state is lost; its threads were found by searching memory";
    return process;
  }
  const auto head = objects_.memory().get<Address>(runtime_.interpreters_head_at);
  if (!head) {
    process.broken = describe_unreadable(runtime_.interpreters_head_at, head.error().reason);
    return process;
  }
  ChainGuard guard(kMaxInterpreters);
  for (Address at = *head; at != 0;) {
    const auto next = objects_.pointer(at, objects_.layout().interpreter.next);
    if (!guard.step(at) || !next) {
      process.broken = next ? "the list of interpreters forms a cycle" : "an interpreter cannot be read";
      break;
    }
    process.interpreters.push_back(read_interpreter(at, static_cast<std::int64_t>(process.interpreters.size())));
    at = *next;
  }
  // New interpreters are put at the head of the list: bring the main one to the front.
  std::ranges::stable_sort(process.interpreters, {}, &RawInterpreter::id);
  return process;
}

model::PythonState InterpreterReader::read_state() const {
  const auto& layout = objects_.layout().runtime;
  if (runtime_.runtime == 0) {
    return model::PythonState::running;
  }
  if (objects_.pointer(runtime_.runtime, layout.finalizing).value_or(0) != 0) {
    return model::PythonState::finalizing;
  }
  const auto initialized = objects_.field<std::int32_t>(runtime_.runtime, layout.initialized);
  return initialized == 0 ? model::PythonState::initializing : model::PythonState::running;
}

RawInterpreter InterpreterReader::read_interpreter(Address address, std::int64_t index) {
  const auto& layout = objects_.layout();
  RawInterpreter interpreter{.address = address};
  interpreter.id = objects_.field<std::int64_t>(address, layout.interpreter.id).value_or(index);
  read_gil(interpreter);
  read_gc(interpreter);
  const auto head = objects_.pointer(address, layout.interpreter.threads_head);
  if (!head) {
    interpreter.broken = "the interpreter's list of threads cannot be read";
    return interpreter;
  }
  ChainGuard guard(kMaxThreads);
  Address previous = 0;
  for (Address at = *head; at != 0;) {
    const auto next = objects_.pointer(at, layout.thread.next);
    const auto owner = objects_.pointer(at, layout.thread.interp);
    if (!next || !owner) {
      interpreter.broken = "a thread state cannot be read; the threads behind it are missing";
      break;
    }
    if (*owner != address) {
      interpreter.broken = "the list of threads leads to something that is no thread of this interpreter";
      break;
    }
    if (!guard.step(at)) {
      interpreter.broken = "the list of threads forms a cycle";
      break;
    }
    if (!codes_.budget().take_thread()) {
      interpreter.limited = true;
      interpreter.broken = fmt::format(
          "there are more than {} thread states, and the oldest are missing; --max-threads "
          "raises the limit",
          codes_.budget().limits().threads);
      break;
    }
    // Linked both ways (but in 2.7): a list that was changed while it was read does not fit together.
    if (layout.thread.prev.present() && objects_.pointer(at, layout.thread.prev) != previous) {
      interpreter.broken = "the list of threads does not fit together; threads may be missing";
    }
    interpreter.threads.push_back(read_thread(at));
    previous = at;
    at = *next;
  }
  // New threads are put at the head of the list (add_threadstate in Python/pystate.c).
  std::ranges::reverse(interpreter.threads);
  // Who holds the GIL: the last who took it, as long as it is locked.
  if (interpreter.gil != 0 && interpreter.gil_locked.has_value()) {
    const auto holder = objects_.pointer(interpreter.gil, layout.gil.last_holder);
    for (RawThread& thread : interpreter.threads) {
      thread.holds_gil = holder ? std::optional(*interpreter.gil_locked && *holder == thread.address) : std::nullopt;
    }
  } else if (runtime_.current_thread_at != 0) {
    const auto current = objects_.memory().get<Address>(runtime_.current_thread_at);
    for (RawThread& thread : interpreter.threads) {
      thread.holds_gil = current ? std::optional(*current == thread.address) : std::nullopt;
    }
    if (current) {
      interpreter.gil_locked = *current != 0;
    }
  }
  if (interpreter.gil_locked == true && objects_.dialect().gil.drop_request == DropRequest::thread) {
    for (const RawThread& thread : interpreter.threads) {
      interpreter.drop_requested = interpreter.drop_requested || (thread.holds_gil == true && thread.drop_requested);
    }
  }
  return interpreter;
}

void InterpreterReader::read_gil(RawInterpreter& interpreter) const {
  const auto& layout = objects_.layout();
  const GilDialect& dialect = objects_.dialect().gil;
  if (layout.build.free_threaded || dialect.home == GilHome::unknown) {
    return;
  }
  if (dialect.home == GilHome::interpreter) {
    interpreter.gil = objects_.pointer(interpreter.address, layout.interpreter.gil).value_or(0);
  } else if (runtime_.runtime != 0 && layout.runtime.gil.present()) {
    interpreter.gil = runtime_.runtime + layout.runtime.gil.value();
  }
  if (interpreter.gil == 0) {
    return;
  }
  // `locked` is -1 until the GIL exists (Python/ceval_gil.c).
  if (const auto locked = objects_.field<std::int32_t>(interpreter.gil, layout.gil.locked)) {
    interpreter.gil_locked = *locked == 1;
  }
  if (dialect.drop_request == DropRequest::runtime) {
    interpreter.drop_requested =
        objects_.field<std::int32_t>(runtime_.runtime, layout.runtime.gil_drop_request).value_or(0) != 0;
  } else if (dialect.drop_request == DropRequest::interpreter) {
    interpreter.drop_requested =
        objects_.field<std::int32_t>(interpreter.address, layout.interpreter.gil_drop_request).value_or(0) != 0;
  }
}

void InterpreterReader::read_gc(RawInterpreter& interpreter) const {
  const auto& layout = objects_.layout();
  std::optional<std::int32_t> collecting;
  if (objects_.dialect().gil.collector_in_interpreter) {
    collecting = objects_.field<std::int32_t>(interpreter.address, layout.interpreter.gc_collecting);
  } else if (runtime_.runtime != 0) {
    collecting = objects_.field<std::int32_t>(runtime_.runtime, layout.runtime.gc_collecting);
  } else if (runtime_.gc_collecting_at != 0) {
    const auto word = objects_.memory().get<std::int32_t>(runtime_.gc_collecting_at);
    collecting = word ? std::optional(*word) : std::nullopt;
  }
  if (collecting) {
    interpreter.gc_collecting = *collecting != 0;
  }
}

RawThread InterpreterReader::read_thread(Address address) {
  const auto& layout = objects_.layout().thread;
  RawThread thread{.address = address};
  thread.thread_id = objects_.field<std::uint64_t>(address, layout.thread_id).value_or(0);
  if (const auto native = objects_.field<std::uint64_t>(address, layout.native_thread_id); native && *native != 0) {
    thread.native_id = static_cast<std::int64_t>(*native);
  }
  if (layout.eval_breaker.present()) {
    const auto breaker = objects_.field<std::uint64_t>(address, layout.eval_breaker);
    thread.drop_requested = breaker && (*breaker & kGilDropRequest) != 0;
  }
  thread.chain = walk_frames(objects_, codes_, address, runtime_.has_greenlets);
  return thread;
}

std::vector<Address> list_interpreters(const Objects& objects, const Runtime& runtime) {
  std::vector<Address> interpreters;
  if (runtime.interpreters_head_at == 0) {
    return interpreters;
  }
  ChainGuard guard(kMaxInterpreters);
  const auto head = objects.memory().get<Address>(runtime.interpreters_head_at);
  for (auto at = head ? std::optional(*head) : std::nullopt; at && *at != 0 && guard.step(*at);
       at = objects.pointer(*at, objects.layout().interpreter.next)) {
    interpreters.push_back(*at);
  }
  return interpreters;
}

std::vector<Address> list_threads(const Objects& objects, Address interpreter) {
  std::vector<Address> threads;
  const auto& layout = objects.layout();
  ChainGuard guard(kMostListed);
  auto at = objects.pointer(interpreter, layout.interpreter.threads_head);
  while (at && *at != 0 && guard.step(*at) && objects.pointer(*at, layout.thread.interp) == interpreter) {
    threads.push_back(*at);
    at = objects.pointer(*at, layout.thread.next);
  }
  return threads;
}

}  // namespace stillframe::cpython
