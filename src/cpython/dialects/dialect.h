// What one version of CPython does differently from another, beside where its fields stand (layout.h). Data: versions/
// has a file a version, which says what that version changed, with the CPython source it comes from. Everything else
// asks for a fact by its name, and no code outside this folder compares versions.
#pragma once

#include <cstdint>
#include <string_view>

#include "cpython/dialects/layout.h"
#include "cpython/dialects/object_dialect.h"
#include "cpython/dialects/repr_dialect.h"
#include "cpython/dialects/stack_dialect.h"

namespace stillframe::cpython {

struct RuntimeDialect {
  bool debug_offsets;                // _PyRuntime begins with _Py_DebugOffsets
  std::string_view evaluation_loop;  // the C function that runs Python code; compilers add suffixes
};

enum class GilHome : std::uint8_t {
  unknown,      // static variables that nothing leads to
  runtime,      // _PyRuntime.ceval
  interpreter,  // each interpreter may have one
};

// Where a thread asks for the GIL.
enum class DropRequest : std::uint8_t {
  runtime,      // gil_drop_request of _PyRuntime
  interpreter,  // of the interpreter
  thread,       // a bit in the eval_breaker of the thread that holds it
};

struct GilDialect {
  GilHome home;
  DropRequest drop_request;
  bool collector_in_interpreter;  // gc.collecting is the interpreter's, not the runtime's
};

struct SyncDialect {
  bool parking_lot;  // threads wait in Python/parking_lot.c; free-threaded builds have a mutex in each object
  bool lock_is_semaphore_alone;  // a lock keeps nothing but a sem_t: that tells whether it is held
  bool thread_names_mangled;     // threading.Thread.__name and the like, not _name
};

// FutureObj and TaskObj of Modules/_asynciomodule.c, in words behind the head. The loop is the first one.
struct FutureWords {
  std::uint8_t first_callback;  // 0: the first callback is in the list like all others
  std::uint8_t callbacks;
  std::uint8_t exception;
  std::uint8_t result;
  std::uint8_t state;      // an int
  std::uint8_t waits_for;  // of a task, from here on
  std::uint8_t coroutine;
  std::uint8_t name;               // 0: there is none
  std::uint8_t must_cancel;        // an int; 0: a bit,
  std::uint8_t bits_behind_state;  // this many bytes behind the state's beginning
  std::uint8_t awaited_by;         // 0: a future does not know who awaits it
  bool callbacks_have_context;     // a list of (callback, context), not of callbacks
};

// Where asyncio keeps its tasks besides the loops.
enum class TaskSets : std::uint8_t {
  in_classes,           // Task._all_tasks; that of C tasks is in a variable that nothing leads to
  one_set,              // asyncio.tasks._all_tasks
  scheduled_and_eager,  // asyncio.tasks._scheduled_tasks and _eager_tasks
};

struct TaskDialect {
  FutureWords future;
  TaskSets sets;
  bool lists_in_threads;  // C tasks are in lists of thread states and interpreters, which .AsyncioDebug describes
};

struct Dialect {
  RuntimeDialect runtime;
  FrameDialect frames;
  CodeDialect code;
  GeneratorDialect generators;
  ExceptionDialect exceptions;
  ObjectDialect objects;
  DictDialect dicts;
  LibraryDialect library;
  GilDialect gil;
  SyncDialect sync;
  TaskDialect tasks;
  ReprDialect reprs;
};

// That of a version, whatever its micro version is. Older ones than any that is known take the oldest, newer ones the
// newest, and what lies between takes the next older. Data that lives as long as the program.
const Dialect& dialect_of(PythonVersion version);

inline const Dialect& dialect_of(const Layout& layout) {
  return dialect_of(layout.version);
}

}  // namespace stillframe::cpython
