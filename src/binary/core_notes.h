// The notes of a core file: its threads, the signal, the mapped files. Streamed, so that a hundred thousand threads
// cost no more memory than their ids.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binary/core_headers.h"
#include "binary/core_parts.h"
#include "binary/file_reader.h"

namespace stillframe::binary {

struct CoreNotes {
  std::optional<CoreMachine> machine;  // whose register layout the threads' notes have
  std::vector<CoreThread> threads;
  std::optional<CoreProcess> process;
  std::optional<CoreSignal> signal;
  std::vector<CoreFileMapping> file_mappings;
  bool file_list_doubtful = false;  // a path differs from its neighbours'
  bool file_list_damaged = true;    // NT_FILE is missing, or does not make sense throughout
  std::vector<std::pair<std::uint64_t, std::uint64_t>> auxv;
  std::vector<std::string> warnings;
};

CoreNotes read_core_notes(const FileReader& file, const CoreHeaders& headers);

std::optional<CoreRegisters> read_core_registers(const FileReader& file, CoreMachine machine, const CoreThread& thread);

}  // namespace stillframe::binary
