// stillframe inspect PID|CORE NAME…: objects of a process, running or dead, with what they are made of.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "api/looks.h"
#include "command.h"
#include "cpython/objects/object_path.h"
#include "render/inspection.h"
#include "targets.h"

namespace stillframe::cli {
namespace {

struct InspectOptions {
  std::string target;
  std::vector<std::string> names;
  CoreFiles files;
  capture::Options reading;
  OutputOptions output;
};

Result<std::vector<cpython::ObjectPath>> parse_names(const InspectOptions& options) {
  if (options.names.empty()) {
    return fail(ErrorKind::usage, "tell which object to show", "no name and no address was given",
                "stillframe inspect " + (options.target.empty() ? "4211" : options.target) +
                    " __main__, which shows what the script itself has defined");
  }
  std::vector<cpython::ObjectPath> paths;
  for (const std::string& name : options.names) {
    auto path = cpython::parse_object_path(name);
    if (!path) {
      return std::unexpected(std::move(path.error()));
    }
    paths.push_back(std::move(*path));
  }
  return paths;
}

int print_all(const model::Inspection& inspection, const InspectOptions& options, const Environment& environment) {
  const auto found = std::ranges::count_if(inspection.answers, [](const auto& one) { return one.object.has_value(); });
  const render::TextOptions text = text_options(options.output, environment);
  if (options.output.json) {
    if (!print(render::to_json(inspection, environment.version))) {
      return kNothing;
    }
  } else if (found > 0 && !print(render::to_text(inspection, text))) {
    return kNothing;
  }
  for (const model::Answer& answer : inspection.answers) {
    if (answer.error) {
      print(*answer.error);
    }
  }
  return found == 0 ? kNothing : inspection.partial ? kPartial : kAll;
}

int run(const InspectOptions& options, const Environment& environment) {
  auto paths = parse_names(options);
  const auto target = paths ? open_target(options.target, options.files, "stillframe inspect 4211 app.config")
                            : std::unexpected(paths.error());
  if (!target) {
    print(target.error());
    return exit_code_of(target.error());
  }
  capture::Options reading = options.reading;
  reading.objects.paths = std::move(*paths);
  const auto inspection = api::inspect(**target, reading);
  if (!inspection) {
    print(inspection.error());
    return kNothing;
  }
  return print_all(*inspection, options, environment);
}

}  // namespace

void add_inspect(CLI::App& program, const Environment& environment, int& exit_code) {
  const auto options = std::make_shared<InspectOptions>();
  CLI::App* command =
      program.add_subcommand("inspect", "Show objects of a Python process or core file, and what they are made of");
  add_target_options(*command, options->target, options->files);
  command
      ->add_option("names", options->names,
                   "What to show: a name that begins with an imported module, or an address out of a still")
      ->type_name("NAME|ADDRESS");
  command
      ->add_option("--interpreter", options->reading.objects.interpreter,
                   "Where there are several: look names up in the one with this number")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  add_reading_options(*command, options->reading, "an object read while it changes");
  add_object_options(*command, options->reading);
  add_format_options(*command, options->output, "Write JSON (docs/inspection.schema.json), one object");
  command->footer(R"(Examples:
  stillframe inspect 4211 app.settings.CACHES            an object of a module
  stillframe inspect 4211 "app.settings.CACHES['default']['TIMEOUT']" "os.environ['HOME']"
  stillframe inspect 4211 'app.registry[-1].name'        items of lists and attributes of what is in them
  stillframe inspect 4211 __main__                       what the script itself has defined
  stillframe inspect 4211 0x7f31c0de5a40 --depth 1       the object that a still shows at that address
  stillframe inspect core.4211 app.jobs.QUEUE --json     from a core file, for programs

Names begin with an imported module; quote what has brackets, so that the shell leaves it alone. Nothing is run: what a
property would compute is not known. What is called password, token, secret and the like is hidden.

Exit codes: 0 all was shown, 1 nothing could be shown, 2 wrong usage, 3 something is missing (a message says what).)");
  command->callback([options, &environment, &exit_code] { exit_code = run(*options, environment); });
}

}  // namespace stillframe::cli
