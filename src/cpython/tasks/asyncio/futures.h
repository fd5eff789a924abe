// Futures and tasks of asyncio: their state, of C code (Modules/_asynciomodule.c) and of Python code
// (Lib/asyncio/futures.py, tasks.py).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpython/values/instances.h"

namespace stillframe::cpython {

enum class FutureState : std::uint8_t { pending, cancelled, finished };

// Addresses are 0 where there is none.
struct Future {
  FutureState state = FutureState::pending;
  Address loop = 0;
  Address result = 0;
  Address exception = 0;
  // Of tasks.
  bool is_task = false;
  bool must_cancel = false;
  Address waits_for = 0;
  Address coroutine = 0;
  Address name = 0;  // 3.8+; a text, or from 3.12 on the number of a task that nobody named
};

// Which of the classes an object is one of, subclasses included.
enum class FutureClass : std::uint8_t { none, c_future, c_task, python_future, python_task };

inline bool is_task(FutureClass kind) {
  return kind == FutureClass::c_task || kind == FutureClass::python_task;
}

FutureClass future_class(Instances& instances, Address object);

// Nothing where the state makes no sense.
std::optional<Future> read_c_future(const Objects& objects, Address at, bool is_task);
std::optional<Future> read_python_future(Instances& instances, Address at, bool is_task);
std::optional<Future> read_future(Instances& instances, Address at, FutureClass kind);

// What is called when it is done, in order; no more than `most` of them.
std::vector<Address> callbacks_of(Instances& instances, Address at, FutureClass kind, std::size_t most);

// Who awaits it, as the interpreter itself notes it (3.14+); nothing where it does not, or it cannot be read.
std::optional<std::vector<Address>> awaited_by(Instances& instances, Address at, FutureClass kind, std::size_t most);

}  // namespace stillframe::cpython
