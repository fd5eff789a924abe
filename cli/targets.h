// How the command line names what is to be looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "binary/decompress.h"
#include "command.h"
#include "model/result.h"
#include "target/core_target.h"

namespace stillframe::cli {

inline constexpr std::string_view kPidAdvice =
    "pgrep -af python, which lists the running Python programs with their process ids";

// A process id as it was typed.
Result<std::int64_t> parse_pid(const std::string& text);

// Where the files of a core are on this machine.
struct CoreFiles {
  target::CoreOptions core;
  binary::DecompressLimits decompress;  // of a compressed one
  std::string executable;               // empty: found from the core
  std::string library_root;             // empty: /
};

// Adds --lib-search-path and --lib-search-root.
void add_core_file_options(CLI::App& command, CoreFiles& files);
// Adds the target itself (what open_target() takes) and the options of a core's files, --executable included.
void add_target_options(CLI::App& command, std::string& target, CoreFiles& files);
Result<std::unique_ptr<target::Target>> open_core(const std::string& path, const CoreFiles& files);

// Opens what a number means as a process, and anything else as a core file. `example` is a command line of the
// subcommand, for who gave nothing.
Result<std::unique_ptr<target::Target>> open_target(const std::string& typed, const CoreFiles& files,
                                                    std::string_view example);

}  // namespace stillframe::cli
