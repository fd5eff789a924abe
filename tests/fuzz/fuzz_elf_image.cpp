// The input is memory at an address; what is in it is read as a loaded ELF image.
#include <cstddef>
#include <cstdint>
#include <span>

#include "binary/elf_image.h"
#include "fake_memory.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr stillframe::memory::Address kBase = 0x10000;
  stillframe::testing::FakeMemory memory;
  memory.write(kBase, std::as_bytes(std::span(data, size)));
  if (const auto image = stillframe::binary::ElfImage::at(memory, kBase)) {
    (void)image->build_id(memory);
    (void)image->find_dynamic_symbol(memory, "_PyRuntime");
    (void)image->find_dynamic_symbol(memory, "a");
  }
  return 0;
}
