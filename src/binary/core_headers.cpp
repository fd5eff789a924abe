#include "binary/core_headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace stillframe::binary {
namespace {

// A process may have vm.max_map_count mappings (65530 by default, seldom raised beyond a million).
constexpr std::uint64_t most_program_headers = 1U << 20U;

std::string reading_core(const std::string& name) {
  return fmt::format("read the core file {}", name);
}

// How many of the fields that every 64-bit core has alike are as they should be, of eight.
int header_score(const Elf64_Ehdr& header) {
  int score = 0;
  score += header.e_ident[EI_CLASS] == ELFCLASS64 ? 1 : 0;
  score += header.e_ident[EI_DATA] == ELFDATA2LSB ? 1 : 0;
  score += header.e_ident[EI_VERSION] == EV_CURRENT ? 1 : 0;
  score += header.e_type == ET_CORE ? 1 : 0;
  score += header.e_version == EV_CURRENT ? 1 : 0;
  score += header.e_ehsize == sizeof(Elf64_Ehdr) ? 1 : 0;
  score += header.e_phentsize == sizeof(Elf64_Phdr) ? 1 : 0;
  score += header.e_phoff == sizeof(Elf64_Ehdr) ? 1 : 0;
  return score;
}

// Whether a core says that it is of an architecture that exists and is not read. A damaged number is hardly ever one of
// these: none differs from x86-64's or AArch64's in a single bit.
bool is_foreign(std::uint16_t machine) {
  constexpr std::array<std::uint16_t, 6> foreign{EM_PPC64, EM_S390, EM_RISCV, EM_MIPS, EM_SPARCV9, 258};
  return std::ranges::find(foreign, machine) != foreign.end();
}

Result<void> check_identity(const Elf64_Ehdr& header, const FileReader& file, const std::string& name,
                            std::vector<std::string>& warnings) {
  constexpr int convincing = 6;  // one or two damaged fields do not make a core something else
  const int score = header_score(header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    if (score < convincing + 1) {
      return fail(ErrorKind::unsupported, reading_core(name),
                  fmt::format("it is not an ELF file, as core files are, but {}", describe_content(file)),
                  "give the core file itself; `coredumpctl dump -o core PID` writes one that systemd keeps");
    }
    warnings.emplace_back("the core's first four bytes are damaged; the rest of its header was believed");
  }
  if (header.e_ident[EI_CLASS] == ELFCLASS32 && score < convincing) {
    return fail(ErrorKind::unsupported, reading_core(name),
                "it is of a 32-bit program, and Stillframe reads 64-bit ones",
                "look at it with gdb and its python support, on a machine with that program");
  }
  if (header.e_ident[EI_DATA] == ELFDATA2MSB && score < convincing) {
    const auto swapped = static_cast<std::uint16_t>((header.e_machine >> 8U) | (header.e_machine << 8U));
    return fail(ErrorKind::unsupported, reading_core(name),
                fmt::format("it is of another architecture ({}, big-endian); Stillframe reads x86-64 and AArch64",
                            machine_name(swapped)),
                "look at it with gdb-multiarch");
  }
  if (is_foreign(header.e_machine)) {
    return fail(ErrorKind::unsupported, reading_core(name),
                fmt::format("it is of another architecture ({}); Stillframe reads x86-64 and AArch64",
                            machine_name(header.e_machine)),
                "look at it with gdb-multiarch");
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    warnings.emplace_back("the core's ELF class or byte order is damaged; it was read as 64-bit little-endian");
  }
  return {};
}

// PN_XNUM (0xffff) in e_phnum: the real number is in sh_info of section header 0 (fs/binfmt_elf.c,
// fill_extnum_info), needed where a process has more mappings than e_phnum can count.
std::uint64_t program_header_count(const Elf64_Ehdr& header, const FileReader& file) {
  if (header.e_phnum != PN_XNUM) {
    return header.e_phnum;
  }
  const auto section = file.get<Elf64_Shdr>(header.e_shoff);
  return section && section->sh_info >= PN_XNUM ? section->sh_info : PN_XNUM;
}

bool is_note(const Elf64_Phdr& entry) {
  return entry.p_vaddr == 0 && entry.p_memsz == 0 && entry.p_filesz != 0;
}

// Whether an entry of a damaged type looks like its neighbours of type PT_LOAD.
bool is_load(const Elf64_Phdr& entry, std::uint64_t alignment) {
  constexpr std::uint64_t page = 4096;
  constexpr std::uint64_t user_space = std::uint64_t{1} << 56U;
  return entry.p_align == alignment && entry.p_paddr == 0 && entry.p_flags <= (PF_R | PF_W | PF_X) &&
         entry.p_vaddr != 0 && entry.p_vaddr < user_space && entry.p_vaddr % page == 0 && entry.p_memsz != 0 &&
         entry.p_memsz % page == 0 && entry.p_memsz < user_space && entry.p_filesz <= entry.p_memsz;
}

bool plausible_table(const FileReader& file, std::uint64_t offset) {
  const auto first = file.get<Elf64_Phdr>(offset);
  const auto second = file.get<Elf64_Phdr>(offset + sizeof(Elf64_Phdr));
  const auto good = [](const std::optional<Elf64_Phdr>& entry) {
    return entry && (entry->p_type == PT_LOAD || entry->p_type == PT_NOTE) &&
           (is_note(*entry) || entry->p_memsz >= entry->p_filesz);
  };
  return good(first) && good(second);
}

std::uint64_t table_offset(const Elf64_Ehdr& header, const FileReader& file, std::vector<std::string>& warnings) {
  // The kernel, gdb and everything else put them right behind the header.
  if (header.e_phoff != sizeof(Elf64_Ehdr) && plausible_table(file, sizeof(Elf64_Ehdr))) {
    warnings.emplace_back("the place of the program headers is damaged in the core; they were found behind its header");
    return sizeof(Elf64_Ehdr);
  }
  return header.e_phoff;
}

// How many entries there must be for the table to end where the kernel puts the notes and gcore the memory: right
// behind it. Nothing where the first entries do not tell.
std::optional<std::uint64_t> count_by_contents(const FileReader& file, std::uint64_t offset) {
  for (const std::uint64_t i : {0U, 1U}) {
    const auto entry = file.get<Elf64_Phdr>(offset + i * sizeof(Elf64_Phdr));
    if (!entry || entry->p_filesz == 0 || entry->p_offset <= offset ||
        (entry->p_offset - offset) % sizeof(Elf64_Phdr) != 0) {
      continue;
    }
    const std::uint64_t count = (entry->p_offset - offset) / sizeof(Elf64_Phdr);
    const auto last = file.get<Elf64_Phdr>(offset + (count - 1) * sizeof(Elf64_Phdr));
    if (count <= most_program_headers && last && (last->p_type == PT_LOAD || last->p_type == PT_NOTE) &&
        last->p_memsz >= last->p_filesz) {
      return count;
    }
  }
  return std::nullopt;
}

class TableReader {
 public:
  TableReader(const FileReader& file, CoreHeaders& headers) : file_(file), headers_(headers) {}

  void read(std::uint64_t offset, std::uint64_t count) {
    constexpr std::size_t chunk = 512;
    std::vector<Elf64_Phdr> entries;
    std::vector<Elf64_Phdr> window(chunk);
    count = std::min(count, most_program_headers);
    headers_.table_end = offset + count * sizeof(Elf64_Phdr);
    while (entries.size() < count) {
      const std::size_t want = std::min<std::size_t>(chunk, count - entries.size());
      const auto bytes = std::as_writable_bytes(std::span(window).first(want));
      const std::size_t got = file_.read_some(offset + entries.size() * sizeof(Elf64_Phdr), bytes) / sizeof(Elf64_Phdr);
      entries.insert(entries.end(), window.begin(), window.begin() + static_cast<std::ptrdiff_t>(got));
      if (got < want) {
        headers_.warnings.push_back(fmt::format(
            "the core names {} program headers but ends within them, after {}: the memory of the rest is not shown",
            count, entries.size()));
        break;
      }
    }
    sort_out(entries);
  }

 private:
  void sort_out(const std::vector<Elf64_Phdr>& entries) {
    const auto some_load = std::ranges::find(entries, Elf64_Word{PT_LOAD}, &Elf64_Phdr::p_type);
    const std::uint64_t alignment = some_load != entries.end() ? some_load->p_align : 0;
    std::size_t strange = 0;
    for (const Elf64_Phdr& entry : entries) {
      if (entry.p_type == PT_LOAD) {
        headers_.loads.push_back(entry);
      } else if (entry.p_type == PT_NOTE) {
        headers_.notes.push_back(entry);
      } else if (entry.p_type == PT_NULL || entry.p_type < PT_LOOS) {
        strange += take_damaged(entry, alignment) ? 1 : 0;
      } else if (entry.p_type != memory_tags) {
        strange += take_damaged(entry, alignment) ? 1 : 0;
      }
    }
    if (strange > 0) {
      headers_.warnings.push_back(fmt::format(
          "{} of the core's program headers have a damaged type; they were taken for what they look like", strange));
    }
  }

  bool take_damaged(const Elf64_Phdr& entry, std::uint64_t alignment) {
    if (is_load(entry, alignment)) {
      headers_.loads.push_back(entry);
      return true;
    }
    if (headers_.notes.empty() && is_note(entry)) {
      headers_.notes.push_back(entry);
      return true;
    }
    return false;
  }

  static constexpr Elf64_Word memory_tags = 0x70000002;  // PT_AARCH64_MEMTAG_MTE: tags, not memory
  const FileReader& file_;
  CoreHeaders& headers_;
};

}  // namespace

Result<CoreHeaders> read_core_headers(const FileReader& file, const std::string& name) {
  const auto header = file.get<Elf64_Ehdr>(0);
  if (file.size() == 0) {
    return fail(ErrorKind::damaged, reading_core(name), "it is empty",
                "look why it was not written: `ulimit -c`, the free space on the disk, /proc/sys/kernel/core_pattern");
  }
  if (!header) {
    return fail(ErrorKind::damaged, reading_core(name),
                fmt::format("it has {} bytes, fewer than the header of a core file; it seems to be {}", file.size(),
                            describe_content(file)),
                "give the core file itself, or take it again with more room on the disk");
  }
  CoreHeaders headers{.type = header->e_type, .machine = header->e_machine};
  if (const auto known = check_identity(*header, file, name, headers.warnings); !known) {
    return std::unexpected(known.error());
  }
  if (header->e_phentsize != sizeof(Elf64_Phdr) && header->e_phnum != 0) {
    headers.warnings.emplace_back("the size of a program header is damaged in the core; the usual one was taken");
  }
  const std::uint64_t offset = table_offset(*header, file, headers.warnings);
  std::uint64_t count = program_header_count(*header, file);
  if (const auto counted = count_by_contents(file, offset); counted && *counted != count) {
    headers.warnings.push_back(fmt::format(
        "the number of program headers is damaged in the core ({}); by what stands behind them there are {}", count,
        *counted));
    count = *counted;
  }
  TableReader(file, headers).read(offset, count);
  return headers;
}

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_386:
      return "32-bit x86";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "32-bit ARM";
    case EM_AARCH64:
      return "AArch64";
    case EM_PPC64:
      return "64-bit PowerPC";
    case EM_S390:
      return "S/390";
    case EM_RISCV:
      return "RISC-V";
    case EM_MIPS:
      return "MIPS";
    case EM_SPARCV9:
      return "SPARC";
    case 258:
      return "LoongArch";
    default:
      return fmt::format("machine {}", machine);
  }
}

std::string describe_content(const FileReader& file) {
  std::array<std::byte, 512> head{};
  const std::size_t size = file.read_some(0, head);
  const std::string_view text(reinterpret_cast<const char*>(head.data()), size);
  if (text.starts_with("#!")) {
    return "a script";
  }
  if (text.starts_with("\x7f"
                       "ELF")) {
    return "an ELF file that is cut off";
  }
  if (text.starts_with("!<arch>\n")) {
    return "an ar archive";
  }
  if (text.starts_with("PK\x03\x04")) {
    return "a zip archive";
  }
  if (text.starts_with("\x1f\x8b")) {
    return "something compressed with gzip";
  }
  if (text.starts_with("BZh")) {
    return "something compressed with bzip2, which is not read";
  }
  if (size > 262 && text.substr(257, 5) == "ustar") {
    return "a tar archive";
  }
  if (text.starts_with("MDMP")) {
    return "a Windows or Breakpad minidump";
  }
  if (text.starts_with("KDUMP") || text.starts_with("DISKDUMP")) {
    return "a dump of a kernel";
  }
  const bool printable = std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || c == '\n' || c == '\t' || c == '\r' || c == '\f';
  });
  return printable && !text.empty() ? "text" : "data of no known format";
}

}  // namespace stillframe::binary
