// stillframe core FILE: the stacks of a process that died.
#include <CLI/CLI.hpp>
#include <memory>

#include "api/explain.h"
#include "api/looks.h"
#include "command.h"
#include "targets.h"

namespace stillframe::cli {
namespace {

struct CoreCommandOptions {
  std::string path;
  CoreFiles files;
  capture::Options reading;
  OutputOptions output;
};

int run(CoreCommandOptions& options, const Environment& environment) {
  if (options.path.empty()) {
    print(Error{.kind = ErrorKind::usage,
                .tried = "tell which core file to look at",
                .stopper = "no core file was given",
                .advice = "stillframe core CORE; where systemd keeps the cores, coredumpctl list shows them"});
    return kUsage;
  }
  const auto target = open_core(options.path, options.files);
  if (!target) {
    print(target.error());
    return exit_code_of(target.error());
  }
  options.reading.fetch = fetch_for(options.reading, options.output);
  options.reading.resources = resources_for(options.output);
  auto still = api::take(**target, options.reading);
  if (!still) {
    print(still.error());
    return kNothing;
  }
  api::explain(**target, *still);
  if (!print(*still, options.output, environment)) {
    return kNothing;
  }
  return still->partial ? kPartial : kAll;
}

}  // namespace

void add_core(CLI::App& program, const Environment& environment, int& exit_code) {
  const auto options = std::make_shared<CoreCommandOptions>();
  CLI::App* command = program.add_subcommand("core", "Show the stacks in a core file of a Python process");
  command->add_option("core", options->path, "The core file; may be compressed with zstd, lz4, gzip or xz")
      ->type_name("CORE");
  command
      ->add_option("executable", options->files.executable,
                   "The program that died; found from the core where it can be")
      ->type_name("EXECUTABLE");
  add_core_file_options(*command, options->files);
  options->reading.tasks = capture::TaskOption::many;
  add_search_option(*command, options->reading);
  add_value_options(*command, options->reading.values);
  add_native_options(*command, options->reading, options->output);
  add_output_options(*command, options->output);
  command->footer(R"(Examples:
  stillframe core core.4211                              what every Python thread was doing when it died
  stillframe core core.4211 /opt/app/bin/python3.12      with the program named
  stillframe core --native core.4211                     the C, C++ and Rust frames too
  stillframe core --locals core.4211                     arguments and locals of every call
  stillframe core --lib-search-root /mnt/image core.zst  a core from another machine, whose files are in /mnt/image

Files are matched by build-id, never by name alone. What the core does not hold is named in a warning.

Exit codes: 0 all was shown, 1 nothing could be shown, 2 wrong usage, 3 something is missing (a warning says what).)");
  command->callback([options, &environment, &exit_code] { exit_code = run(*options, environment); });
}

}  // namespace stillframe::cli
