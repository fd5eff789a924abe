#include "target/live_target.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "memory/live_memory.h"
#include "target/live_files.h"
#include "target/live_surroundings.h"
#include "target/proc_files.h"
#include "target/process_errors.h"
#include "target/ptrace_hold.h"
#include "target/thread_watch.h"

namespace stillframe::target {
namespace {

std::vector<std::string> split_command_line(std::string_view raw) {
  std::vector<std::string> words;
  while (!raw.empty()) {
    const auto end = raw.find('\0');
    words.emplace_back(raw.substr(0, end));
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
  }
  return words;
}

class LiveTarget final : public Target {
 public:
  // `reader` is a thread of the process whose files in /proc still work; see living_thread().
  LiveTarget(std::int64_t pid, std::int64_t reader, const Host& host)
      : pid_(pid),
        reader_(reader),
        host_(host),
        memory_(static_cast<pid_t>(reader)),
        watch_(pid, host.raise_file_limit),
        files_(reader, host.start_helper) {
    source_.kind = model::SourceKind::process;
    source_.pid = pid;
    source_.executable = files_.executable();
    source_.command_line = split_command_line(read_proc_file(path_of("cmdline")).value_or(""));
    known_ = look_at_memory();
    read_mappings(read_proc_file(path_of("maps")).value_or(""));
  }

  LiveTarget(const LiveTarget&) = delete;
  LiveTarget& operator=(const LiveTarget&) = delete;
  LiveTarget(LiveTarget&&) = delete;
  LiveTarget& operator=(LiveTarget&&) = delete;
  ~LiveTarget() override { stragglers_->let_go(); }

  [[nodiscard]] Host host() const override { return host_; }
  [[nodiscard]] const model::Source& source() const override { return source_; }
  [[nodiscard]] const memory::MemorySource& memory() const override { return memory_; }
  [[nodiscard]] std::span<const Mapping> mappings() const override { return mappings_; }
  [[nodiscard]] Result<Change> refresh(bool thorough) override {
    watch_.forget_states();
    files_.renew_rights();
    const Memory memory = look_at_memory();
    if (!thorough && memory == known_ && memory.code_begin != 0) {
      return Change::none;
    }
    auto maps = read_proc_file(path_of("maps"));
    // Another process that has got its number began later.
    if (!maps || maps->empty() || memory.start_ticks != known_.start_ticks) {
      return fail(ErrorKind::gone, fmt::format("look at process {} again", pid_), "it has ended",
                  "nothing is left to look at; was a core written?");
    }
    known_ = memory;
    if (*maps == maps_) {
      return Change::none;
    }
    const auto before = program();
    read_mappings(std::move(*maps));
    if (program() == before) {
      return Change::mappings;
    }
    source_.executable = files_.executable();
    source_.command_line = split_command_line(read_proc_file(path_of("cmdline")).value_or(""));
    return Change::program;
  }
  [[nodiscard]] Result<std::vector<ThreadInfo>> threads() const override {
    stragglers_->let_go();
    return watch_.look();
  }
  [[nodiscard]] std::optional<Syscall> syscall(Tid tid) const override { return watch_.syscall(tid); }
  [[nodiscard]] std::unique_ptr<Surroundings> surroundings() const override {
    return std::make_unique<LiveSurroundings>(pid_, reader_, files_);
  }
  [[nodiscard]] bool lifeless() const override { return false; }
  [[nodiscard]] Result<std::unique_ptr<Hold>> stop(std::span<const Tid> tids) override {
    stragglers_->let_go();
    return PtraceHold::stop(pid_, tids, stragglers_, stop_limit());
  }
  [[nodiscard]] Result<Registers> registers(Tid tid) const override {
    return fail(ErrorKind::unsupported, fmt::format("read the registers of thread {}", tid),
                "a thread's registers are known only while it is stopped", "stop it first");
  }
  [[nodiscard]] Result<FileHandle> open_file(std::string_view path) const override { return files_.open(path); }
  [[nodiscard]] Result<FileHandle> open_mapped(const Mapping& mapping) const override {
    return files_.open_mapped(mapping, mappings_, memory_);
  }
  [[nodiscard]] std::optional<double> started_at() const override;
  [[nodiscard]] std::optional<model::Crash> crash() const override { return std::nullopt; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return files_.warnings(); }

 private:
  [[nodiscard]] std::string path_of(std::string_view file) const { return fmt::format("/proc/{}/{}", reader_, file); }

  // What a program that has other mappings tells of itself otherwise.
  struct Memory {
    std::uint64_t start_ticks = 0;
    std::uint64_t size = 0;
    std::uint64_t code_begin = 0;
    std::uint64_t stack_begin = 0;
    bool operator==(const Memory&) const = default;
  };

  [[nodiscard]] Memory look_at_memory() const {
    const auto stat = read_proc_file(fmt::format("/proc/{}/stat", pid_));
    const auto fields = stat ? parse_stat(*stat) : std::nullopt;
    return fields ? Memory{.start_ticks = fields->start_ticks,
                           .size = fields->memory_size,
                           .code_begin = fields->code_begin,
                           .stack_begin = fields->stack_begin}
                  : Memory{};
  }

  void read_mappings(std::string maps) {
    maps_ = std::move(maps);
    mappings_ = parse_maps(maps_);
    for (Mapping& mapping : mappings_) {
      mapping.path = files_.inner_path(std::move(mapping.path));
    }
  }

  // What an exec changes and nothing else: where the first file and the stack of the main thread lie.
  [[nodiscard]] std::array<std::uint64_t, 4> program() const {
    const auto file = std::ranges::find_if(mappings_, [](const Mapping& one) { return one.inode != 0; });
    const auto stack = std::ranges::find(mappings_, "[stack]", &Mapping::path);
    const Mapping none;
    const Mapping& first = file == mappings_.end() ? none : *file;
    return {first.device, first.inode, first.begin, stack == mappings_.end() ? 0 : stack->end};
  }

  std::int64_t pid_;
  std::int64_t reader_;
  Host host_;
  memory::LiveMemory memory_;
  mutable ThreadWatch watch_;  // keeps files open between looks
  LiveFiles files_;
  std::shared_ptr<Stragglers> stragglers_ = std::make_shared<Stragglers>(pid_);
  model::Source source_;
  std::string maps_;  // as the kernel told them last
  std::vector<Mapping> mappings_;
  Memory known_;
};

std::optional<double> LiveTarget::started_at() const {
  const auto stat = read_proc_file(fmt::format("/proc/{}/stat", pid_));
  const auto fields = stat ? parse_stat(*stat) : std::nullopt;
  const auto machine = read_proc_file("/proc/stat");
  const auto at = machine ? machine->find("\nbtime ") : std::string::npos;
  if (!fields || at == std::string::npos) {
    return std::nullopt;
  }
  const double boot = std::strtod(machine->c_str() + at + 7, nullptr);
  return boot + static_cast<double>(fields->start_ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

Result<std::unique_ptr<Target>> open_process(std::int64_t pid, const Host& host) {
  // /proc answers to the id of any thread; the process is what is meant.
  const auto status = pid > 0 ? read_proc_file(fmt::format("/proc/{}/status", pid)) : std::nullopt;
  pid = status ? status_number(*status, "Tgid").value_or(pid) : pid;
  if (auto error = why_not(pid)) {
    return std::unexpected(std::move(*error));
  }
  auto target = std::make_unique<LiveTarget>(pid, living_thread(pid).value_or(pid), host);
  // The proof that its memory may be read: the first bytes of its first file.
  const auto mappings = target->mappings();
  if (mappings.empty()) {
    return fail(ErrorKind::gone, fmt::format("read the mappings of process {}", pid), "it has no memory (any more)",
                "it may just have ended or be about to run another program; look again");
  }
  for (const Mapping& mapping : mappings) {
    if (!mapping.readable) {
      continue;
    }
    const auto byte = target->memory().get<std::uint8_t>(mapping.begin);
    if (!byte && byte.error().reason == memory::FaultReason::denied) {
      return std::unexpected(explain_refusal(gather_access_facts(pid, Access::memory, EPERM),
                                             fmt::format("read the memory of process {}", pid)));
    }
    break;
  }
  return target;
}

}  // namespace stillframe::target
