// What a core file is made of, as plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace stillframe::binary {

enum class CoreMachine : std::uint8_t { x86_64, aarch64 };

// One PT_LOAD: a range of the dead process's memory.
struct CoreSegment {
  std::uint64_t address = 0;
  std::uint64_t memory_size = 0;
  std::uint64_t file_offset = 0;
  std::uint64_t file_size = 0;  // what the header promises, at most memory_size: 0 for pages left out of the core
  std::uint64_t present = 0;    // how many of those bytes the file really has
  bool readable = false;
  bool writable = false;
  bool executable = false;
};

// A thread, as its NT_PRSTATUS has it. The registers stay in the file until they are asked for.
struct CoreThread {
  std::int64_t tid = 0;  // in the pid namespace of the dumping process; see core_notes.cpp
  std::int32_t signal = 0;
  std::uint64_t registers_offset = 0;
  std::uint64_t thread_pointer_offset = 0;  // aarch64: of NT_ARM_TLS; 0: none
};

struct CoreProcess {
  std::int64_t pid = 0;
  std::int64_t parent_pid = 0;
  char state = '?';       // as in /proc/PID/stat, when it died
  std::string name;       // comm, at most 15 bytes
  std::string arguments;  // the first 79 bytes of the command line, arguments divided by spaces
};

// What NT_SIGINFO says: the siginfo_t of the signal that killed the process.
struct CoreSignal {
  std::int32_t number = 0;
  std::int32_t code = 0;
  std::uint64_t address = 0;  // si_addr; only the faults' signals have it
  std::int32_t sender_pid = 0;
  std::uint32_t sender_uid = 0;
};

// A line of NT_FILE: a range of memory that was mapped from a file.
struct CoreFileMapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;  // in the file, bytes
  std::string path;          // " (deleted)" included
};

// user_regs_struct of the machine, as many words as it has: x86-64 27, aarch64 34.
struct CoreRegisters {
  std::array<std::uint64_t, 34> words{};
  std::uint64_t thread_pointer = 0;  // aarch64; x86-64 has it among the words
};

}  // namespace stillframe::binary
