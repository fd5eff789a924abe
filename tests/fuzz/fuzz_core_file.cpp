// Any bytes as a core file: opened, its threads listed, memory read at the edges of its segments.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "target/core_target.h"

namespace {

using stillframe::target::Target;

// An input in a file without a name, whose path others can open while this lives.
class InputFile {
 public:
  InputFile(const std::uint8_t* data, std::size_t size) : fd_(memfd_create("core", MFD_CLOEXEC)) {
    while (size > 0) {
      const ssize_t done = write(fd_, data, size);
      if (done <= 0) {
        break;
      }
      data += done;
      size -= static_cast<std::size_t>(done);
    }
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  InputFile(InputFile&&) = delete;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile() { close(fd_); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

void read_edges(const Target& target) {
  std::array<std::byte, 64> bytes{};
  std::size_t looked_at = 0;
  for (const auto& mapping : target.mappings()) {
    for (const std::uint64_t address : {mapping.begin, mapping.begin - 8, mapping.end - 64, mapping.end - 32}) {
      (void)target.memory().read(address, bytes);
    }
    if (!mapping.path.empty()) {
      (void)target.open_mapped(mapping);
    }
    if (++looked_at == 100) {
      break;
    }
  }
  (void)target.memory().read(~std::uint64_t{0} - 8, bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const InputFile input(data, size);
  const auto opened = stillframe::target::open_core(input.path(), {});
  if (!opened) {
    return 0;
  }
  const Target& target = **opened;
  if (const auto threads = target.threads()) {
    for (const auto& thread : *threads) {
      (void)target.registers(thread.tid);
      (void)target.syscall(thread.tid);
    }
  }
  (void)target.crash();
  read_edges(target);
  (void)target.warnings();
  return 0;
}
