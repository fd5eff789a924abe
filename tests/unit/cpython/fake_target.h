// A target that has memory and mappings, and nothing else.
#pragma once

#include <vector>

#include "target/target.h"

namespace stillframe::testing {

class FakeTarget : public target::Target {
 public:
  // The memory must outlive it.
  FakeTarget(const memory::MemorySource& memory, std::vector<target::Mapping> mappings, bool lifeless)
      : memory_(memory), mappings_(std::move(mappings)), lifeless_(lifeless) {
    source_.executable = "/usr/bin/fake";
  }

  [[nodiscard]] const model::Source& source() const override { return source_; }
  [[nodiscard]] const memory::MemorySource& memory() const override { return memory_; }
  [[nodiscard]] std::span<const target::Mapping> mappings() const override { return mappings_; }
  [[nodiscard]] Result<std::vector<target::ThreadInfo>> threads() const override {
    return std::vector<target::ThreadInfo>{};
  }
  [[nodiscard]] std::optional<target::Syscall> syscall(target::Tid /*tid*/) const override { return std::nullopt; }
  [[nodiscard]] bool lifeless() const override { return lifeless_; }
  [[nodiscard]] Result<std::unique_ptr<target::Hold>> stop(std::span<const target::Tid> /*tids*/) override {
    return nothing();
  }
  [[nodiscard]] Result<target::Registers> registers(target::Tid /*tid*/) const override { return nothing(); }
  [[nodiscard]] Result<target::FileHandle> open_file(std::string_view /*path*/) const override { return nothing(); }
  [[nodiscard]] Result<target::FileHandle> open_mapped(const target::Mapping& /*mapping*/) const override {
    return nothing();
  }
  [[nodiscard]] std::optional<double> started_at() const override { return std::nullopt; }
  [[nodiscard]] std::optional<model::Crash> crash() const override { return std::nullopt; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return {}; }

 private:
  static std::unexpected<Error> nothing() {
    return fail(ErrorKind::unsupported, "ask a fake", "it has only memory", "");
  }

  const memory::MemorySource& memory_;
  std::vector<target::Mapping> mappings_;
  bool lifeless_;
  model::Source source_;
};

}  // namespace stillframe::testing
