// stillframe dump PID …: the stacks of running processes.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/explain.h"
#include "api/looks.h"
#include "command.h"
#include "target/live_target.h"
#include "targets.h"

namespace stillframe::cli {
namespace {

struct DumpOptions {
  std::vector<std::string> pids;  // as they were typed
  capture::Options reading;
  OutputOptions output;
};

Result<std::vector<std::int64_t>> parse_pids(const std::vector<std::string>& texts) {
  std::vector<std::int64_t> pids;
  for (const std::string& text : texts) {
    const auto pid = parse_pid(text);
    if (!pid) {
      return std::unexpected(pid.error());
    }
    pids.push_back(*pid);
  }
  if (pids.empty()) {
    return fail(ErrorKind::usage, "tell which process to look at", "no process id was given", std::string(kPidAdvice));
  }
  return pids;
}

Result<model::Still> take(std::int64_t pid, const capture::Options& reading) {
  auto target = target::open_process(pid);
  if (!target) {
    return std::unexpected(std::move(target.error()));
  }
  auto still = api::take(**target, reading);
  if (still) {
    api::explain(**target, *still);
  }
  return still;
}

int run(const DumpOptions& options, const Environment& environment) {
  const auto pids = parse_pids(options.pids);
  if (!pids) {
    print(pids.error());
    return kUsage;
  }
  capture::Options reading = options.reading;
  reading.fetch = fetch_for(options.reading, options.output);
  reading.resources = resources_for(options.output);
  std::size_t shown = 0;
  bool whole = true;
  for (const std::int64_t pid : *pids) {
    const auto still = take(pid, reading);
    if (!still) {
      print(still.error());
      continue;
    }
    const bool apart = shown > 0 && !options.output.json;
    if ((apart && !print("\n")) || !print(*still, options.output, environment)) {
      return shown > 0 ? kPartial : kNothing;
    }
    ++shown;
    whole = whole && !still->partial;
  }
  if (shown == 0) {
    return kNothing;
  }
  return whole && shown == pids->size() ? kAll : kPartial;
}

}  // namespace

void add_dump(CLI::App& program, const Environment& environment, int& exit_code) {
  const auto options = std::make_shared<DumpOptions>();
  CLI::App* command = program.add_subcommand("dump", "Show the stacks of running Python processes");
  command->alias("remote");
  command->add_option("pid,-p,--pid", options->pids, "Process ids")->type_name("PID");
  add_reading_options(*command, options->reading, "a stack read while it changes");
  add_value_options(*command, options->reading.values);
  add_native_options(*command, options->reading, options->output);
  add_output_options(*command, options->output);
  command->footer(R"(Examples:
  stillframe dump 4211                  what every Python thread of process 4211 is doing
  stillframe dump $(pgrep -f app.py)    the same for all processes that run app.py
  stillframe dump --native 4211         C, C++ and Rust frames too, each in its place
  stillframe dump --native-all 4211     of every thread, also of a program without Python
  stillframe dump --locals 4211         arguments and locals of every call
  stillframe dump --json 4211 | jq .    for programs
  stillframe dump --no-block 4211       do not stop the process, whatever it does

A process whose threads all sleep is not stopped at all. Where threads run, they are stopped while memory is
copied: about half a millisecond with twenty threads, some milliseconds with hundreds, or with --locals.

Exit codes: 0 all was shown, 1 nothing could be shown, 2 wrong usage, 3 something is missing (a warning says what).)");
  command->callback([options, &environment, &exit_code] { exit_code = run(*options, environment); });
}

}  // namespace stillframe::cli
