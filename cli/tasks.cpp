// stillframe tasks PID|CORE: the tasks of asyncio, trio, curio and gevent, who awaits whom, and what each of them waits
// for in the end.
#include "render/tasks.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "api/explain.h"
#include "api/looks.h"
#include "command.h"
#include "targets.h"

namespace stillframe::cli {
namespace {

struct TasksOptions {
  std::string target;
  CoreFiles files;
  capture::Options reading;
  OutputOptions output;
};

int run(const TasksOptions& options, const Environment& environment) {
  const auto target = open_target(options.target, options.files, "stillframe tasks 4211");
  if (!target) {
    print(target.error());
    return exit_code_of(target.error());
  }
  auto still = api::take(**target, options.reading);
  if (!still) {
    print(still.error());
    return kNothing;
  }
  api::explain(**target, *still);
  if (!print(options.output.json ? render::tasks_to_json(*still, environment.version)
                                 : render::tasks_to_text(*still, text_options(options.output, environment)))) {
    return kNothing;
  }
  return still->partial ? kPartial : kAll;
}

}  // namespace

void add_tasks(CLI::App& program, const Environment& environment, int& exit_code) {
  const auto options = std::make_shared<TasksOptions>();
  options->reading.tasks = capture::TaskOption::all;
  CLI::App* command = program.add_subcommand("tasks",
                                             "Show the tasks (asyncio, trio, curio, gevent) of a Python process or "
                                             "core file: who awaits whom, where, and for what");
  add_target_options(*command, options->target, options->files);
  add_reading_options(*command, options->reading, "tasks read while they change");
  add_format_options(*command, options->output, "Write JSON (docs/tasks.schema.json), one object");
  command->add_flag("--no-fold", options->output.no_fold, "Show every task, also where many stand at the same place");
  command->add_flag("--no-hide", options->output.no_hide, "Show the scheduler's own calls too, which only wait");
  command->footer(R"(Examples:
  stillframe tasks 4211                    every task of every loop, as the tree of who awaits whom
  stillframe tasks 4211 | less             a task that others await stands below the first of them
  stillframe tasks core.4211               what they were doing when the process died
  stillframe tasks 4211 --json | jq '.tasks[] | select(.waits_for.kind == "lock")'

Below each loop stand its tasks, each with the calls it is in, outermost first, and what the innermost waits for: a sleep
and how much of it is left, a socket, a lock and who likely holds it, a queue, a job and the thread that runs it. A loop
whose thread is held up by a call of its own says so.

Exit codes: 0 all was shown, 1 nothing could be shown, 2 wrong usage, 3 something is missing (a message says what).)");
  command->callback([options, &environment, &exit_code] { exit_code = run(*options, environment); });
}

}  // namespace stillframe::cli
