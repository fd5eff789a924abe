// A target that has files and nothing else.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "fake_memory.h"
#include "target/target.h"
#include "temporary_folder.h"

namespace stillframe::testing {

// Its "/" is a folder of its own that is removed with it.
class FilesTarget : public target::Target {
 public:
  [[nodiscard]] std::filesystem::path real(std::string_view path) const { return root_.path(path); }
  void write(std::string_view path, std::string_view bytes) const { root_.add(path, bytes); }

  [[nodiscard]] Result<target::FileHandle> open_file(std::string_view path) const override {
    ++opens;
    target::FileHandle file(::open(real(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
      return fail(ErrorKind::not_found, "open a file", "it is not there", "look elsewhere");
    }
    return file;
  }
  [[nodiscard]] std::optional<double> started_at() const override { return started; }

  [[nodiscard]] const model::Source& source() const override { return source_; }
  [[nodiscard]] const memory::MemorySource& memory() const override { return memory_; }
  [[nodiscard]] std::span<const target::Mapping> mappings() const override { return {}; }
  [[nodiscard]] Result<std::vector<target::ThreadInfo>> threads() const override {
    return std::vector<target::ThreadInfo>{};
  }
  [[nodiscard]] std::optional<target::Syscall> syscall(target::Tid /*tid*/) const override { return std::nullopt; }
  [[nodiscard]] bool lifeless() const override { return true; }
  [[nodiscard]] Result<std::unique_ptr<target::Hold>> stop(std::span<const target::Tid> /*tids*/) override {
    return nothing();
  }
  [[nodiscard]] Result<target::Registers> registers(target::Tid /*tid*/) const override { return nothing(); }
  [[nodiscard]] Result<target::FileHandle> open_mapped(const target::Mapping& /*mapping*/) const override {
    return nothing();
  }
  [[nodiscard]] std::optional<model::Crash> crash() const override { return std::nullopt; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return {}; }

  std::optional<double> started;
  mutable int opens = 0;

 private:
  static std::unexpected<Error> nothing() {
    return fail(ErrorKind::unsupported, "ask a fake", "it has only files", "");
  }

  TemporaryFolder root_;
  model::Source source_;
  FakeMemory memory_;
};

}  // namespace stillframe::testing
