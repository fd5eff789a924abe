// What killed the process of a core, and what the core still tells of how it came to that. Absent facts are
// std::nullopt or empty, never guessed; diagnose/ turns them into sentences.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/frame.h"

namespace stillframe::model {

enum class AccessKind : std::uint8_t { read, write, execute };

// A range of memory as it was mapped when the process died.
struct MemoryArea {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  // one past the last byte
  bool readable = false;
  bool writable = false;
  bool executable = false;
  std::optional<std::string> path;         // of the mapped file
  std::uint64_t file_offset = 0;           // where in the file the area begins
  std::optional<std::uint64_t> file_size;  // of the file of that name, now
};

struct RegisterValue {
  std::string name;  // "rdi"
  std::uint64_t value = 0;
};

// What the processor refused to do.
struct Fault {
  std::uint64_t pc = 0;
  std::optional<std::uint64_t> address;
  std::optional<AccessKind> access;
  std::uint32_t bytes = 0;                 // that were read or written; 0: not known
  std::optional<std::string> instruction;  // "mov rax, qword ptr [rdi + 0x10]"
  std::optional<std::string> operand;      // what of it made the address: "rdi + 0x10"
  std::vector<RegisterValue> registers;    // that the operand is made of, or that an instruction divides by
  std::optional<MemoryArea> area;          // that the address lies in; absent: nothing was mapped there
  bool trap = false;                       // an instruction that is made to stop the program: ud2, int3
  bool wide = false;                       // one that not every processor has
  bool handled = false;                    // a signal handler of the program got the signal first, and raised it again
};

// The stack of the thread that died.
struct StackArea {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t sp = 0;     // the stack pointer of the call that died
  std::uint64_t guard = 0;  // where the memory begins that is kept inaccessible below it; equal to `begin`: none
};

// A C++ exception that nobody caught.
struct CppException {
  std::string type;                 // "std::runtime_error"
  std::optional<std::string> what;  // where it is kept in a way that is known
};

// A Python exception that was on its way or being handled in the thread that died.
struct PythonException {
  std::string type;  // "KeyError", "app.TradeError"
  std::string text;  // as repr() writes it
  bool handled = false;
  bool last = false;                // sys.last_exc or sys.last_value: nobody caught it
  std::vector<Frame> traceback;     // outermost first, as Python prints it; the call that raised it is the last one
  std::optional<std::size_t> from;  // what it was raised from or while handling: an index into Crash::exceptions
  bool from_cause = false;          // ... by `raise … from …`
};

struct Crash {
  std::int32_t signal = 0;
  std::string signal_name;                     // "SIGSEGV"
  std::optional<std::string> code;             // "SEGV_MAPERR"
  std::optional<std::uint64_t> fault_address;  // only for the signals that have one
  std::optional<std::int64_t> tid;
  std::optional<std::int64_t> sender_pid;  // only where si_code says that a process sent it
  std::optional<std::int64_t> sender_uid;
  std::vector<Frame> frames;  // of the thread that died, native ones included, outermost first
  std::optional<Fault> fault;
  std::optional<StackArea> stack;
  std::optional<std::string> abort_message;   // what the C library said before it called abort()
  std::optional<std::string> fatal_function;  // of Py_FatalError: who called it,
  std::optional<std::string> fatal_message;   // and what it said
  std::optional<CppException> cpp_exception;  // that was in flight when std::terminate was called
  std::vector<PythonException> exceptions;    // in flight in that thread first, the newest first
  std::optional<std::string> system_call;     // of SIGSYS: the call that was forbidden
};

}  // namespace stillframe::model
