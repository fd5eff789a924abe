#include "targets.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "render/escape.h"
#include "target/live_target.h"

namespace stillframe::cli {
namespace {

// What a long decompression has done so far, on a terminal, in a line that is gone afterwards.
class Progress {
 public:
  explicit Progress(std::string path) : path_(std::move(path)) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;
  ~Progress() {
    if (told_) {
      write("\r\033[K");
    }
  }

  void tell(std::uint64_t bytes) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ > std::chrono::seconds(1)) {
      last_ = now;
      told_ = true;
      std::string name;
      render::append_escaped(name, path_);
      write(fmt::format("\rdecompressing {}: {:.1f} GiB", name, static_cast<double>(bytes) / (1 << 30)));
    }
  }

 private:
  // Where this fails, nobody looks.
  static void write(std::string_view text) {
    [[maybe_unused]] const ssize_t done = ::write(STDERR_FILENO, text.data(), text.size());
  }

  std::string path_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  bool told_ = false;
};

}  // namespace

Result<std::int64_t> parse_pid(const std::string& text) {
  std::int32_t pid = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (problem != std::errc{} || end != text.data() + text.size() || pid <= 0) {
    return fail(ErrorKind::usage, "look at process '" + text + "'",
                "a process id is a whole number from 1 to " + std::to_string(std::numeric_limits<std::int32_t>::max()),
                std::string(kPidAdvice));
  }
  return pid;
}

// "16G", "512M", "100000000"; kibibytes and so on, as the shell's tools have them.
void add_core_size_option(CLI::App& command, CoreFiles& files) {
  command.add_option("--max-core-size", files.decompress.most, "Of a compressed core at most so much is decompressed")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("16G");
}

void add_core_file_options(CLI::App& command, CoreFiles& files) {
  add_core_size_option(command, files);
  command
      .add_option("--lib-search-path", files.core.library_search_path,
                  "Folders to look for the core's libraries in, separated by ':'")
      ->delimiter(':')
      ->allow_extra_args(false)
      ->type_name("PATH");
  command
      .add_option("--lib-search-root", files.library_root,
                  "A folder that stands for / of the machine the core comes from")
      ->type_name("FOLDER");
}

void add_target_options(CLI::App& command, std::string& target, CoreFiles& files) {
  command.add_option("target", target, "Process id, or core file")->type_name("PID|CORE");
  command.add_option("--executable", files.executable, "Of a core: the program that died")->type_name("EXECUTABLE");
  add_core_file_options(command, files);
}

Result<std::unique_ptr<target::Target>> open_core(const std::string& path, const CoreFiles& files) {
  target::CoreOptions options = files.core;
  if (!files.executable.empty()) {
    options.executable = files.executable;
  }
  if (!files.library_root.empty()) {
    options.library_search_root = files.library_root;
  }
  binary::DecompressLimits limits = files.decompress;
  Progress progress(path);
  if (isatty(STDERR_FILENO) != 0) {
    limits.progress = [&progress](std::uint64_t bytes) { progress.tell(bytes); };
  }
  return target::open_core(path, options, Host::everything(), limits);
}

Result<std::unique_ptr<target::Target>> open_target(const std::string& typed, const CoreFiles& files,
                                                    std::string_view example) {
  if (typed.empty()) {
    return fail(ErrorKind::usage, "tell what to look at", "neither a process id nor a core file was given",
                std::string(example) + "; " + std::string(kPidAdvice));
  }
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  if (!std::ranges::all_of(typed, is_digit)) {
    return open_core(typed, files);
  }
  const auto pid = parse_pid(typed);
  if (!pid) {
    return std::unexpected(pid.error());
  }
  return target::open_process(*pid, Host::everything());
}

}  // namespace stillframe::cli
