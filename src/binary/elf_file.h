// An ELF file on disk, through libelf: what is not in the loaded segments (sections, the full symbol table), and the
// build-id by which a file is recognised as the very one that was mapped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

struct Elf;

namespace stillframe::binary {

struct Section {
  std::uint64_t address = 0;  // as linked: without load bias
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

class ElfFile {
 public:
  // `fd` must stay open as long as the ElfFile lives. `name` is only for messages.
  static Result<ElfFile> open(int fd, std::string_view name);

  [[nodiscard]] std::string build_id() const;  // lower-case hex; empty: none
  [[nodiscard]] std::uint16_t machine() const;
  [[nodiscard]] bool is_64_bit() const;
  // A section by name (".PyRuntime"); nothing when it is missing or lies outside the file.
  [[nodiscard]] std::optional<Section> section(std::string_view name) const;
  // What a section holds, decompressed; nothing when it is missing, is longer than `most`, or cannot be read.
  [[nodiscard]] std::vector<std::byte> section_bytes(std::string_view name, std::uint64_t most) const;
  // A defined symbol of .symtab, else of .dynsym: its linked address (st_value) and size.
  struct FileSymbol {
    std::uint64_t value = 0;
    std::uint64_t size = 0;
  };
  [[nodiscard]] std::optional<FileSymbol> find_symbol(std::string_view name) const;
  // The p_vaddr of the first PT_LOAD, rounded down to its page: load bias = where the file is mapped - this.
  [[nodiscard]] std::optional<std::uint64_t> first_load_address() const;

  [[nodiscard]] Elf* handle() const { return elf_.get(); }

 private:
  struct Close {
    void operator()(Elf* elf) const;
  };
  std::unique_ptr<Elf, Close> elf_;
};

}  // namespace stillframe::binary
