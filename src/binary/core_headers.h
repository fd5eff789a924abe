// The ELF header and the program headers of a core file, read leniently.
#pragma once

#include <elf.h>

#include <cstdint>
#include <string>
#include <vector>

#include "binary/file_reader.h"
#include "model/result.h"

namespace stillframe::binary {

struct CoreHeaders {
  std::uint16_t type = 0;         // e_type as it stands; ET_CORE unless damaged or not a core
  std::uint16_t machine = 0;      // e_machine as it stands
  std::vector<Elf64_Phdr> loads;  // in the file's order
  std::vector<Elf64_Phdr> notes;
  std::uint64_t table_end = 0;  // where the kernel puts the notes
  std::vector<std::string> warnings;
};

// Fails for what is not a 64-bit little-endian ELF file, told apart: empty, a script, text, an archive, 32-bit, …
Result<CoreHeaders> read_core_headers(const FileReader& file, const std::string& name);

// "AArch64" for EM_AARCH64; "machine 9999" for unknown ones.
std::string machine_name(std::uint16_t machine);

// What a file seems to be, from its first bytes: "a script (#!/bin/sh)", "a zip archive", "text", "no known format".
std::string describe_content(const FileReader& file);

}  // namespace stillframe::binary
