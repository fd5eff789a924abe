// The mapped files of a target that may hold a Python interpreter, and what their symbols say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "binary/elf_image.h"
#include "cpython/dialects/layout.h"
#include "target/target.h"

namespace stillframe::cpython {

using memory::Address;

struct PythonImage {
  binary::ElfImage elf;
  const target::Mapping* mapping = nullptr;  // the one that begins the file; lives in the target
  Address runtime = 0;                       // _PyRuntime
  Address interpreters_head_at = 0;          // interp_head of 2.7 and 3.6
  Address current_thread_at = 0;             // _PyThreadState_Current of 2.7 and 3.6
  Address gc_collecting_at = 0;
  Address code_type = 0;       // PyCode_Type
  Address hash_secret_at = 0;  // _Py_HashSecret
  std::optional<PythonVersion> version;
  BuildKind build;
  std::string found_by;
};

// Every ELF file mapped in the target, each once, those most likely to be Python first: libpython, the executable, the
// rest. Of a file that is mapped more than once (ctypes maps the executable again for its trampolines) the copy whose
// data can be written is taken.
std::vector<const target::Mapping*> mapped_files(const target::Target& target);

// Looks for the interpreter's symbols in one mapped file: in its dynamic symbols as they are in memory, then in the
// file's own symbol table and section .PyRuntime (3.11+). Nothing when it is not Python.
std::optional<PythonImage> inspect_image(const target::Target& target, const memory::MemorySource& memory,
                                         const target::Mapping& mapping);

// "libpython3.12.so.1.0", "python3.11d": version and kind as a file's name tells them.
struct NamedVersion {
  PythonVersion version;
  BuildKind build;
};
std::optional<NamedVersion> version_from_name(std::string_view path);

}  // namespace stillframe::cpython
