// Texts of /proc hold names that anybody may choose: comm, paths, command lines.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "target/file_locks.h"
#include "target/open_file.h"
#include "target/proc_files.h"
#include "target/process_facts.h"
#include "target/socket_tables.h"
#include "target/unix_sockets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)stillframe::target::parse_maps(text);
  (void)stillframe::target::parse_stat(text);
  (void)stillframe::target::parse_run_count(text);
  (void)stillframe::target::parse_syscall(text);
  (void)stillframe::target::status_field(text, "NSpid");
  (void)stillframe::target::status_number(text, "Uid");
  (void)stillframe::target::parse_fd_link(text);
  stillframe::target::OpenFile file;
  stillframe::target::parse_fdinfo(text, file);
  (void)stillframe::target::parse_inet_socket(text, true);
  (void)stillframe::target::parse_unix_socket(text);
  (void)stillframe::target::parse_unix_answer(std::as_bytes(std::span(text)), 1);
  (void)stillframe::target::parse_lock_waits(text, 1);
  (void)stillframe::target::parse_process_status(text, 1);
  (void)stillframe::target::script_name(text);
  return 0;
}
