// A call on a stack, and the values of its variables. All texts live as long as the Still that they are in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace stillframe::model {

enum class ValueKind : std::uint8_t {
  argument,
  local,
  cell,     // a local that inner functions use too
  free,     // a variable of an outer function
  child,    // a part of another value
  handled,  // the exception that a call handles
  raised,   // the exception that has come to a call, on its way to a handler
};

// A variable, or a part of a value. All texts live as long as the Still.
struct Value {
  std::string_view name;
  std::string_view type;   // with its module; empty where it could not be read
  std::string_view value;  // as repr() writes it
  ValueKind kind = ValueKind::local;
  std::optional<std::uint64_t> address;  // absent for what is no object of its own
  bool readable = true;                  // false: some of it could not be read, and `value` says where
  bool cut = false;                      // some of it was left out for its length, and `value` says where
  std::vector<Value> children;           // where they were asked for
};

enum class FrameKind : std::uint8_t { python, native };

// One call. All texts live in the Still's pool.
struct Frame {
  FrameKind kind = FrameKind::python;
  bool entry = false;                              // Python: the call that began a new C evaluation loop
  bool inlined = false;                            // native: the compiler put this call into its caller
  std::string_view function;                       // "inner"; Python: empty where the core has lost it
  std::optional<std::string_view> qualified_name;  // "Order.inner", Python 3.11+
  std::optional<std::string_view> file;
  std::optional<std::int32_t> line;  // 1-based
  std::optional<std::int32_t> end_line;
  std::optional<std::int32_t> column;      // 1-based display columns of the source line as a reader sees it;
  std::optional<std::int32_t> end_column;  // end_column is the column behind the last one, on end_line
  // Python only: UTF-8 byte offsets, 0-based, as CPython's location table has them (Objects/locations.md, 3.11+).
  // They become display columns once the source line is at hand.
  std::optional<std::int32_t> byte_column;
  std::optional<std::int32_t> end_byte_column;
  std::optional<std::string_view> source;  // the line, without its line end
  // Where the running expression goes on behind `source`: all its lines, "\n" between them.
  std::optional<std::string_view> source_lines;
  // Python: the address of the code object, where it is not in the core, or not all of it.
  std::optional<std::uint64_t> lost_code;
  std::optional<std::string_view> library;      // native
  std::optional<std::uint64_t> address;         // native
  std::optional<std::uint64_t> library_offset;  // native, where there is no name: the address in the library's own file
  std::optional<std::string_view> macro;        // native
  bool guessed = false;   // native: found by a frame pointer or by a return address on the stack, not by unwind rules
  bool plumbing = false;  // native: the interpreter's own way from one call to the next
  std::optional<std::vector<Value>> arguments;
  std::optional<std::vector<Value>> locals;
  std::vector<Value> exceptions;      // that the call handles or raises, the newest first; where locals were asked for
  std::uint64_t locals_left_out = 0;  // of a module or a class body: how many more there are
};

}  // namespace stillframe::model
