#include "target/live_target.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "binary/elf_file.h"
#include "binary/elf_image.h"
#include "memory/live_memory.h"
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
  explicit LiveTarget(std::int64_t pid) : pid_(pid), memory_(static_cast<pid_t>(pid)), watch_(pid) {
    source_.kind = model::SourceKind::process;
    source_.pid = pid;
    source_.executable = read_link("exe");
    source_.command_line = split_command_line(read_proc_file(path_of("cmdline")).value_or(""));
    mappings_ = parse_maps(read_proc_file(path_of("maps")).value_or(""));
  }

  [[nodiscard]] const model::Source& source() const override { return source_; }
  [[nodiscard]] const memory::MemorySource& memory() const override { return memory_; }
  [[nodiscard]] std::span<const Mapping> mappings() const override { return mappings_; }
  [[nodiscard]] Result<std::vector<ThreadInfo>> threads() const override { return watch_.look(); }
  [[nodiscard]] std::optional<Syscall> syscall(Tid tid) const override { return watch_.syscall(tid); }
  [[nodiscard]] bool lifeless() const override { return false; }
  [[nodiscard]] Result<std::unique_ptr<Hold>> stop(std::span<const Tid> tids) override {
    return PtraceHold::stop(pid_, tids);
  }
  [[nodiscard]] Result<Registers> registers(Tid tid) const override {
    return fail(ErrorKind::unsupported, fmt::format("read the registers of thread {}", tid),
                "a thread's registers are known only while it is stopped", "stop it first");
  }
  [[nodiscard]] Result<FileHandle> open_file(std::string_view path) const override;
  [[nodiscard]] Result<FileHandle> open_mapped(const Mapping& mapping) const override;
  [[nodiscard]] std::optional<double> started_at() const override;
  [[nodiscard]] std::optional<model::Crash> crash() const override { return std::nullopt; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return {}; }

 private:
  [[nodiscard]] std::string path_of(std::string_view file) const { return fmt::format("/proc/{}/{}", pid_, file); }
  [[nodiscard]] std::optional<std::string> read_link(std::string_view file) const;
  [[nodiscard]] bool is_mapped_file(int fd, const Mapping& mapping) const;

  std::int64_t pid_;
  memory::LiveMemory memory_;
  mutable ThreadWatch watch_;  // keeps files open between looks
  model::Source source_;
  std::vector<Mapping> mappings_;
};

std::optional<std::string> LiveTarget::read_link(std::string_view file) const {
  std::array<char, 4096> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): readlink fills it
  const ssize_t size = readlink(path_of(file).c_str(), text.data(), text.size());
  if (size <= 0) {
    return std::nullopt;
  }
  std::string_view path(text.data(), static_cast<std::size_t>(size));
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted)) {
    path.remove_suffix(kDeleted.size());
  }
  return std::string(path);
}

Result<FileHandle> LiveTarget::open_file(std::string_view path) const {
  const bool absolute = path.starts_with('/');
  const std::string real =
      absolute ? fmt::format("/proc/{}/root{}", pid_, path) : fmt::format("/proc/{}/cwd/{}", pid_, path);
  // Never wait for a pipe, never open a device for good: who reads it checks that it is a regular file.
  FileHandle file(open(real.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) {
    return fail(ErrorKind::not_found, fmt::format("open {}", path), std::strerror(errno),
                "the file may have been moved or deleted since the program started");
  }
  return file;
}

// Whether an open file is the one that is mapped, and not another one of the same name.
bool LiveTarget::is_mapped_file(int fd, const Mapping& mapping) const {
  struct stat status{};
  if (fstat(fd, &status) != 0) {
    return false;
  }
  const std::uint64_t device = (std::uint64_t{major(status.st_dev)} << 32U) | minor(status.st_dev);
  if (status.st_ino == mapping.inode && device == mapping.device) {
    return true;
  }
  // Overlay and btrfs show one device in maps and another one here: compare what the files say of themselves.
  const auto image = binary::ElfImage::at(memory_, mapping.begin);
  const auto file = binary::ElfFile::open(fd, mapping.path);
  const std::string id = image ? image->build_id(memory_) : "";
  return file && !id.empty() && file->build_id() == id;
}

Result<FileHandle> LiveTarget::open_mapped(const Mapping& mapping) const {
  // The mapped file itself, also when it was deleted; needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
  const std::string link = path_of(fmt::format("map_files/{:x}-{:x}", mapping.begin, mapping.end));
  if (FileHandle file(open(link.c_str(), O_RDONLY | O_CLOEXEC)); file) {
    return file;
  }
  if (source_.executable == mapping.path) {
    if (FileHandle file(open(path_of("exe").c_str(), O_RDONLY | O_CLOEXEC)); file) {
      return file;
    }
  }
  auto file = open_file(mapping.path);
  if (file && !is_mapped_file(file->fd(), mapping)) {
    return fail(ErrorKind::not_found, fmt::format("open the mapped file {}", mapping.path),
                "the file on disk is another one now: it was replaced after the program started",
                "run stillframe as root: it then opens the file that is really mapped");
  }
  return file;
}

std::optional<double> LiveTarget::started_at() const {
  const auto stat = read_proc_file(path_of("stat"));
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

Result<std::unique_ptr<Target>> open_process(std::int64_t pid) {
  if (auto error = why_not(pid)) {
    return std::unexpected(std::move(*error));
  }
  auto target = std::make_unique<LiveTarget>(pid);
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
      return std::unexpected(
          explain_refusal(gather_access_facts(pid, EPERM), fmt::format("read the memory of process {}", pid)));
    }
    break;
  }
  return target;
}

}  // namespace stillframe::target
