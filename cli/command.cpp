#include "command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "debug_info_fetching.h"
#include "render/escape.h"
#include "render/json.h"
#include "render/text.h"

namespace stillframe::cli {
namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(fd, text.data(), text.size());
    if (done < 0 && errno == EINTR) {
      continue;
    }
    if (done < 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

// Further lines (an advice may give several commands) stand under the first.
std::string escaped_lines(std::string_view text) {
  std::string out;
  while (true) {
    const auto end = std::min(text.find('\n'), text.size());
    render::append_escaped(out, text.substr(0, end));
    if (end == text.size()) {
      return out;
    }
    out += "\n           ";
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void add_output_options(CLI::App& command, OutputOptions& options) {
  add_format_options(command, options, "Write JSON (docs/still.schema.json), one object a line for each target");
  command.add_flag("--no-fold", options.no_fold,
                   "Show every frame and every thread, also where many are equal (JSON always has all)");
}

void add_format_options(CLI::App& command, OutputOptions& options, std::string json) {
  command.add_flag("--json", options.json, std::move(json));
  command.add_flag("--no-color", options.no_color, "No colours (also when NO_COLOR is set, or in a pipe)");
}

void add_search_option(CLI::App& command, capture::Options& reading) {
  command.add_flag("--exhaustive", reading.exhaustive,
                   "Search the memory for interpreters, whatever the symbols say (slow)");
  add_limit_options(command, reading);
}

void add_reading_options(CLI::App& command, capture::Options& reading, std::string_view torn) {
  command.add_flag("--no-block", reading.no_block,
                   fmt::format("Never stop a thread; {} may be torn, and the output says so", torn));
  add_stop_option(command, reading);
  add_search_option(command, reading);
}

void add_native_options(CLI::App& command, capture::Options& reading, OutputOptions& options) {
  using capture::NativeOption;
  const auto option = [&](const char* name, NativeOption what, const char* help) {
    return command.add_flag_callback(name, [&reading, what] { reading.native = what; }, help);
  };
  CLI::Option* native = option("--native", NativeOption::python,
                               "Also C, C++ and Rust frames, in their true place among the Python frames");
  CLI::Option* all =
      option("--native-all", NativeOption::all,
             "... of every thread, also those that Python does not know, and of programs without Python");
  CLI::Option* last = option("--native-last", NativeOption::last, "... only those below the last Python frame");
  native->excludes(all)->excludes(last);
  all->excludes(last);
  command.add_flag("--no-hide", options.no_hide,
                   "Show the interpreter's own native frames too, which lead from one call to the next (JSON has all)");
  command.add_flag("--no-debuginfod", options.no_debuginfod,
                   "Fetch no debug information, also where DEBUGINFOD_URLS is set");
}

capture::ResourceOption resources_for(const OutputOptions& options) {
  return options.json ? capture::ResourceOption::states : capture::ResourceOption::names;
}

binary::FetchDebugFile fetch_for(const capture::Options& reading, const OutputOptions& options) {
  const bool wanted = reading.native != capture::NativeOption::none && !options.no_debuginfod;
  return wanted ? fetch_from_servers() : binary::FetchDebugFile{};
}

bool print(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) {
    return true;
  }
  if (errno != EPIPE) {
    print(Error{.kind = ErrorKind::io,
                .tried = "write to standard output",
                .stopper = std::strerror(errno),
                .advice = "free some space, or write it elsewhere: the target was only read"});
  }
  return false;
}

render::TextOptions text_options(const OutputOptions& options, const Environment& environment) {
  return {.color = environment.terminal && environment.color_allowed && !options.no_color,
          .fold = !options.no_fold,
          .hide_plumbing = !options.no_hide,
          .width = environment.terminal ? environment.width : 0};
}

bool print(const model::Still& still, const OutputOptions& options, const Environment& environment) {
  if (options.json) {
    return render::write_json(still, environment.version, [](std::string_view piece) { return print(piece); });
  }
  return print(render::to_text(still, text_options(options, environment)));
}

std::string in_words(const Error& error) {
  return fmt::format("stillframe: could not {}\n  because: {}\n  try:     {}\n", escaped_lines(error.tried),
                     escaped_lines(error.stopper), escaped_lines(error.advice));
}

void print(const Error& error) {
  // Where this fails there is nowhere left to complain.
  static_cast<void>(write_all(STDERR_FILENO, in_words(error)));
}

ExitCode exit_code_of(const Error& error) {
  return error.kind == ErrorKind::usage ? kUsage : kNothing;
}

}  // namespace stillframe::cli
