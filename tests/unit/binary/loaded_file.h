// A file of this machine, laid out as if it were loaded.
#pragma once

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "fake_memory.h"

namespace stillframe::testing {

class LoadedFile {
 public:
  static constexpr memory::Address kBase = 0x7f1200000000;

  explicit LoadedFile(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    elf_version(EV_CURRENT);
    elf_ = elf_begin(fd_, ELF_C_READ, nullptr);
    std::ifstream stream(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    std::size_t count = 0;
    elf_getphdrnum(elf_, &count);
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Phdr program{};
      gelf_getphdr(elf_, static_cast<int>(i), &program);
      if (program.p_type == PT_LOAD) {
        memory.map(kBase + program.p_vaddr, program.p_memsz);
        memory.put_text(kBase + program.p_vaddr, std::string_view(bytes).substr(program.p_offset, program.p_filesz));
        if ((program.p_flags & PF_X) != 0) {
          code_begin = program.p_vaddr;
          code_end = program.p_vaddr + program.p_memsz;
        }
      }
    }
  }
  LoadedFile(const LoadedFile&) = delete;
  LoadedFile& operator=(const LoadedFile&) = delete;
  LoadedFile(LoadedFile&&) = delete;
  LoadedFile& operator=(LoadedFile&&) = delete;
  ~LoadedFile() {
    elf_end(elf_);
    close(fd_);
  }

  [[nodiscard]] Elf* elf() const { return elf_; }

  FakeMemory memory;
  memory::Address code_begin = 0;  // as linked
  memory::Address code_end = 0;

 private:
  int fd_;
  Elf* elf_ = nullptr;
};

}  // namespace stillframe::testing
