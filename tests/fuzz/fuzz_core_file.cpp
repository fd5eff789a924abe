// Any bytes as a core file: opened, its threads listed, memory read at the edges of its segments. The mutator begins
// with a small whole core, plain and compressed, so that no corpus is needed.
#include <fcntl.h>
#include <lz4frame.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "core_builder.h"
#include "target/core_target.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

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

// A core of two threads and one library, smaller than libFuzzer's first limit of 4096 bytes.
std::string small_core() {
  constexpr std::uint64_t base = 0x7f0000000000;
  stillframe::testing::CoreBuilder core;
  core.alignment = 64;
  core.thread(100, SIGSEGV)
      .process(100, "python3", "python3 app.py")
      .signal(SIGSEGV, 1, 0x10)
      .auxv({{AT_PHDR, base + 64}, {AT_ENTRY, base}, {AT_RANDOM, 0x600010}})
      .files({{base, base + 4096, 0, "/usr/lib/libx.so"}, {base + 4096, base + 8192, 1, "/usr/lib/libx.so"}})
      .thread(101);
  core.memory(0x600000, std::string(64, 'h'))
      .memory(base, stillframe::testing::make_library("0123456789abcdef").substr(0, 1088), PF_R, 4096)
      .memory(base + 4096, "", PF_R | PF_X, 4096);
  return core.build();
}

std::string packed(const std::string& text, unsigned how) {
  std::string out(text.size() * 2 + 1024, '\0');
  if (how == 0) {
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  } else if (how == 1) {
    out.resize(LZ4F_compressFrame(out.data(), out.size(), text.data(), text.size(), nullptr));
  } else {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // NOLINT: zlib's interface
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
  }
  return out;
}

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

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  constexpr std::size_t too_small = 16;
  if (size >= too_small) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  const std::string core = small_core();
  const std::string start = seed % 8 < 3 ? packed(core, seed % 8) : core;
  const std::size_t length = start.size() < max_size ? start.size() : max_size;
  std::memcpy(data, start.data(), length);
  return length;
}

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
