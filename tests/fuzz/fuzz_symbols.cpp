// The input is an ELF file with debug information, whose addresses are named. Random bytes would never become one, so
// mutation begins with small objects that the system's compiler makes, and mostly happens within one of their sections.
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "binary/native_symbols.h"
#include "binary/symbol_image.h"
#include "temporary_folder.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using stillframe::binary::ImageSection;
using stillframe::binary::NativeSymbols;
using stillframe::binary::SymbolImage;

constexpr const char* kSource = R"(
#define LOAD(p) (*(p) + 1)
namespace shop {
template <typename T> struct Order {
  static inline __attribute__((always_inline)) int price(volatile T* p) { return LOAD(p); }
  __attribute__((noinline)) static int total(volatile T* p) { int a = price(p); { int b = price(p + 1); a += b; } return a; }
};
}
__attribute__((cold, noinline)) int unlikely(volatile int* p) { return *p; }
int entry(volatile int* p) { return *p > 1 ? unlikely(p) : shop::Order<int>::total(p); }
)";

std::vector<std::string>& seeds() {
  static std::vector<std::string> all;
  return all;
}

// A file of memory; owned by who asked.
int file_of(std::span<const std::byte> bytes) {
  const int fd = memfd_create("fuzzed", MFD_CLOEXEC);
  if (fd < 0 || write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
  return fd;
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

// One object, with the sections of its .dwo and of its .dwp file beside its own: whatever file is asked for, the input
// is it.
constexpr const char* kJoin = R"(
join() {
  for part in info abbrev str str_offsets rnglists line; do
    objcopy --dump-section .debug_$part.dwo=part $1 /dev/null 2> /dev/null &&
      objcopy --add-section .debug_$part.dwo=part a.so
  done
  objcopy --dump-section .debug_cu_index=part $1 /dev/null 2> /dev/null && objcopy --add-section .debug_cu_index=part a.so
}
)";

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  // Without a corpus libFuzzer would cut all input off at 4 KiB.
  static std::string longest = "-max_len=65536";
  static std::vector<char*> all(*arguments, *arguments + *count);
  all.insert(all.begin() + 1, longest.data());
  all.push_back(nullptr);
  *arguments = all.data();
  *count += 1;
  const stillframe::testing::TemporaryFolder folder;
  folder.add("a.cc", kSource);
  folder.add("join", kJoin);
  const std::string base = "g++ -shared -nostdlib -fPIC a.cc -o a.so ";
  for (const char* more :
       {"-gdwarf-5 -O2", "-gdwarf-4 -O2 -fdebug-types-section", "-g3 -O2 -undef", "-gdwarf-5 -gz -O1",
        "-O2 -s -Wl,--build-id", "-gdwarf-5 -O2 -gsplit-dwarf; join *.dwo", "-gdwarf-4 -O2 -gsplit-dwarf; join *.dwo",
        "-gdwarf-4 -O2 -gsplit-dwarf; dwp *.dwo -o a.dwp; join a.dwp",
        "-gdwarf-5 -O2; objcopy --only-keep-debug a.so a.debug; objcopy --add-gnu-debuglink=a.debug a.so",
        "-O2; xz -k a.so; objcopy -S --add-section .gnu_debugdata=a.so.xz a.so"}) {
    const std::string command = "cd " + folder.path() + " && . ./join && rm -f *.dwo *.xz && " + base + more;
    if (std::system(command.c_str()) == 0) {  // NOLINT(cert-env33-c): a command of our own
      seeds().push_back(content_of(folder.path("a.so")));
    }
  }
  if (seeds().size() < 8) {
    std::abort();
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  if (size < sizeof(Elf64_Ehdr) || seed % 64 == 0) {
    const std::string& chosen = seeds()[seed / 64 % seeds().size()];
    size = std::min(chosen.size(), max_size);
    std::memcpy(data, chosen.data(), size);
  }
  const auto image = SymbolImage::copy_of(std::as_bytes(std::span(data, size)));
  if (image != nullptr && !image->sections().empty() && seed % 8 != 0) {
    const ImageSection& section = image->sections()[seed / 8 % image->sections().size()];
    if (section.in_file && section.size != 0) {
      LLVMFuzzerMutate(data + section.offset, section.size, section.size);
      return size;
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto image = SymbolImage::copy_of(bytes);
  const auto open_file = [bytes](const std::string& path) {
    const bool source = path.ends_with(".cc");
    return file_of(source ? std::as_bytes(std::span(kSource, std::strlen(kSource))) : bytes);
  };
  const int fd = size % 4 == 0 ? -1 : file_of(bytes);
  const auto symbols =
      fd < 0 ? NativeSymbols::from_bytes({bytes.begin(), bytes.end()}, "fuzzed.so")
             : NativeSymbols::open(
                   fd, "/lib/fuzzed.so",
                   {.debug_file = open_file, .source = open_file, .access = stillframe::binary::FileAccess::mapped},
                   [&](const std::string&) { return file_of(bytes); });
  if (fd >= 0) {
    close(fd);
  }
  if (image == nullptr || symbols == nullptr) {
    return 0;
  }
  for (const ImageSection& section : image->sections()) {
    if ((section.flags & SHF_EXECINSTR) == 0) {
      continue;
    }
    for (std::uint64_t at = 0; at < std::min<std::uint64_t>(section.size, 256); at += 7) {
      (void)symbols->calls_at(section.address + at, at % 2 == 0);
      (void)symbols->function_at(section.address + at);
    }
  }
  (void)symbols->calls_at(image->header().e_entry, false);
  return 0;
}
