// What runs at an address of a mapped ELF file: functions, inlined calls, source lines. Asks the file's own tables and
// debug information, and those of its separate debug files, and opens of them only what the asked address needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binary/file_budget.h"
#include "binary/mapped_region.h"

namespace stillframe::binary {

// One call at an address. Texts live as long as the NativeSymbols that gave them.
struct NativeCall {
  std::string_view function;              // demangled; empty: no name known
  std::optional<std::string_view> file;   // DW_AT_comp_dir joined, as the compiler saw it
  std::optional<std::int32_t> line;       // from 1
  std::optional<std::int32_t> column;     // from 1, in bytes, as the compiler counted
  bool inlined = false;                   // this call was put into its caller: all but the last of the list
  std::optional<std::string_view> macro;  // the macro whose expansion the call is in
};

// How other files are opened, given by the caller: through /proc/PID/root or the search paths. A path as the target
// names it becomes a descriptor, which is then owned by who asked; -1: there is none.
using OpenFile = std::function<int(const std::string& path)>;
// Debug files are recognised by what is in them. Sources are not: they must come from where the target has them.
struct OpenFiles {
  OpenFile debug_file;
  OpenFile source;
  FileAccess access = FileAccess::copied;                               // to the file itself and its debug files
  std::shared_ptr<FileBudget> budget = std::make_shared<FileBudget>();  // for what it costs to recognise them
};
// A build-id in lower-case hex becomes a descriptor of the debug file that was fetched for it, owned as above, or -1.
using FetchDebugFile = std::function<int(const std::string& build_id)>;

// The names of one mapped ELF file. Not for use from two threads at once.
class NativeSymbols {
 public:
  // `fd` is the file itself and stays the caller's; `path` is what the target names it. What opens other files and
  // `fetch` may be empty: then there are none. Nothing for what is no 64-bit little-endian ELF file.
  static std::unique_ptr<NativeSymbols> open(int fd, std::string path, OpenFiles open_files, FetchDebugFile fetch);
  // Of an ELF image held in memory (the vDSO, a deleted file): bytes laid out as in the file.
  static std::unique_ptr<NativeSymbols> from_bytes(std::vector<std::byte> image, std::string name);

  NativeSymbols(const NativeSymbols&) = delete;
  NativeSymbols& operator=(const NativeSymbols&) = delete;
  NativeSymbols(NativeSymbols&&) = delete;
  NativeSymbols& operator=(NativeSymbols&&) = delete;
  ~NativeSymbols();

  // What runs at `linked_address`, an address of the file's own p_vaddr space. Innermost first: inlined calls, then the
  // function that holds them. `after_call`: the address is a return address, so the byte before it is looked at, as
  // debuggers do. Empty when nothing is known. May fetch the debug file.
  std::vector<NativeCall> calls_at(std::uint64_t linked_address, bool after_call);

  // The symbol that covers an address: where it begins and ends (linked addresses), and its raw linkage name. Asks the
  // symbol tables alone, those of separate debug files included, never DWARF, and fetches nothing.
  struct Function {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::string_view linkage_name;
    bool certain = true;  // false: only the nearest symbol before the address, which says nothing of where it ends
  };
  std::optional<Function> function_at(std::uint64_t linked_address);

  // DWARF is at hand, in the file or in a separate debug file. May fetch it.
  [[nodiscard]] bool has_debug_info() const;

  // The file or one of its debug files has become shorter while it was read. From then on nothing is named: a name
  // could be half of one.
  [[nodiscard]] bool was_cut() const;

 private:
  struct Parts;
  explicit NativeSymbols(std::unique_ptr<Parts> parts);
  // What `ask` gives, unless something of the files was gone when it was read.
  template <typename Ask>
  auto read_whole(Ask ask) const -> decltype(ask());
  std::unique_ptr<Parts> parts_;
};

}  // namespace stillframe::binary
