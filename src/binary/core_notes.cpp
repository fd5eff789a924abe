#include "binary/core_notes.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string_view>

#include "binary/core_note_walk.h"
#include "binary/rounding.h"

namespace stillframe::binary {
namespace {

// struct elf_prstatus and elf_prpsinfo of 64-bit Linux (include/linux/elfcore.h). pr_pid is task_pid_vnr() of the
// dumping process: the number in its own, innermost pid namespace (fs/binfmt_elf.c, fill_prstatus). gdb's gcore writes
// the numbers that gdb itself sees instead, and no core says which of the two it holds.
constexpr std::uint64_t prstatus_signal = 12;
constexpr std::uint64_t prstatus_pid = 32;
constexpr std::uint64_t prstatus_registers = 112;
constexpr std::uint64_t prstatus_size_x86_64 = 336;
constexpr std::uint64_t prstatus_size_aarch64 = 392;
constexpr std::uint64_t prpsinfo_size = 136;
constexpr std::uint64_t siginfo_size = 128;

constexpr std::size_t words_x86_64 = 27;
constexpr std::size_t words_aarch64 = 34;

constexpr std::size_t longest_path = 4096 + 16;  // PATH_MAX and " (deleted)"
constexpr std::size_t most_threads = 1U << 20U;  // /proc/sys/kernel/pid_max is at most four million, and never is
constexpr std::size_t most_file_mappings = 1U << 18U;
constexpr std::size_t most_auxv = 256;

}  // namespace

// Puts together what the notes say.
class CoreNoteReader {
 public:
  CoreNoteReader(const FileReader& file, const CoreHeaders& headers)
      : file_(file), window_(file), note_walk_(window_), believed_core_(headers.type == ET_CORE) {
    if (headers.machine == EM_X86_64) {
      notes_.machine = CoreMachine::x86_64;
    } else if (headers.machine == EM_AARCH64) {
      notes_.machine = CoreMachine::aarch64;
    }
    first_memory_ = file.size();
    for (const Elf64_Phdr& load : headers.loads) {
      if (load.p_filesz != 0 && load.p_offset >= headers.table_end) {
        first_memory_ = std::min(first_memory_, load.p_offset);
      }
    }
    last_memory_ = 0;
    for (const Elf64_Phdr& load : headers.loads) {
      if (load.p_offset < file.size() && load.p_filesz <= file.size() - load.p_offset) {
        last_memory_ = std::max(last_memory_, load.p_offset + load.p_filesz);
      }
    }
    table_end_ = headers.table_end;
  }

  CoreNotes read(const std::vector<Elf64_Phdr>& segments) {
    for (const Elf64_Phdr& segment : segments) {
      const std::uint64_t room = room_for(segment);
      walk(segment.p_offset, end_of(segment, room), room);
    }
    if (notes_.threads.empty() && !notes_.process) {
      search();
    }
    finish();
    return std::move(notes_);
  }

 private:
  // The kernel puts the notes before the memory and gcore behind it: a length that reaches into memory is damaged.
  [[nodiscard]] std::uint64_t room_for(const Elf64_Phdr& segment) const {
    return segment.p_offset < first_memory_ ? first_memory_ : file_.size();
  }

  [[nodiscard]] static std::uint64_t end_of(const Elf64_Phdr& segment, std::uint64_t room) {
    const bool beyond = segment.p_offset > room || segment.p_filesz > room - segment.p_offset;
    return beyond ? room : segment.p_offset + segment.p_filesz;
  }

  // No PT_NOTE leads to notes: look where the kernel and gcore put them.
  void search() {
    const std::size_t before = notes_.warnings.size();
    walk(table_end_, first_memory_, first_memory_);
    if (notes_.threads.empty()) {
      walk(last_memory_, file_.size(), file_.size());
    }
    if (!notes_.threads.empty()) {
      notes_.warnings.resize(before);
      notes_.warnings.emplace_back("the core's notes were not where its header says; they were found by searching");
    }
  }

  void walk(std::uint64_t position, std::uint64_t end, std::uint64_t room) {
    if (!note_walk_.walk(position, end, room, [this](const Note& note) { take(note); })) {
      notes_.warnings.emplace_back("some of the core's notes are damaged or cut off; threads may be missing");
    }
  }

  void take(const Note& note) {
    const bool is_status = note.size == prstatus_size_x86_64 || note.size == prstatus_size_aarch64;
    switch (note.type) {
      case NT_PRSTATUS:
        take_thread(note);
        break;
      case NT_PRPSINFO:
        take_process(note);
        break;
      case NT_SIGINFO:
        take_signal(note);
        break;
      case NT_AUXV:
        take_auxv(note);
        break;
      case NT_FILE:
        take_files(note);
        break;
      case NT_ARM_TLS:
        if (!notes_.threads.empty() && note.size >= sizeof(std::uint64_t)) {
          notes_.threads.back().thread_pointer_offset = note.description;
        }
        break;
      default:
        if (is_status && note.type != NT_PRFPREG && note_walk_.strict(note.start)) {
          take_thread(note);  // no other note has that length: its type is damaged
        }
        break;
    }
  }

  void take_thread(const Note& note) {
    if (notes_.threads.size() >= most_threads || (!believed_core_ && !note_walk_.strict(note.start))) {
      return;
    }
    votes_x86_64_ += note.size == prstatus_size_x86_64 ? 1 : 0;
    votes_aarch64_ += note.size == prstatus_size_aarch64 ? 1 : 0;
    const auto tid = window_.get<std::int32_t>(note.description + prstatus_pid);
    const auto signal = window_.get<std::int16_t>(note.description + prstatus_signal);
    const std::uint64_t registers_end = prstatus_registers + words_x86_64 * sizeof(std::uint64_t);
    if (!tid || !signal || *tid <= 0 || registers_end > file_.size() - note.description) {
      notes_.warnings.emplace_back("a thread is left out: its note in the core is damaged");
      return;
    }
    notes_.threads.push_back(
        {.tid = *tid, .signal = *signal, .registers_offset = note.description + prstatus_registers});
  }

  void take_process(const Note& note) {
    if (notes_.process || note.size < prpsinfo_size) {
      return;
    }
    const auto bytes = window_.get<std::array<char, prpsinfo_size>>(note.description);
    if (!bytes) {
      return;
    }
    const auto number = [&](std::size_t at) {
      std::int32_t value = 0;
      std::memcpy(&value, bytes->data() + at, sizeof(value));
      return value;
    };
    const auto text = [&](std::size_t at, std::size_t size) {
      const std::string_view field(bytes->data() + at, size);
      return std::string(field.substr(0, field.find('\0')));
    };
    CoreProcess process{.pid = number(24), .parent_pid = number(28), .state = (*bytes)[1]};
    process.name = text(40, 16);
    process.arguments = text(56, 80);
    process.arguments.resize(process.arguments.find_last_not_of(' ') + 1);  // fill_psinfo() leaves one at the end
    notes_.process = std::move(process);
  }

  // gcore writes one behind every thread, the kernel one behind the first: it is of the first thread.
  void take_signal(const Note& note) {
    const auto bytes = window_.get<std::array<std::int32_t, siginfo_size / sizeof(std::int32_t)>>(note.description);
    if (notes_.signal || notes_.threads.size() > 1 || note.size < siginfo_size || !bytes) {
      return;
    }
    const auto& words = *bytes;
    notes_.signal = CoreSignal{
        .number = words[0],
        .code = words[2],
        .address = static_cast<std::uint32_t>(words[4]) | (std::uint64_t{static_cast<std::uint32_t>(words[5])} << 32U),
        .sender_pid = words[4],
        .sender_uid = static_cast<std::uint32_t>(words[5])};
  }

  void take_auxv(const Note& note) {
    if (!notes_.auxv.empty()) {
      return;
    }
    for (std::uint64_t at = 0; at + 16 <= note.size && notes_.auxv.size() < most_auxv; at += 16) {
      const auto entry = window_.get<std::array<std::uint64_t, 2>>(note.description + at);
      if (!entry || (*entry)[0] == AT_NULL) {
        break;
      }
      notes_.auxv.emplace_back((*entry)[0], (*entry)[1]);
    }
  }

  // struct: count, page size, count times {begin, end, offset in pages}, count paths (fs/binfmt_elf.c,
  // fill_files_note). gdb writes a page size of 1 and offsets in bytes.
  void take_files(const Note& note) {
    constexpr std::uint64_t head = 16;
    constexpr std::uint64_t entry_size = 24;
    const auto sizes = window_.get<std::array<std::uint64_t, 2>>(note.description);
    if (!notes_.file_mappings.empty() || note.size < head || !sizes) {
      return;
    }
    std::uint64_t count = (*sizes)[0];
    const std::uint64_t most = (note.size - head) / entry_size;
    if (count > most) {
      count = count_plausible(note, most);
      notes_.warnings.push_back(
          fmt::format("the core's list of mapped files has a damaged length; {} entries were believed", count));
    }
    const std::uint64_t unit = std::has_single_bit((*sizes)[1]) && (*sizes)[1] <= (1U << 20U) ? (*sizes)[1] : page_size;
    std::uint64_t name = note.description + head + count * entry_size;
    const std::uint64_t end = note.description + note.size;
    std::size_t damaged = 0;
    std::uint64_t last = 0;
    notes_.file_list_damaged = count != (*sizes)[0];
    NoteWindow names(file_);
    for (std::uint64_t i = 0; i < count && i < most_file_mappings && name < end; ++i) {
      const auto entry = window_.get<std::array<std::uint64_t, 3>>(note.description + head + i * entry_size);
      std::string path = take_path(names, name, end);
      if (!entry) {
        break;
      }
      const auto [begin, past, offset] = *entry;
      notes_.file_list_damaged =
          notes_.file_list_damaged || begin < last || begin >= past || path.empty() || begin % page_size != 0;
      last = past;
      const bool goes_on = !notes_.file_mappings.empty() && notes_.file_mappings.back().path == path;
      notes_.file_list_doubtful = notes_.file_list_doubtful || (offset != 0 && !goes_on);
      if (begin >= past || offset > (std::uint64_t{1} << 62U) / unit) {
        ++damaged;
        continue;
      }
      notes_.file_mappings.push_back({.begin = begin, .end = past, .offset = offset * unit, .path = std::move(path)});
    }
    if (damaged > 0) {
      notes_.warnings.push_back(fmt::format("{} of the core's mapped files are damaged and left out", damaged));
    }
  }

  std::uint64_t count_plausible(const Note& note, std::uint64_t most) {
    std::uint64_t count = 0;
    std::uint64_t last = 0;
    while (count < most) {
      const auto entry = window_.get<std::array<std::uint64_t, 3>>(note.description + 16 + count * 24);
      if (!entry || (*entry)[0] < last || (*entry)[0] >= (*entry)[1] || (*entry)[0] % page_size != 0) {
        break;
      }
      last = (*entry)[1];
      ++count;
    }
    return count;
  }

  static std::string take_path(NoteWindow& names, std::uint64_t& position, std::uint64_t end) {
    std::string path;
    while (position < end) {
      const auto c = names.get<char>(position++);
      if (!c || *c == '\0') {
        break;
      }
      if (path.size() < longest_path) {
        path.push_back(*c);
      }
    }
    return path;
  }

  void finish() {
    // The registers' layout follows from the length of the notes, whatever e_machine says.
    if (votes_x86_64_ > votes_aarch64_ && notes_.machine != CoreMachine::x86_64) {
      notes_.machine = CoreMachine::x86_64;
      notes_.warnings.emplace_back("the core's machine is damaged; its threads are those of x86-64");
    } else if (votes_aarch64_ > votes_x86_64_ && notes_.machine != CoreMachine::aarch64) {
      notes_.machine = CoreMachine::aarch64;
      notes_.warnings.emplace_back("the core's machine is damaged; its threads are those of AArch64");
    }
    std::ranges::stable_sort(notes_.file_mappings, {}, &CoreFileMapping::begin);
    std::ranges::sort(notes_.warnings);
    const auto repeated = std::ranges::unique(notes_.warnings);
    notes_.warnings.erase(repeated.begin(), repeated.end());
  }

  const FileReader& file_;
  NoteWindow window_;
  CoreNoteWalk note_walk_;
  bool believed_core_;
  std::uint64_t first_memory_ = 0;  // where the first segment's bytes begin in the file
  std::uint64_t last_memory_ = 0;   // where the last one's end
  std::uint64_t table_end_ = 0;
  std::size_t votes_x86_64_ = 0;
  std::size_t votes_aarch64_ = 0;
  CoreNotes notes_;
};

CoreNotes read_core_notes(const FileReader& file, const CoreHeaders& headers) {
  return CoreNoteReader(file, headers).read(headers.notes);
}

std::optional<CoreRegisters> read_core_registers(const FileReader& file, CoreMachine machine,
                                                 const CoreThread& thread) {
  CoreRegisters registers;
  const std::size_t words = machine == CoreMachine::x86_64 ? words_x86_64 : words_aarch64;
  if (!file.read(thread.registers_offset, std::as_writable_bytes(std::span(registers.words).first(words)))) {
    return std::nullopt;
  }
  if (thread.thread_pointer_offset != 0) {
    registers.thread_pointer = file.get<std::uint64_t>(thread.thread_pointer_offset).value_or(0);
  }
  return registers;
}

}  // namespace stillframe::binary
