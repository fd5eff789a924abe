// Texts of /proc hold names that anybody may choose: comm, paths, command lines.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "target/proc_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)stillframe::target::parse_maps(text);
  (void)stillframe::target::parse_stat(text);
  (void)stillframe::target::parse_run_count(text);
  (void)stillframe::target::parse_syscall(text);
  (void)stillframe::target::status_field(text, "NSpid");
  (void)stillframe::target::status_number(text, "Uid");
  return 0;
}
