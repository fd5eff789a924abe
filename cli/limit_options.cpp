// What one look may cost at most, and what raises that.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "capture/options.h"
#include "command.h"

namespace stillframe::cli {

void add_limit_options(CLI::App& command, capture::Options& reading) {
  constexpr std::uint64_t kMostCalls = 1'000'000'000;
  command
      .add_option("--max-frames", reading.chain_limits.frames,
                  "Calls that are shown of one thread; of all together it is two thirds more")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, kMostCalls))
      ->capture_default_str();
  command.add_option("--max-threads", reading.chain_limits.threads, "Python threads that are shown")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, kMostCalls))
      ->capture_default_str();
  command
      .add_option_function<std::uint64_t>(
          "--max-read", [&reading](std::uint64_t mebibytes) { reading.max_read = mebibytes << 20U; },
          "MiB of source and debug files that are read")
      ->type_name("MIB")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 30U))
      ->default_str(std::to_string(reading.max_read >> 20U));
}

void add_stop_option(CLI::App& command, capture::Options& reading) {
  command
      .add_option_function<std::int64_t>(
          "--stop-limit", [&reading](std::int64_t limit) { reading.stop_limit = std::chrono::milliseconds(limit); },
          "How long a stop waits for threads that get no CPU, all together; the others stand still meanwhile")
      ->type_name("MS")
      ->check(CLI::Range(1, 3'600'000))
      ->default_str(std::to_string(reading.stop_limit.count()));
}

}  // namespace stillframe::cli
