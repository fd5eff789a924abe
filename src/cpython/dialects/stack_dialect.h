// How calls, code, generators and exceptions are kept. See dialect.h.
#pragma once

#include <cstdint>

namespace stillframe::cpython {

// How the line of an instruction is found (line_tables.h).
enum class LineTable : std::uint8_t { unsigned_lnotab, signed_lnotab, line_table, location_table };

// What tells the Python calls that began an evaluation loop of their own, which is one C frame.
enum class EntryMark : std::uint8_t {
  every_frame,  // each has its own
  cframe,       // the CFrame on the C stack that the thread state leads to
  shim,         // a frame of the interpreter itself, on the C stack, in front of the call
};

// What tells how much of a frame's value stack is in use.
enum class StackTop : std::uint8_t {
  frame_object_address,  // f_stacktop: behind the topmost word
  frame_object_depth,    // f_stackdepth: a count
  index,                 // stacktop: of the frame's array, the variables included
  address,               // stackpointer: behind the topmost word
};

struct FrameDialect {
  bool interpreter_frames;  // a call is an _PyInterpreterFrame; a frame object is made only when asked for
  EntryMark entry_mark;
  StackTop stack_top;
  bool lasti_counts_units;            // f_lasti of a frame object counts instructions of two bytes, not bytes
  bool lineno_only_while_traced;      // f_lineno is 0 but while a trace function sets it
  bool tagged_references;             // variables and the value stack hold stack references: the two low bits are tags
  std::uint32_t blocks_behind_lasti;  // bytes from f_lasti to f_blockstack of a frame object
};

struct CodeDialect {
  LineTable line_table;
  bool exception_table;                // open blocks are in a table of the code, not in a stack of the frame
  bool names_before_exception_table;   // co_names is two words before co_flags, not one before co_varnames
  bool stacksize_behind_keyword_only;  // co_stacksize is behind co_kwonlyargcount, not behind co_nlocals
  bool two_byte_instructions;          // all have two bytes, not one or three
  bool jumps_count_units;              // arguments of jumps count instructions, not bytes
  std::uint8_t extended_arg;           // EXTENDED_ARG
  std::uint8_t with_except_start;      // WITH_EXCEPT_START; 0: there is none
  bool with_keeps_method_and_self;     // `with` keeps __exit__ and its object on the value stack, not a bound method
};

// Where a generator says whether it runs.
enum class GeneratorStateHome : std::uint8_t {
  running_flag,  // gi_running, and f_lasti of its frame object
  frame_object,  // f_state
  generator,     // gi_frame_state; the frame is in the generator
};

// What tells that a generator waits in `yield from` or `await`.
enum class Delegation : std::uint8_t {
  next_instruction,  // it is YIELD_FROM
  resume_argument,   // of the RESUME behind the instruction
  state,             // one of the states
};

// enum _framestate: what lies below `executing` and is not `not_started` is suspended, what lies above it is finished.
struct FrameStates {
  std::int8_t not_started;
  std::int8_t executing;
  std::int8_t first_delegating;  // suspended in `yield from` or `await`, up to
  std::int8_t last_delegating;
};

struct GeneratorDialect {
  GeneratorStateHome state_home;
  FrameStates states;  // only where state_home is another than running_flag
  Delegation delegation;
  std::uint8_t iterated_from_top;       // the place of what is iterated over on the value stack: 1 is the topmost
  std::uint8_t word_of_qualified_name;  // behind the object's head; 0: there is none
  std::uint8_t word_of_code;            // likewise
};

struct ExceptionDialect {
  bool chained;              // an exception has its traceback, context and cause
  bool traceback_in_thread;  // the thread state has the traceback of what is raised behind it
  // _PyErr_StackItem, in words.
  std::uint8_t handled_exception;
  std::uint8_t handled_previous;
  std::uint8_t word_of_traceback;  // of PyBaseExceptionObject, behind the head; context and cause follow
};

}  // namespace stillframe::cpython
