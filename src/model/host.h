// What reading a target may do to the process that reads it.
#pragma once

namespace stillframe {

// Nothing unless it is asked for: a library has no say in what its process does with signals, limits and children. What
// is forbidden costs time, memory or completeness, as each member tells, and is named in a warning where facts are
// missing for it.
struct Host {
  // Handles SIGBUS while ELF files of the target are mapped, since such a file may be cut short while it is read. The
  // handler that was there before gets all other SIGBUS. Forbidden: files are read into memory instead of mapped, which
  // takes longer and as much memory as they are large, and functions of files above 1 GiB have no names.
  bool handle_bus_errors = false;
  // Raises the soft limit of open files (RLIMIT_NOFILE) up to the hard one and leaves it there: three files a thread
  // are kept open. Forbidden: processes of hundreds of threads are read more slowly.
  bool raise_file_limit = false;
  // Starts a child process that opens files of network file systems: whoever opens a file of a dead server sleeps until
  // the server is back, and cannot be killed. Forbidden: files on such file systems are not opened, so that functions
  // and source lines from there are missing.
  bool start_helper = false;
  // Sets DEBUGINFOD_URLS and DEBUGINFOD_TIMEOUT in the environment, the only way to tell libdebuginfod its servers.
  // Forbidden: nothing is fetched through libdebuginfod.
  bool set_environment = false;

  // For a program whose only purpose this is.
  static constexpr Host everything() {
    return {.handle_bus_errors = true, .raise_file_limit = true, .start_helper = true, .set_environment = true};
  }
};

}  // namespace stillframe
