// An ELF core file, read leniently: cores are cut off by full disks and damaged on their way, so what contradicts
// itself is repaired from the redundancy that core files have, or left out, and a warning says so. Only what makes the
// whole unreadable is an error. Nothing here trusts a count, an offset or a length of the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binary/core_parts.h"
#include "binary/file_reader.h"
#include "model/result.h"

namespace stillframe::binary {

class CoreFile {
 public:
  // `fd` must stay open as long as the CoreFile lives; `name` is only for messages.
  static Result<CoreFile> open(int fd, const std::string& name);

  [[nodiscard]] CoreMachine machine() const { return machine_; }
  // Sorted by address, without overlaps.
  [[nodiscard]] const std::vector<CoreSegment>& segments() const { return segments_; }
  // In the core's order. The kernel writes the thread that died first, and gcore the one that was selected.
  [[nodiscard]] const std::vector<CoreThread>& threads() const { return threads_; }
  [[nodiscard]] std::optional<CoreRegisters> registers(const CoreThread& thread) const;
  [[nodiscard]] const std::optional<CoreProcess>& process() const { return process_; }
  [[nodiscard]] const std::optional<CoreSignal>& signal() const { return signal_; }
  // Sorted by address.
  [[nodiscard]] const std::vector<CoreFileMapping>& file_mappings() const { return file_mappings_; }
  // The list of mapped files is missing, or does not make sense throughout.
  [[nodiscard]] bool file_list_damaged() const { return file_list_damaged_; }
  // Some file seems to be mapped without its beginning, which is rare: a path may be damaged.
  [[nodiscard]] bool file_list_doubtful() const { return file_list_doubtful_; }
  [[nodiscard]] std::optional<std::uint64_t> auxv(std::uint64_t type) const;
  // In the core's order, AT_NULL left out.
  [[nodiscard]] const std::vector<std::pair<std::uint64_t, std::uint64_t>>& auxv() const { return auxv_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] bool truncated() const { return missing_bytes_ > 0; }
  [[nodiscard]] const FileReader& file() const { return file_; }

 private:
  FileReader file_;
  CoreMachine machine_ = CoreMachine::x86_64;
  std::vector<CoreSegment> segments_;
  std::vector<CoreThread> threads_;
  std::optional<CoreProcess> process_;
  std::optional<CoreSignal> signal_;
  std::vector<CoreFileMapping> file_mappings_;
  bool file_list_damaged_ = false;
  bool file_list_doubtful_ = false;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> auxv_;
  std::vector<std::string> warnings_;
  std::uint64_t missing_bytes_ = 0;
};

}  // namespace stillframe::binary
