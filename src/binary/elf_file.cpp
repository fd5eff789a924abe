#include "binary/elf_file.h"

#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>

#include <algorithm>

namespace stillframe::binary {
namespace {

// The content of a section, nothing when it has none or lies outside the file.
Elf_Data* content(Elf_Scn* section) {
  return elf_getdata(section, nullptr);
}

std::optional<ElfFile::FileSymbol> find_in(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, std::string_view name) {
  Elf_Data* data = content(section);
  if (data == nullptr || header.sh_entsize == 0) {
    return std::nullopt;
  }
  const auto count = static_cast<int>(std::min<std::uint64_t>(data->d_size / header.sh_entsize, 1U << 26U));
  for (int i = 1; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, i, &symbol) == nullptr || symbol.st_shndx == SHN_UNDEF) {
      continue;
    }
    const char* found = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (found != nullptr && name == found) {
      return ElfFile::FileSymbol{.value = symbol.st_value, .size = symbol.st_size};
    }
  }
  return std::nullopt;
}

Elf_Scn* find_section(Elf* elf, std::string_view name, GElf_Shdr& header) {
  std::size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) {
    return nullptr;
  }
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf, section)) != nullptr) {
    const char* found = gelf_getshdr(section, &header) != nullptr ? elf_strptr(elf, names, header.sh_name) : nullptr;
    if (found != nullptr && name == found) {
      return section;
    }
  }
  return nullptr;
}

// In lower-case hex; empty where the notes have none.
std::string build_id_of(Elf_Data* notes) {
  std::string hex;
  std::size_t at = 0;
  GElf_Nhdr note;
  std::size_t name = 0;
  std::size_t desc = 0;
  constexpr std::string_view gnu{"GNU\0", 4};
  while (notes != nullptr && (at = gelf_getnote(notes, at, &note, &name, &desc)) > 0) {
    const auto* bytes = static_cast<const char*>(notes->d_buf);
    if (note.n_type == NT_GNU_BUILD_ID && std::string_view(bytes + name, note.n_namesz) == gnu) {
      const void* id = bytes + desc;
      for (const std::uint8_t byte : std::span(static_cast<const std::uint8_t*>(id), note.n_descsz)) {
        hex += fmt::format("{:02x}", byte);
      }
      break;
    }
  }
  return hex;
}

}  // namespace

void ElfFile::Close::operator()(Elf* elf) const {
  elf_end(elf);
}

Result<ElfFile> ElfFile::open(int fd, std::string_view name) {
  elf_version(EV_CURRENT);
  ElfFile file;
  // Not mapped: a file that is truncated while it is read must give an error, not a SIGBUS.
  file.elf_.reset(elf_begin(fd, ELF_C_READ, nullptr));
  if (file.elf_ == nullptr || elf_kind(file.elf_.get()) != ELF_K_ELF) {
    return fail(ErrorKind::damaged, fmt::format("read {} as an ELF file", name),
                file.elf_ == nullptr ? elf_errmsg(-1) : "it is no ELF file", "check that the file is whole");
  }
  return file;
}

std::string ElfFile::build_id() const {
  std::size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0) {
    return {};
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 65536); ++i) {
    GElf_Phdr program;
    if (gelf_getphdr(elf_.get(), static_cast<int>(i), &program) == nullptr || program.p_type != PT_NOTE) {
      continue;
    }
    auto hex = build_id_of(elf_getdata_rawchunk(elf_.get(), static_cast<std::int64_t>(program.p_offset),
                                                program.p_filesz, program.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR));
    if (!hex.empty()) {
      return hex;
    }
  }
  // The segments of a separate debug file lead nowhere.
  const auto notes = section(".note.gnu.build-id");
  return notes ? build_id_of(elf_getdata_rawchunk(elf_.get(), static_cast<std::int64_t>(notes->offset), notes->size,
                                                  ELF_T_NHDR))
               : std::string();
}

std::uint16_t ElfFile::machine() const {
  GElf_Ehdr header;
  return gelf_getehdr(elf_.get(), &header) == nullptr ? std::uint16_t{EM_NONE} : header.e_machine;
}

bool ElfFile::is_64_bit() const {
  return gelf_getclass(elf_.get()) == ELFCLASS64;
}

std::optional<Section> ElfFile::section(std::string_view name) const {
  GElf_Shdr header;
  if (find_section(elf_.get(), name, header) == nullptr) {
    return std::nullopt;
  }
  return Section{.address = header.sh_addr, .offset = header.sh_offset, .size = header.sh_size};
}

std::vector<std::byte> ElfFile::section_bytes(std::string_view name, std::uint64_t most) const {
  GElf_Shdr header;
  Elf_Scn* section = find_section(elf_.get(), name, header);
  if (section == nullptr || header.sh_type == SHT_NOBITS || header.sh_size > most) {
    return {};
  }
  if ((header.sh_flags & SHF_COMPRESSED) != 0) {
    GElf_Chdr compressed;
    if (gelf_getchdr(section, &compressed) == nullptr || compressed.ch_size > most || elf_compress(section, 0, 0) < 0) {
      return {};
    }
  }
  const Elf_Data* data = elf_rawdata(section, nullptr);
  if (data == nullptr || data->d_buf == nullptr || data->d_size > most) {
    return {};
  }
  const auto* begin = static_cast<const std::byte*>(data->d_buf);
  return {begin, begin + data->d_size};
}

std::optional<ElfFile::FileSymbol> ElfFile::find_symbol(std::string_view name) const {
  for (const std::uint32_t wanted : {std::uint32_t{SHT_SYMTAB}, std::uint32_t{SHT_DYNSYM}}) {
    Elf_Scn* section = nullptr;
    while ((section = elf_nextscn(elf_.get(), section)) != nullptr) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) != nullptr && header.sh_type == wanted) {
        if (const auto symbol = find_in(elf_.get(), section, header, name)) {
          return symbol;
        }
      }
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ElfFile::first_load_address() const {
  std::size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 65536); ++i) {
    GElf_Phdr program;
    if (gelf_getphdr(elf_.get(), static_cast<int>(i), &program) != nullptr && program.p_type == PT_LOAD) {
      return program.p_vaddr - program.p_offset;
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::binary
