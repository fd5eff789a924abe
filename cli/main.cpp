// The program `stillframe`: finds out where it writes, and hands over to the subcommand that was asked for.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <string_view>

#include "command.h"

namespace stillframe::cli {
namespace {

// Gives closed standard descriptors a harmless meaning: the next file opened would else become standard output, and
// what is printed would be written into it. Standard output is opened for reading, so that writing to it still fails.
void occupy_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      static_cast<void>(open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY));
    }
  }
}

Environment look_around() {
  Environment environment{.version = STILLFRAME_VERSION, .terminal = isatty(STDOUT_FILENO) == 1};
  const char* no_color = std::getenv("NO_COLOR");  // no-color.org: set and not empty
  environment.color_allowed = no_color == nullptr || *no_color == '\0';
  winsize size{};
  if (environment.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    environment.width = size.ws_col;
  }
  return environment;
}

// CLI11 takes "-5" for an unknown option; who types it means a process, and is told so by the subcommand.
bool is_negative_number(std::string_view argument) {
  return argument.size() > 1 && argument.front() == '-' &&
         std::ranges::all_of(argument.substr(1), [](char letter) { return letter >= '0' && letter <= '9'; });
}

int refuse(const CLI::App& program, const std::string& why) {
  const auto chosen = program.get_subcommands();
  const std::string help =
      chosen.empty() ? "stillframe --help" : "stillframe " + chosen.front()->get_name() + " --help";
  print(Error{.kind = ErrorKind::usage,
              .tried = "understand the command line",
              .stopper = why,
              .advice = help + ", which has every option and examples"});
  return kUsage;
}

int run(std::span<char* const> arguments) {
  const Environment environment = look_around();
  CLI::App program("Shows what a Python program is doing, in a running process or in a core file.", "stillframe");
  program.set_version_flag("--version", "stillframe " + environment.version, "Print the version and exit");
  program.require_subcommand(1);
  program.footer(R"(Examples:
  stillframe dump 4211                        what a running process is doing
  stillframe core core.4211                   what a process was doing that died
  stillframe why 4211                         why it is stuck: who waits for whom
  stillframe inspect 4211 app.config          an object of it, with what it is made of
  stillframe tasks 4211                       its asyncio tasks: who awaits whom, and what each waits for

`stillframe COMMAND --help` has more.)");
  int exit_code = kAll;
  add_dump(program, environment, exit_code);
  add_core(program, environment, exit_code);
  add_why(program, environment, exit_code);
  add_inspect(program, environment, exit_code);
  add_tasks(program, environment, exit_code);
  if (const auto number = std::ranges::find_if(arguments, is_negative_number); number != arguments.end()) {
    print(Error{.kind = ErrorKind::usage,
                .tried = std::string("look at process '") + *number + "'",
                .stopper = "a process id is a whole number from 1 up, and no option is called so",
                .advice = "pgrep -af python, which lists the running Python programs with their process ids"});
    return kUsage;
  }
  try {
    program.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::CallForHelp&) {
    return print(program.help()) ? kAll : kNothing;
  } catch (const CLI::CallForVersion& version) {
    return print(std::string(version.what()) + "\n") ? kAll : kNothing;
  } catch (const CLI::ParseError& problem) {
    return refuse(program, problem.what());
  }
  return exit_code;
}

}  // namespace
}  // namespace stillframe::cli

int main(int argc, char** argv) {
  namespace cli = stillframe::cli;
  // A closed output pipe is told by write(), not by a signal in the middle of something.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  cli::occupy_standard_descriptors();
  try {
    return cli::run({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& broken) {
    cli::print(stillframe::Error{.kind = stillframe::ErrorKind::io,
                                 .tried = "finish",
                                 .stopper = std::string("something inside Stillframe broke: ") + broken.what(),
                                 .advice = "report it, with the command line and what stillframe --version says"});
    return cli::kNothing;
  }
}
