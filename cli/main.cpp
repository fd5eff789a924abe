#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>

#include "command.h"

namespace {

stillframe::cli::Environment look_around() {
  stillframe::cli::Environment environment{.version = STILLFRAME_VERSION, .terminal = isatty(STDOUT_FILENO) == 1};
  const char* no_color = std::getenv("NO_COLOR");
  environment.color_allowed = no_color == nullptr || *no_color == '\0';
  winsize size{};
  if (environment.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    environment.width = size.ws_col;
  }
  return environment;
}

}  // namespace

int main(int argc, char** argv) {
  // A closed output pipe is told by write(), not by a signal in the middle of something.
  std::signal(SIGPIPE, SIG_IGN);
  const auto environment = look_around();
  CLI::App program("Shows what a Python program is doing, in a running process or in a core file.", "stillframe");
  program.set_version_flag("--version", "stillframe " + environment.version);
  program.require_subcommand(1);
  program.footer("`stillframe dump --help` and `stillframe core --help` have examples.");
  int exit_code = stillframe::cli::kAll;
  stillframe::cli::add_dump(program, environment, exit_code);
  stillframe::cli::add_core(program, environment, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;
    program.exit(error);
    return asked ? stillframe::cli::kAll : stillframe::cli::kUsage;
  }
  return exit_code;
}
