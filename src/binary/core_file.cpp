#include "binary/core_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "binary/core_headers.h"
#include "binary/core_notes.h"
#include "binary/core_segments.h"

namespace stillframe::binary {
namespace {

std::string reading(const std::string& name) {
  return fmt::format("read the core file {}", name);
}

std::unexpected<Error> not_a_core(const CoreHeaders& headers, const std::string& name) {
  switch (headers.type) {
    case ET_EXEC:
    case ET_DYN:
      return fail(ErrorKind::unsupported, reading(name), "it is an executable or a library, not a core",
                  "pass the core first and the executable after it: stillframe core CORE [EXECUTABLE]");
    case ET_REL:
      return fail(ErrorKind::unsupported, reading(name), "it is an object file of a compiler, not a core",
                  "pass the core first: stillframe core CORE [EXECUTABLE]");
    default:
      return fail(ErrorKind::unsupported, reading(name),
                  fmt::format("it is an ELF file of type {}, not a core", headers.type),
                  "pass the core first: stillframe core CORE [EXECUTABLE]");
  }
}

void append(std::vector<std::string>& all, std::vector<std::string>&& more) {
  std::ranges::move(more, std::back_inserter(all));
}

}  // namespace

Result<CoreFile> CoreFile::open(int fd, const std::string& name) {
  CoreFile core;
  core.file_ = FileReader(fd);
  auto headers = read_core_headers(core.file_, name);
  if (!headers) {
    return std::unexpected(headers.error());
  }
  CoreNotes notes = read_core_notes(core.file_, *headers);
  if (headers->type != ET_CORE) {
    if (notes.threads.empty()) {
      return not_a_core(*headers, name);
    }
    headers->warnings.emplace_back("the core's ELF type is damaged; it was read as a core, for it holds threads");
  }
  if (!notes.machine) {
    return fail(ErrorKind::unsupported, reading(name),
                fmt::format("it is of another architecture ({}); Stillframe reads x86-64 and AArch64",
                            machine_name(headers->machine)),
                "look at it with gdb-multiarch");
  }
  core.machine_ = *notes.machine;
  core.threads_ = std::move(notes.threads);
  core.process_ = std::move(notes.process);
  core.signal_ = notes.signal;
  core.file_mappings_ = std::move(notes.file_mappings);
  core.file_list_damaged_ = notes.file_list_damaged;
  core.file_list_doubtful_ = notes.file_list_doubtful;
  core.auxv_ = std::move(notes.auxv);
  append(core.warnings_, std::move(headers->warnings));
  append(core.warnings_, std::move(notes.warnings));

  ArrangedSegments arranged = arrange_segments(std::move(headers->loads), core.file_.size());
  core.segments_ = std::move(arranged.segments);
  core.missing_bytes_ = arranged.missing_bytes;
  append(core.warnings_, std::move(arranged.warnings));
  const auto has_bytes = [](const CoreSegment& segment) { return segment.present > 0; };
  if (std::ranges::none_of(core.segments_, has_bytes)) {
    return fail(ErrorKind::damaged, reading(name),
                fmt::format("it holds no memory, only headers that name {} threads{}", core.threads_.size(),
                            core.missing_bytes_ > 0 ? ": it was cut off before the memory began" : ""),
                "take the core again, with room on the disk, `ulimit -c unlimited` and the default "
                "/proc/PID/coredump_filter");
  }
  if (core.missing_bytes_ > 0) {
    core.warnings_.push_back(
        fmt::format("the core is cut off: {} of {} bytes are there, the memory behind them is missing (a full disk, or "
                    "`ulimit -c`?)",
                    core.file_.size(), std::max(arranged.promised_end, core.file_.size())));
  }
  if (core.threads_.empty()) {
    core.warnings_.emplace_back("the core names no threads: registers, states and thread ids are missing");
  }
  return core;
}

std::optional<CoreRegisters> CoreFile::registers(const CoreThread& thread) const {
  return read_core_registers(file_, machine_, thread);
}

std::optional<std::uint64_t> CoreFile::auxv(std::uint64_t type) const {
  const auto found = std::ranges::find(auxv_, type, &std::pair<std::uint64_t, std::uint64_t>::first);
  return found == auxv_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace stillframe::binary
