#include "target/core_target.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <unordered_map>

#include "binary/core_file.h"
#include "memory/core_memory.h"
#include "target/core_command_line.h"
#include "target/core_crash.h"
#include "target/core_files.h"
#include "target/core_modules.h"
#include "target/core_opening.h"
#include "target/core_paths.h"
#include "target/core_rebuild.h"
#include "target/file_helper.h"
#include "target/file_identity.h"
#include "target/system_calls.h"

namespace stillframe::target {
namespace {

using binary::CoreFile;
using binary::CoreMachine;
using binary::CoreRegisters;
using memory::CoreExtent;
using memory::FaultReason;

// user_regs_struct of x86-64 (asm/user_64.h), by word.
namespace x86_64 {
enum Word : std::uint8_t {
  r15,
  r14,
  r13,
  r12,
  rbp,
  rbx,
  r11,
  r10,
  r9,
  r8,
  rax,
  rcx,
  rdx,
  rsi,
  rdi,
  orig_rax,
  rip,
  cs,
  eflags,
  rsp,
  ss,
  fs_base
};
// DWARF numbers 0 to 16 (System V ABI, AMD64 supplement, figure 3.36).
constexpr std::array dwarf_order{rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15, rip};
constexpr std::array argument_order{rdi, rsi, rdx, r10, r8, r9};
}  // namespace x86_64

// user_pt_regs of AArch64: x0 to x30, sp, pc, pstate.
namespace aarch64 {
constexpr std::size_t sp = 31;
constexpr std::size_t pc = 32;
constexpr std::size_t syscall_number = 8;  // x8
}  // namespace aarch64

// Whether a call that has this result was waiting when the signal came: the kernel's own codes for calls that are to be
// started again (include/linux/errno.h), and EINTR of those that are not.
bool was_interrupted(std::int64_t result) {
  constexpr std::array<std::int64_t, 5> codes{-EINTR, -512, -513, -514, -516};
  return std::ranges::find(codes, result) != codes.end();
}

std::vector<CoreExtent> to_extents(const CoreFile& core) {
  std::vector<CoreExtent> extents;
  extents.reserve(core.segments().size());
  for (const binary::CoreSegment& segment : core.segments()) {
    extents.push_back(
        {.begin = segment.address,
         .size = segment.memory_size,
         .file_offset = segment.file_offset,
         .present = segment.present,
         .absent = segment.present < segment.file_size ? FaultReason::truncated : FaultReason::not_in_core});
  }
  return extents;
}

// The same and what gcore left out together with its headers.
std::vector<CoreExtent> with_files(std::vector<CoreExtent> extents, const std::vector<Mapping>& mappings) {
  std::vector<CoreExtent> more;
  for (const Mapping& mapping : mappings) {
    const auto next = std::ranges::upper_bound(extents, mapping.begin, {}, &CoreExtent::begin);
    const bool known = next != extents.begin() && mapping.begin - std::prev(next)->begin < std::prev(next)->size;
    const Address end = next == extents.end() ? mapping.end : std::min(mapping.end, next->begin);
    if (!known && end > mapping.begin) {
      more.push_back({.begin = mapping.begin, .size = end - mapping.begin});
    }
  }
  extents.insert(extents.end(), more.begin(), more.end());
  std::ranges::sort(extents, {}, &CoreExtent::begin);
  return extents;
}

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find(' ');
    if (end != 0) {
      words.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return words;
}

// For files that the owner of the core opens: longer than any file system needs that answers at all.
constexpr std::chrono::seconds kOwnersPatience{10};

// Unwinding and all that stops threads is of no use on a core: nothing runs.
class CoreTarget final : public Target {
 public:
  CoreTarget(OpenedCore opened, CoreFile core, std::string path, CoreOptions options, const Host& host)
      : file_(std::move(opened.file)),
        written_at_(opened.written_at),
        cut_short_(opened.cut_short),
        owner_(std::move(opened.owner)),
        owners_files_(kOwnersPatience, owner_),
        opening_warnings_(std::move(opened.warnings)),
        core_(std::move(core)),
        options_(std::move(options)),
        host_(host),
        dumped_(file_.fd(), to_extents(core_), nullptr),
        modules_(list_modules(core_, file_mappings_of(core_, dumped_), dumped_)),
        mappings_(list_mappings(core_, modules_)),
        files_(core_, modules_, dumped_, options_),
        memory_(file_.fd(), with_files(to_extents(core_), mappings_), &files_),
        paths_(options_) {
    for (std::size_t i = 0; i < core_.threads().size(); ++i) {
      by_tid_.emplace(core_.threads()[i].tid, i);
    }
    describe_source(std::move(path));
  }

  [[nodiscard]] Result<void> check(const std::string& name) const { return files_.check_given_executable(name); }

  [[nodiscard]] Host host() const override { return host_; }
  [[nodiscard]] const model::Source& source() const override { return source_; }
  [[nodiscard]] const memory::MemorySource& memory() const override { return memory_; }
  [[nodiscard]] std::span<const Mapping> mappings() const override { return mappings_; }
  [[nodiscard]] Result<std::vector<ThreadInfo>> threads() const override;
  [[nodiscard]] std::optional<Syscall> syscall(Tid tid) const override;
  [[nodiscard]] bool lifeless() const override { return true; }
  [[nodiscard]] Result<std::unique_ptr<Hold>> stop(std::span<const Tid> /*tids*/) override {
    return fail(ErrorKind::usage, "stop the threads of a core", "a core has none that run", "read it without stopping");
  }
  [[nodiscard]] Result<Registers> registers(Tid tid) const override;
  [[nodiscard]] Result<FileHandle> open_file(std::string_view path) const override;
  [[nodiscard]] Result<FileHandle> open_mapped(const Mapping& mapping) const override { return files_.open(mapping); }
  [[nodiscard]] std::optional<double> started_at() const override;
  [[nodiscard]] std::optional<model::Crash> crash() const override { return describe_crash(core_); }
  [[nodiscard]] bool cut_short() const override { return cut_short_; }
  [[nodiscard]] std::vector<std::string> warnings() const override;

 private:
  void describe_source(std::string path);
  [[nodiscard]] std::optional<CoreRegisters> raw_registers(Tid tid) const;
  [[nodiscard]] bool is_syscall(Address address) const;
  [[nodiscard]] std::optional<Syscall> x86_64_syscall(const CoreRegisters& raw) const;
  [[nodiscard]] std::optional<Syscall> aarch64_syscall(const CoreRegisters& raw) const;

  FileHandle file_;
  double written_at_;
  bool cut_short_;
  std::optional<FileIdentity> owner_;
  mutable FileHelper owners_files_;
  mutable RefusedFiles refused_;
  std::vector<std::string> opening_warnings_;
  CoreFile core_;
  CoreOptions options_;
  Host host_;
  memory::CoreMemory dumped_;  // what the core itself holds
  std::vector<CoreModule> modules_;
  std::vector<Mapping> mappings_;
  CoreFiles files_;
  memory::CoreMemory memory_;  // the same, and what the mapped files hold
  CorePaths paths_;
  std::unordered_map<Tid, std::size_t> by_tid_;
  model::Source source_;
};

void CoreTarget::describe_source(std::string path) {
  source_.kind = model::SourceKind::core;
  source_.core = std::move(path);
  const auto& process = core_.process();
  source_.command_line = read_command_line(core_, dumped_);
  if (process) {
    source_.pid = process->pid;
    if (source_.command_line.empty()) {
      source_.command_line = split_at_spaces(process->arguments);
    }
  } else if (!core_.threads().empty()) {
    source_.pid = core_.threads().front().tid;
  }
  if (const CoreModule* main = main_module(core_, modules_)) {
    source_.executable = main->path;
  } else if (options_.executable) {
    source_.executable = options_.executable;
  }
}

Result<std::vector<ThreadInfo>> CoreTarget::threads() const {
  std::vector<ThreadInfo> threads;
  threads.reserve(core_.threads().size());
  const auto& process = core_.process();
  const Tid pid = source_.pid.value_or(0);
  for (const binary::CoreThread& thread : core_.threads()) {
    // Only the process's own name is in a core, and that is the main thread's.
    const bool main = thread.tid == pid;
    threads.push_back({.tid = thread.tid,
                       .inner_tid = thread.tid,
                       .name = main && process ? process->name : "",
                       .state = model::OsState::dead,
                       .run_count = std::nullopt});
  }
  std::ranges::stable_partition(threads, [&](const ThreadInfo& thread) { return thread.tid == pid; });
  return threads;
}

std::optional<CoreRegisters> CoreTarget::raw_registers(Tid tid) const {
  const auto known = by_tid_.find(tid);
  return known == by_tid_.end() ? std::nullopt : core_.registers(core_.threads()[known->second]);
}

Result<Registers> CoreTarget::registers(Tid tid) const {
  const auto raw = raw_registers(tid);
  if (!raw) {
    return fail(ErrorKind::not_found, fmt::format("read the registers of thread {}", tid),
                "the core does not hold them", "nothing can be done: the core is damaged or cut off");
  }
  Registers registers;
  if (core_.machine() == CoreMachine::x86_64) {
    for (const auto word : x86_64::dwarf_order) {
      registers.dwarf.push_back(raw->words[word]);
    }
    registers.pc = raw->words[x86_64::rip];
    registers.sp = raw->words[x86_64::rsp];
    registers.thread_pointer = raw->words[x86_64::fs_base];
  } else {
    registers.dwarf.assign(raw->words.begin(), raw->words.begin() + aarch64::pc + 1);
    registers.pc = raw->words[aarch64::pc];
    registers.sp = raw->words[aarch64::sp];
    registers.thread_pointer = raw->thread_pointer;
  }
  return registers;
}

// Whether the instruction at `address` is a system call. Where it cannot be read, x86-64 has other proof.
bool CoreTarget::is_syscall(Address address) const {
  if (core_.machine() == CoreMachine::x86_64) {
    constexpr std::array syscall{std::uint8_t{0x0f}, std::uint8_t{0x05}};
    const auto bytes = memory_.get<std::array<std::uint8_t, 2>>(address);
    return !bytes || *bytes == syscall;
  }
  constexpr std::uint32_t svc = 0xd4000001;  // svc #0
  const auto instruction = memory_.get<std::uint32_t>(address);
  return instruction && *instruction == svc;
}

// x86-64: the registers are those of the interrupted call, and its result is what tells the kernel to start it again.
std::optional<Syscall> CoreTarget::x86_64_syscall(const CoreRegisters& raw) const {
  Syscall call;
  // -1 in a thread that was interrupted outside of one (arch/x86/entry).
  call.number = static_cast<std::int64_t>(raw.words[x86_64::orig_rax]);
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    call.arguments[i] = raw.words[x86_64::argument_order[i]];
  }
  call.sp = raw.words[x86_64::rsp];
  call.pc = raw.words[x86_64::rip];
  const bool waited = was_interrupted(static_cast<std::int64_t>(raw.words[x86_64::rax]));
  return waited && is_syscall(call.pc - 2) ? std::optional(call) : std::nullopt;
}

// aarch64: the kernel has already prepared to start the call again (do_signal in arch/arm64/kernel/signal.c): the pc is
// at the instruction, and x0 is the first argument again. Only of a call that is not started again, x0 is the result.
std::optional<Syscall> CoreTarget::aarch64_syscall(const CoreRegisters& raw) const {
  Syscall call;
  call.number = static_cast<std::int64_t>(raw.words[aarch64::syscall_number]);
  std::copy_n(raw.words.begin(), call.arguments.size(), call.arguments.begin());
  call.sp = raw.words[aarch64::sp];
  call.pc = raw.words[aarch64::pc];
  if (is_syscall(call.pc)) {
    return call;
  }
  call.first_argument_known = false;
  const bool waited = was_interrupted(static_cast<std::int64_t>(raw.words[0]));
  return waited && is_syscall(call.pc - 4) ? std::optional(call) : std::nullopt;
}

std::optional<Syscall> CoreTarget::syscall(Tid tid) const {
  const auto raw = raw_registers(tid);
  if (!raw) {
    return std::nullopt;
  }
  constexpr std::int64_t highest = 4096;  // more than any architecture has system calls
  auto call = core_.machine() == CoreMachine::x86_64 ? x86_64_syscall(*raw) : aarch64_syscall(*raw);
  if (!call || call->number < 0 || call->number > highest) {
    return std::nullopt;
  }
  call->name = system_call_name(core_.machine(), call->number);
  return call;
}

Result<FileHandle> CoreTarget::open_file(std::string_view path) const {
  const std::string name(path);
  FileHandle file;
  if (name.empty() || name.contains('\0')) {
    // No file has that name.
  } else if (owner_ && !options_.library_search_root) {
    const std::string whole = std::filesystem::absolute(name);
    auto opened =
        host_.start_helper ? owners_files_.open("", whole) : std::optional(open_where_permitted(*owner_, whole));
    file = opened ? std::move(*opened) : FileHandle();
    if (!file && opened && errno == EACCES) {
      refused_.note(name);
    }
  } else {
    file = paths_.open_named(name);
  }
  if (!file) {
    return fail(ErrorKind::not_found, fmt::format("open {}", path), "it is not in the root given, or on this machine",
                "give a copy of the program's file system: --lib-search-root DIR");
  }
  return file;
}

// A core does not tell when its process began. The time it was written serves the purpose, to tell sources that were
// changed since, but for those changed between the start and the end.
std::optional<double> CoreTarget::started_at() const {
  return written_at_;
}

std::vector<std::string> CoreTarget::warnings() const {
  std::vector<std::string> all = opening_warnings_;
  std::ranges::copy(core_.warnings(), std::back_inserter(all));
  if (core_.file_list_damaged()) {
    all.push_back(
        fmt::format("the core's list of mapped files is missing or damaged; {} files were recognised by their "
                    "headers in memory, others are missing",
                    modules_.size()));
  }
  std::ranges::move(files_.warnings(), std::back_inserter(all));
  if (auto refused = owner_ ? refused_.warning(*owner_) : std::nullopt) {
    all.push_back(std::move(*refused));
  }
  return all;
}

Result<std::unique_ptr<Target>> read_core(Result<OpenedCore> opened, const std::string& name,
                                          const CoreOptions& options, const Host& host) {
  if (!opened) {
    return std::unexpected(std::move(opened.error()));
  }
  auto core = CoreFile::open(opened->file.fd(), opened->name);
  if (!core) {
    return std::unexpected(std::move(core.error()));
  }
  auto target = std::make_unique<CoreTarget>(std::move(*opened), std::move(*core), name, options, host);
  if (const auto good = target->check(name); !good) {
    return std::unexpected(good.error());
  }
  return target;
}

}  // namespace

Result<std::unique_ptr<Target>> open_core(const std::string& path, const CoreOptions& options, const Host& host,
                                          const binary::DecompressLimits& limits) {
  return read_core(open_core_file(path, limits), path, options, host);
}

Result<std::unique_ptr<Target>> open_core(FileHandle core, const std::string& name, const CoreOptions& options,
                                          const Host& host, const binary::DecompressLimits& limits) {
  return read_core(open_core_file(std::move(core), name, limits), name, options, host);
}

}  // namespace stillframe::target
