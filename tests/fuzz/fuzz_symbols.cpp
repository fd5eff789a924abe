// The input is an ELF file with debug information, whose addresses are named. Random bytes would never become one, so
// mutation begins with small objects that the system's compiler makes, and mostly happens within one of their sections.
#include <elf.h>

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

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  std::string directory = "/tmp/fuzz_symbolsXXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    std::abort();
  }
  const std::string source = directory + "/a.cc";
  std::ofstream(source) << kSource;
  for (const char* flags :
       {"-gdwarf-5 -O2", "-gdwarf-4 -O2 -gno-strict-dwarf", "-g3 -O2", "-gdwarf-5 -gz -O1", "-O2 -s -Wl,--build-id",
        "-gdwarf-5 -O2 -gsplit-dwarf -fdebug-types-section", "-gdwarf-4 -O2 -gsplit-dwarf"}) {
    const std::string command = "cd " + directory + " && g++ -shared -nostdlib -fPIC " + flags + " a.cc -o a.so";
    if (std::system(command.c_str()) == 0) {  // NOLINT(cert-env33-c): a command of our own
      seeds().push_back(content_of(directory + "/a.so"));
    }
  }
  if (std::system(("rm -r " + directory).c_str()) != 0 || seeds().empty()) {  // NOLINT(cert-env33-c)
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
  const auto symbols = NativeSymbols::from_bytes({bytes.begin(), bytes.end()}, "fuzzed.so");
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
