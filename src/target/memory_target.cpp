#include "target/memory_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "binary/elf_file.h"
#include "binary/elf_image.h"
#include "binary/file_reader.h"
#include "target/files_in_root.h"

namespace stillframe::target {
namespace {

constexpr std::size_t kFirstPage = 4096;

class MemoryTarget final : public Target {
 public:
  MemoryTarget(CallerMemory given, const Host& host) : given_(std::move(given)), host_(host) {
    source_.kind = model::SourceKind::core;
    source_.core = given_.name;
    source_.pid = given_.pid;
    source_.executable = given_.executable;
    source_.command_line = given_.command_line;
  }

  [[nodiscard]] Host host() const override { return host_; }
  [[nodiscard]] const model::Source& source() const override { return source_; }
  [[nodiscard]] const memory::MemorySource& memory() const override { return *given_.memory; }
  [[nodiscard]] std::span<const Mapping> mappings() const override { return given_.mappings; }
  [[nodiscard]] Result<std::vector<ThreadInfo>> threads() const override;
  [[nodiscard]] std::optional<Syscall> syscall(Tid /*tid*/) const override { return std::nullopt; }
  [[nodiscard]] bool lifeless() const override { return true; }
  [[nodiscard]] Result<std::unique_ptr<Hold>> stop(std::span<const Tid> /*tids*/) override {
    return fail(ErrorKind::usage, "stop the threads of a caller's memory", "none of them runs",
                "read it without stopping");
  }
  [[nodiscard]] Result<Registers> registers(Tid tid) const override;
  [[nodiscard]] Result<FileHandle> open_file(std::string_view path) const override;
  [[nodiscard]] Result<FileHandle> open_mapped(const Mapping& mapping) const override;
  [[nodiscard]] std::optional<double> started_at() const override { return std::nullopt; }
  [[nodiscard]] std::optional<model::Crash> crash() const override { return std::nullopt; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return {}; }

 private:
  [[nodiscard]] bool is_mapped(const FileHandle& file, const Mapping& mapping) const;

  CallerMemory given_;
  Host host_;
  model::Source source_;
};

Result<std::vector<ThreadInfo>> MemoryTarget::threads() const {
  std::vector<ThreadInfo> threads;
  threads.reserve(given_.threads.size());
  for (const CallerThread& thread : given_.threads) {
    threads.push_back({.tid = thread.tid,
                       .inner_tid = thread.tid,
                       .name = thread.name,
                       .state = model::OsState::dead,
                       .run_count = std::nullopt});
  }
  return threads;
}

Result<Registers> MemoryTarget::registers(Tid tid) const {
  const auto found = std::ranges::find(given_.threads, tid, &CallerThread::tid);
  if (found == given_.threads.end() || !found->registers) {
    return fail(ErrorKind::not_found, fmt::format("read the registers of thread {}", tid),
                "the caller's memory came without them", "give them in CallerThread::registers");
  }
  return *found->registers;
}

Result<FileHandle> MemoryTarget::open_file(std::string_view path) const {
  const bool asks = given_.open_file && !path.empty() && !path.contains('\0');
  FileHandle file(asks ? given_.open_file(std::string(path)) : -1);
  if (!file) {
    return fail(ErrorKind::not_found, fmt::format("open {}", path), "the caller's memory came without that file",
                "give it in CallerMemory::open_file");
  }
  return file;
}

// Whether the file is the one that was mapped: the same build-id, or without one the same first page.
bool MemoryTarget::is_mapped(const FileHandle& file, const Mapping& mapping) const {
  const auto first = std::ranges::find_if(given_.mappings, [&](const Mapping& one) {
    return one.offset == 0 && one.path == mapping.path && one.inode == mapping.inode && one.device == mapping.device;
  });
  if (first == given_.mappings.end()) {
    return false;
  }
  const auto image = binary::ElfImage::at(memory(), first->begin);
  const auto elf = binary::ElfFile::open(file.fd(), mapping.path);
  const std::string loaded = image ? image->build_id(memory()) : "";
  const std::string stored = elf ? elf->build_id() : "";
  if (!loaded.empty() || !stored.empty()) {
    return loaded == stored;
  }
  std::array<std::byte, kFirstPage> in_memory{};
  std::array<std::byte, kFirstPage> in_file{};
  const std::size_t size = binary::FileReader(file.fd()).read_some(0, in_file);
  return size > 0 && memory().read(first->begin, std::span(in_memory).first(size)).has_value() && in_memory == in_file;
}

Result<FileHandle> MemoryTarget::open_mapped(const Mapping& mapping) const {
  auto file = open_file(mapping.path);
  if (file && !is_mapped(*file, mapping)) {
    return fail(ErrorKind::not_found, fmt::format("open {}", mapping.path), "it is not the file that was mapped",
                "have CallerMemory::open_file give the file that the target ran");
  }
  return file;
}

std::optional<std::string> problem_of(const CallerMemory& memory) {
  if (memory.memory == nullptr) {
    return "there is no memory";
  }
  if (memory.mappings.empty()) {
    return "nothing is mapped in it";
  }
  std::uint64_t end = 0;
  for (const Mapping& mapping : memory.mappings) {
    if (mapping.begin >= mapping.end || mapping.begin < end) {
      return fmt::format("the mapping from {:#x} to {:#x} {}", mapping.begin, mapping.end,
                         mapping.begin < mapping.end ? "overlaps another one" : "ends before it begins");
    }
    end = mapping.end;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Target>> open_memory(CallerMemory memory, const Host& host) {
  std::ranges::sort(memory.mappings, {}, &Mapping::begin);
  if (auto problem = problem_of(memory)) {
    return fail(ErrorKind::usage, "look at the caller's memory", std::move(*problem),
                "give CallerMemory the target's memory and each of its mappings once");
  }
  return std::make_unique<MemoryTarget>(std::move(memory), host);
}

}  // namespace stillframe::target
