// stillframe dump PID …: the stacks of running processes.
#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"
#include "photograph/photograph.h"
#include "target/live_target.h"

namespace stillframe::cli {
namespace {

struct DumpOptions {
  std::vector<std::int64_t> pids;
  photograph::Wishes wishes;
  OutputOptions output;
};

Result<model::Still> take(std::int64_t pid, const photograph::Wishes& wishes) {
  auto target = target::open_process(pid);
  if (!target) {
    return std::unexpected(std::move(target.error()));
  }
  return photograph::take(**target, wishes);
}

int run(const DumpOptions& options, const Environment& environment) {
  std::size_t shown = 0;
  bool whole = true;
  bool usage = false;
  for (const std::int64_t pid : options.pids) {
    const auto still = take(pid, options.wishes);
    if (!still) {
      print(still.error());
      usage = usage || still.error().kind == ErrorKind::usage;
      continue;
    }
    if (!print(*still, options.output, environment)) {
      return kNothing;
    }
    ++shown;
    whole = whole && !still->partial;
  }
  if (shown == 0) {
    return usage ? kUsage : kNothing;
  }
  return whole && shown == options.pids.size() ? kAll : kPartial;
}

}  // namespace

void add_dump(CLI::App& program, const Environment& environment, int& exit_code) {
  const auto options = std::make_shared<DumpOptions>();
  CLI::App* command = program.add_subcommand("dump", "Show the stacks of running Python processes");
  command->alias("remote");
  command->add_option("pid,-p,--pid", options->pids, "Process ids")->required()->type_name("PID");
  command->add_flag("--no-block", options->wishes.no_block,
                    "Never stop a thread; a stack read while it changes may be torn, and the still says so");
  command->add_flag("--exhaustive", options->wishes.exhaustive,
                    "Search the memory for interpreters, whatever the symbols say (slow)");
  add_output_options(*command, options->output);
  command->footer(R"(Examples:
  stillframe dump 4211                  what every Python thread of process 4211 is doing
  stillframe dump $(pgrep -f app.py)    the same for all processes that run app.py
  stillframe dump --json 4211 | jq .    for programs
  stillframe dump --no-block 4211       do not stop the process, whatever it does

A process whose threads all sleep is not stopped at all. Where threads run, they are stopped for well under a
millisecond while memory is copied.

Exit codes: 0 all was shown, 1 nothing could be shown, 2 wrong usage, 3 something is missing (a warning says what).)");
  command->callback([options, &environment, &exit_code] { exit_code = run(*options, environment); });
}

}  // namespace stillframe::cli
