// An ELF file with call frame information, as it lies loaded, made by hand.
#pragma once

#include <dwarf.h>
#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "binary/byte_builder.h"
#include "fake_memory.h"

namespace stillframe::testing {

// 64 KiB: headers, code from kText, the search table at kHeader, the descriptions from kFrames.
class FakeModule {
 public:
  using Address = memory::Address;

  static constexpr Address kSize = 0x10000;
  static constexpr Address kText = 0x1000;
  static constexpr Address kTextEnd = 0x8000;
  static constexpr Address kHeader = 0x8000;
  static constexpr Address kFrames = 0xA000;
  static constexpr int kRelative = DW_EH_PE_pcrel | DW_EH_PE_sdata4;

  FakeModule(FakeMemory& fake, Address where) : memory(fake), base(where) {
    memory.map(base, kSize);
    frames_ = base + kFrames;
  }

  // CFA = rsp + 8, return address at CFA - 8.
  static ByteBuilder usual() { return {DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1}; }

  // A CIE; returns where it stands. `augmentation` without the "z", which is always there.
  Address common(std::string_view augmentation = "R", const ByteBuilder& data = {kRelative},
                 const ByteBuilder& instructions = usual()) {
    ByteBuilder body;
    body.number(std::uint32_t{0}).add({1}).text("z" + std::string(augmentation)).uleb(1).sleb(-8).add({16});
    body.uleb(data.size()).add(data).add(instructions);
    return entry(body);
  }

  // An FDE with pcrel sdata4 addresses, and its place in the search table.
  Address function(Address common_at, Address begin, Address size, const ByteBuilder& instructions = {}) {
    const Address contents = frames_ + 4;
    ByteBuilder body;
    body.number(static_cast<std::uint32_t>(contents - common_at))
        .number(static_cast<std::int32_t>(base + begin - (contents + 4)))
        .number(static_cast<std::int32_t>(size))
        .uleb(0)
        .add(instructions);
    const Address at = entry(body);
    index(begin, at);
    return at;
  }

  // Any entry behind the last one: its length, and what comes behind it.
  Address entry(ByteBuilder body) {
    body.align(4);
    const Address at = frames_;
    memory.put(at, static_cast<std::uint32_t>(body.size()));
    memory.write(at + 4, body);
    frames_ += 4 + body.size();
    return at;
  }

  void index(Address begin, Address description) { table_.emplace_back(base + begin, description); }

  // Writes the ELF header, the end of the list and the search table.
  void finish(int table_encoding = DW_EH_PE_datarel | DW_EH_PE_sdata4) {
    memory.put(frames_, std::uint32_t{0});
    std::ranges::sort(table_);
    const Address header = base + kHeader;
    ByteBuilder head{1, kRelative, DW_EH_PE_udata4, table_encoding};
    head.number(static_cast<std::int32_t>(base + kFrames - (header + 4)));
    head.number(static_cast<std::uint32_t>(table_.size()));
    for (const auto& [begin, description] : table_) {
      head.number(static_cast<std::int32_t>(begin - header)).number(static_cast<std::int32_t>(description - header));
    }
    memory.write(header, head);
    Elf64_Ehdr elf{};
    std::ranges::copy(std::string_view(ELFMAG), std::begin(elf.e_ident));
    elf.e_ident[EI_CLASS] = ELFCLASS64;
    elf.e_ident[EI_DATA] = ELFDATA2LSB;
    elf.e_type = ET_DYN;
    elf.e_machine = EM_X86_64;
    elf.e_entry = begins_at;
    elf.e_phoff = sizeof elf;
    elf.e_phentsize = sizeof(Elf64_Phdr);
    elf.e_phnum = 2;
    memory.put(base, elf);
    memory.put(base + sizeof elf, Elf64_Phdr{.p_type = PT_LOAD,
                                             .p_flags = PF_R | PF_X,
                                             .p_offset = 0,
                                             .p_vaddr = 0,
                                             .p_paddr = 0,
                                             .p_filesz = kSize,
                                             .p_memsz = kSize,
                                             .p_align = 4096});
    memory.put(base + sizeof elf + sizeof(Elf64_Phdr), Elf64_Phdr{.p_type = PT_GNU_EH_FRAME,
                                                                  .p_flags = PF_R,
                                                                  .p_offset = kHeader,
                                                                  .p_vaddr = kHeader,
                                                                  .p_paddr = 0,
                                                                  .p_filesz = head.size(),
                                                                  .p_memsz = head.size(),
                                                                  .p_align = 4});
  }

  // Where the next entry will stand.
  [[nodiscard]] Address next() const { return frames_; }

  FakeMemory& memory;
  Address base;
  Address begins_at = 0;  // the entry point, as linked

 private:
  Address frames_;
  std::vector<std::pair<Address, Address>> table_;  // begin of the function, its FDE
};

}  // namespace stillframe::testing
