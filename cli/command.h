// What every subcommand shares.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/looks.h"
#include "model/result.h"
#include "model/still.h"
#include "render/text.h"

namespace CLI {
class App;
}

namespace stillframe::cli {

// The program's exit codes (docs/manual.md).
enum ExitCode : std::uint8_t { kAll = 0, kNothing = 1, kUsage = 2, kPartial = 3 };

// What the program is and where it writes; made once in main().
struct Environment {
  std::string version;
  bool terminal = false;      // standard output is one
  bool color_allowed = true;  // NO_COLOR is not set
  int width = 0;              // of the terminal
};

// How a still is to be shown.
struct OutputOptions {
  bool json = false;
  bool no_color = false;
  bool no_fold = false;
  bool no_hide = false;
  bool no_debuginfod = false;
};

// Adds --native, --native-all, --native-last, --no-hide and --no-debuginfod.
void add_native_options(CLI::App& command, capture::Options& reading, OutputOptions& options);
// Adds --locals and the limits that go with it.
void add_value_options(CLI::App& command, capture::ValueOptions& values);
// Adds --redact and --no-redact: for values, and for all other texts that may have secrets in them.
void add_redaction_options(CLI::App& command, capture::ValueOptions& values);
// Adds --depth, and the same limits for objects that are asked for.
void add_object_options(CLI::App& command, capture::Options& reading);
// What has to be found out of the things that threads wait for: no text shows the state of all of them.
capture::ResourceOption resources_for(const OutputOptions& options);
// How missing debug information is fetched; empty where it is not wanted or no server is known.
binary::FetchDebugFile fetch_for(const capture::Options& reading, const OutputOptions& options);

// How text is to be written, as far as the options and the terminal say it.
render::TextOptions text_options(const OutputOptions& options, const Environment& environment);

// Adds --json, --no-color and --no-fold.
void add_output_options(CLI::App& command, OutputOptions& options);
// Adds --json and --no-color alone; `json` says what is written.
void add_format_options(CLI::App& command, OutputOptions& options, std::string json);

// Adds --max-frames, --max-threads, --max-read.
void add_limit_options(CLI::App& command, capture::Options& reading);
// Adds --stop-limit.
void add_stop_option(CLI::App& command, capture::Options& reading);
// Adds --exhaustive and the limits.
void add_search_option(CLI::App& command, capture::Options& reading);
// Adds --no-block and --exhaustive. `torn`: what may be so without a stop, as "a stack read while it changes".
void add_reading_options(CLI::App& command, capture::Options& reading, std::string_view torn);

// Writes text to standard output; false when it could not be written whole. A reader that has closed its pipe knows
// that it did; any other failure is told.
bool print(std::string_view text);

// Writes a still to standard output, as print(text) does.
bool print(const model::Still& still, const OutputOptions& options, const Environment& environment);

// The three answers as three lines, and a line more for each further one of the advice.
std::string in_words(const Error& error);

// Writes them to standard error.
void print(const Error& error);

// Of a target that cannot be looked at.
ExitCode exit_code_of(const Error& error);

// Each subcommand adds itself to the program and, when it is the one that was asked for, leaves its exit code.
void add_dump(CLI::App& program, const Environment& environment, int& exit_code);
void add_core(CLI::App& program, const Environment& environment, int& exit_code);
void add_why(CLI::App& program, const Environment& environment, int& exit_code);
void add_inspect(CLI::App& program, const Environment& environment, int& exit_code);
void add_tasks(CLI::App& program, const Environment& environment, int& exit_code);

}  // namespace stillframe::cli
