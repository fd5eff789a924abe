// Core files and the ELF files mapped in them, made by hand in files without a name.
#pragma once

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "temporary_folder.h"

namespace stillframe::testing {

template <typename T>
void append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// A file in memory, with a path as long as this lives.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(memfd_create("test", MFD_CLOEXEC)) {
    while (!bytes.empty()) {
      const ssize_t done = write(fd_, bytes.data(), bytes.size());
      if (done <= 0) {
        break;
      }
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  MemoryFile(MemoryFile&&) = delete;
  MemoryFile& operator=(MemoryFile&&) = delete;
  ~MemoryFile() { close(fd_); }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// The head of a 64-bit ELF file whose program headers follow it; how many they are is left to be said.
inline Elf64_Ehdr elf_header(std::uint16_t type, std::uint16_t machine) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = type;
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof header;
  header.e_ehsize = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  return header;
}

// A 64-bit ELF library of three pages: headers and build-id, code (filled with 'c'), data (filled with 'd').
inline std::string make_library(std::string_view build_id, std::uint16_t machine = EM_X86_64) {
  constexpr std::size_t page = 4096;
  std::string file(3 * page, '\0');
  std::string note;
  append(note,
         Elf64_Nhdr{.n_namesz = 4, .n_descsz = static_cast<Elf64_Word>(build_id.size()), .n_type = NT_GNU_BUILD_ID});
  note.append("GNU\0", 4).append(build_id);
  note.resize((note.size() + 3) & ~std::size_t{3});
  Elf64_Ehdr header = elf_header(ET_DYN, machine);
  header.e_phnum = build_id.empty() ? 3 : 4;
  std::string head;
  append(head, header);
  append(head, Elf64_Phdr{PT_LOAD, PF_R, 0, 0, 0, page, page, page});
  append(head, Elf64_Phdr{PT_LOAD, PF_R | PF_X, page, page, page, page, page, page});
  append(head, Elf64_Phdr{PT_LOAD, PF_R | PF_W, 2 * page, 2 * page, 2 * page, page, page, page});
  if (!build_id.empty()) {
    append(head, Elf64_Phdr{PT_NOTE, PF_R, 0x400, 0x400, 0x400, note.size(), note.size(), 4});
  }
  file.replace(0, head.size(), head);
  file.replace(0x400, note.size(), note);
  file.replace(page, page, page, 'c');
  file.replace(2 * page, page, page, 'd');
  return file;
}

// Builds a core in the way of the kernel: header, program headers, notes, memory.
class CoreBuilder {
 public:
  struct Part {
    std::uint64_t address;
    std::uint64_t memory_size;
    std::string bytes;  // what the core holds of it
    std::uint32_t flags;
  };
  struct File {
    std::uint64_t begin, end, page;
    std::string path;
  };

  CoreBuilder& thread(std::int32_t tid, std::int16_t signal = 0,
                      const std::vector<std::pair<std::size_t, std::uint64_t>>& words = {}) {
    std::string status(machine == EM_AARCH64 ? 392 : 336, '\0');
    std::memcpy(status.data() + 12, &signal, sizeof signal);
    std::memcpy(status.data() + 32, &tid, sizeof tid);
    for (const auto& [word, value] : words) {
      std::memcpy(status.data() + 112 + word * 8, &value, sizeof value);
    }
    return note(NT_PRSTATUS, status);
  }

  CoreBuilder& process(std::int32_t pid, std::string_view name, std::string_view arguments) {
    std::string info(136, '\0');
    info[1] = 'R';
    std::memcpy(info.data() + 24, &pid, sizeof pid);
    info.replace(40, name.size(), name);
    info.replace(56, arguments.size(), arguments);
    return note(NT_PRPSINFO, info);
  }

  CoreBuilder& signal(std::int32_t number, std::int32_t code, std::uint64_t address) {
    std::string info(128, '\0');
    std::memcpy(info.data(), &number, sizeof number);
    std::memcpy(info.data() + 8, &code, sizeof code);
    std::memcpy(info.data() + 16, &address, sizeof address);
    return note(NT_SIGINFO, info);
  }

  CoreBuilder& auxv(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& entries) {
    std::string table;
    for (const auto& [type, value] : entries) {
      append(table, type);
      append(table, value);
    }
    return note(NT_AUXV, table + std::string(16, '\0'));
  }

  CoreBuilder& files(const std::vector<File>& mapped) {
    std::string table;
    append(table, std::uint64_t{mapped.size()});
    append(table, std::uint64_t{4096});
    for (const File& file : mapped) {
      append(table, file.begin);
      append(table, file.end);
      append(table, file.page);
    }
    for (const File& file : mapped) {
      table.append(file.path).push_back('\0');
    }
    return note(NT_FILE, table);
  }

  CoreBuilder& note(std::uint32_t type, const std::string& content, std::string_view name = "CORE") {
    append(notes_, Elf64_Nhdr{.n_namesz = static_cast<Elf64_Word>(name.size() + 1),
                              .n_descsz = static_cast<Elf64_Word>(content.size()),
                              .n_type = type});
    notes_.append(name).push_back('\0');
    notes_.resize((notes_.size() + 3) & ~std::size_t{3});
    notes_.append(content);
    notes_.resize((notes_.size() + 3) & ~std::size_t{3});
    return *this;
  }

  CoreBuilder& memory(std::uint64_t address, std::string bytes, std::uint32_t flags = PF_R | PF_W,
                      std::uint64_t memory_size = 0) {
    const std::uint64_t size = std::max<std::uint64_t>(memory_size, bytes.size());
    parts_.push_back({.address = address, .memory_size = size, .bytes = std::move(bytes), .flags = flags});
    return *this;
  }

  [[nodiscard]] std::string build() const {
    std::vector<Elf64_Phdr> programs;
    const std::uint64_t count = parts_.size() + 1;
    const std::uint64_t notes_at = sizeof(Elf64_Ehdr) + count * sizeof(Elf64_Phdr);
    std::uint64_t offset = (notes_at + notes_.size() + alignment - 1) & ~(alignment - 1);
    programs.push_back({PT_NOTE, 0, notes_at, 0, 0, notes_.size(), 0, 4});
    std::string content;
    for (const Part& part : parts_) {
      programs.push_back({PT_LOAD, part.flags, offset + content.size(), part.address, 0, part.bytes.size(),
                          part.memory_size, alignment});
      content += part.bytes;
    }
    Elf64_Ehdr header = elf_header(ET_CORE, machine);
    header.e_phnum = extended_numbering ? std::uint16_t{PN_XNUM} : static_cast<std::uint16_t>(count);
    std::string file;
    if (extended_numbering) {
      header.e_shoff = offset + content.size();
      header.e_shnum = 1;
    }
    append(file, header);
    for (const Elf64_Phdr& program : programs) {
      append(file, program);
    }
    file += notes_;
    file.resize(offset);
    file += content;
    if (extended_numbering) {
      append(file, Elf64_Shdr{.sh_size = 1, .sh_info = static_cast<Elf64_Word>(count)});
    }
    return file;
  }

  std::uint16_t machine = EM_X86_64;
  std::uint64_t alignment = 4096;   // of the memory in the file
  bool extended_numbering = false;  // PN_XNUM

 private:
  std::string notes_;
  std::vector<Part> parts_;
};

}  // namespace stillframe::testing
