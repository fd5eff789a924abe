// stillframe why PID|CORE: the findings alone.
#include "render/why.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/explain.h"
#include "api/looks.h"
#include "command.h"
#include "targets.h"

namespace stillframe::cli {
namespace {

struct WhyOptions {
  std::string target;
  CoreFiles files;
  capture::Options reading;
  OutputOptions output;
  double watch = 0;  // seconds; 0: one look
};

constexpr std::size_t kLooks = 10;

// Looks ten times, the first one now and the last one after that time. A process that ends meanwhile is told from what
// was seen until then.
Result<std::vector<model::Still>> look(target::Target& target, const WhyOptions& options) {
  capture::Options reading = options.reading;
  reading.resources = resources_for(options.output);
  reading.native = capture::NativeOption::all;  // a lock of C code is told by the functions that wait for it
  const std::size_t looks = options.watch > 0 ? kLooks : 1;
  const auto begin = std::chrono::steady_clock::now();
  api::Looks again(target);
  std::vector<model::Still> stills;
  for (std::size_t i = 0; i < looks; ++i) {
    if (i > 0) {
      const std::chrono::duration<double> after(options.watch * static_cast<double>(i) / (kLooks - 1));
      std::this_thread::sleep_until(begin + std::chrono::duration_cast<std::chrono::steady_clock::duration>(after));
    }
    auto still = again.take(reading);
    if (!still && stills.empty()) {
      return std::unexpected(std::move(still.error()));
    }
    if (!still) {
      break;
    }
    stills.push_back(std::move(*still));
  }
  return stills;
}

Error watching_a_core(const std::string& path) {
  return {.kind = ErrorKind::usage,
          .tried = "watch " + path,
          .stopper = "it is a core file, in which nothing moves",
          .advice = "leave out --watch: stillframe why " + path};
}

int run(const WhyOptions& options, const Environment& environment) {
  const auto target = open_target(options.target, options.files, "stillframe why 4211");
  if (!target) {
    print(target.error());
    return exit_code_of(target.error());
  }
  if (options.watch > 0 && (*target)->lifeless()) {
    print(watching_a_core(options.target));
    return kUsage;
  }
  auto stills = look(**target, options);
  if (!stills) {
    print(stills.error());
    return kNothing;
  }
  api::explain_watched(**target, *stills);
  const model::Still& still = stills->back();
  const bool printed = options.output.json
                           ? print(still, options.output, environment)
                           : print(render::why_to_text(still, text_options(options.output, environment)));
  return !printed ? kNothing : still.partial ? kPartial : kAll;
}

}  // namespace

void add_why(CLI::App& program, const Environment& environment, int& exit_code) {
  const auto options = std::make_shared<WhyOptions>();
  CLI::App* command = program.add_subcommand("why", "Say why a Python program is stuck, slow or dead");
  add_target_options(*command, options->target, options->files);
  command
      ->add_option("--watch", options->watch,
                   "Look ten times within so many seconds: also tells what runs in circles, and who queues for the GIL")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.01, 3600.0));
  options->reading.tasks = capture::TaskOption::many;
  add_reading_options(*command, options->reading, "what is read while it changes");
  add_format_options(*command, options->output,
                     "Write the whole still as JSON (docs/still.schema.json); the answer is in its findings");
  command->footer(R"(Examples:
  stillframe why 4211                         who waits for whom, and what usually helps
  stillframe why core.4211                    why it died
  stillframe why --watch 2 4211               what is slow: loops that only ask, threads that queue for the GIL
  stillframe why --json 4211 | jq .findings   for programs

A finding is 'certain' where memory or the kernel proves it, else 'likely', with what is not proven. `stillframe dump`
and `stillframe core` show the same findings above the stacks. docs/findings.md explains each of them.

Exit codes: 0 looked at all, 1 nothing could be looked at, 2 wrong usage, 3 something is missing (a warning says what).)");
  command->callback([options, &environment, &exit_code] { exit_code = run(*options, environment); });
}

}  // namespace stillframe::cli
