// The mapped files of a dead process as they are found on this machine: recognised by build-id, never by name alone,
// opened only when something of them is needed.
#pragma once

#include <elf.h>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "binary/core_file.h"
#include "memory/core_memory.h"
#include "target/core_modules.h"
#include "target/core_paths.h"
#include "target/target.h"

namespace stillframe::target {

// How sure it is that a file is the one that was mapped.
enum class FileMatch : std::uint8_t {
  none,       // it is another one
  plausible,  // the core does not hold what would prove it, but its segments lie as those of the file do
  certain,    // same build-id, or without one the same first page
};

class CoreFiles final : public memory::AbsentPages {
 public:
  // All must outlive this. `given` is the executable that the user named; it is tried first for the main module.
  CoreFiles(const binary::CoreFile& core, const std::vector<CoreModule>& modules, const memory::MemorySource& dumped,
            const CoreOptions& options);
  ~CoreFiles() override;

  // Whether the executable that the user gave is the core's; the error shows both build-ids.
  [[nodiscard]] Result<void> check_given_executable(const std::string& core_name) const;

  std::size_t read(Address address, std::span<std::byte> into) const override;
  [[nodiscard]] Result<FileHandle> open(const Mapping& mapping) const;
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct Found;

  [[nodiscard]] FileMatch compare(const CoreModule& module, int fd) const;
  static bool is_hole(const ModulePart& part, std::span<const Elf64_Phdr> loads, Address bias);
  [[nodiscard]] bool lies_alike(const CoreModule& module, int fd) const;
  const Found& find(const CoreModule& module) const;
  void try_candidates(const CoreModule& module, const std::vector<std::string>& candidates, Found& found) const;
  [[nodiscard]] std::vector<std::string> below_root(std::string_view name) const;
  [[nodiscard]] bool may_have_changed(const Found& found, const ModulePart& part, Address address) const;

  const binary::CoreFile& core_;
  const std::vector<CoreModule>& modules_;
  const memory::MemorySource& dumped_;
  CorePaths paths_;
  std::optional<std::string> given_;
  const CoreModule* main_ = nullptr;
  bool anonymous_dumped_ = false;
  struct PartIndex {
    Address begin = 0;
    const CoreModule* module = nullptr;
    const ModulePart* part = nullptr;
  };
  std::vector<PartIndex> parts_;
  mutable std::optional<std::multimap<std::string, std::string>> below_root_;  // by file name; not walked yet: nothing
  mutable std::vector<std::unique_ptr<Found>> found_;                          // by module; null: not looked for yet
};

}  // namespace stillframe::target
