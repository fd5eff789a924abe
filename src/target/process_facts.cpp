#include "target/process_facts.h"

#include <fmt/format.h>

#include "target/proc_files.h"
#include "target/text_scanner.h"

namespace stillframe::target {
namespace {

constexpr std::size_t kMostChildren = 1024;
constexpr std::size_t kMostShownArguments = 32;
constexpr std::size_t kMostOfCommandLine = 16384;
constexpr std::size_t kLongestShownName = 128;

// The last number of "NSpid:\t4211\t7": the innermost namespace's.
std::int64_t innermost(std::string_view status, std::string_view key, std::int64_t otherwise) {
  const auto field = status_field(status, key);
  if (!field) {
    return otherwise;
  }
  Scanner scanner(*field);
  std::int64_t last = otherwise;
  for (scanner.skip_blanks(); !scanner.at_end(); scanner.skip_blanks()) {
    const std::string_view word = scanner.word();
    if (word.empty()) {
      break;
    }
    last = static_cast<std::int64_t>(Scanner(word).number(10));
  }
  return last;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view next_argument(std::string_view& raw) {
  const auto end = std::min(raw.find('\0'), raw.size());
  const std::string_view word = raw.substr(0, end);
  raw.remove_prefix(std::min(end + 1, raw.size()));
  return word;
}

}  // namespace

std::optional<ProcessFacts> parse_process_status(std::string_view status, std::int64_t pid) {
  const auto name = status_field(status, "Name");
  const auto state = status_field(status, "State");
  if (!name || !state || state->empty()) {
    return std::nullopt;
  }
  return ProcessFacts{.pid = pid,
                      .inner_pid = innermost(status, "NSpid", pid),
                      .inner_group = innermost(status, "NSpgid", 0),
                      .name = std::string(*name),
                      .state = os_state(state->front()),
                      .parent = status_number(status, "PPid").value_or(0)};
}

std::optional<std::string> script_name(std::string_view raw) {
  if (!base_name(next_argument(raw)).starts_with("python")) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kMostShownArguments && !raw.empty(); ++i) {
    const std::string_view word = next_argument(raw);
    if (word == "-m") {
      const std::string_view module = next_argument(raw);
      return module.empty() ? std::nullopt : std::optional(std::string(module.substr(0, kLongestShownName)));
    }
    if (word == "-c" || word == "-") {
      return std::nullopt;
    }
    if (word == "-W" || word == "-X") {
      next_argument(raw);  // what belongs to it
    } else if (!word.starts_with('-') && !base_name(word).empty()) {
      return std::string(base_name(word).substr(0, kLongestShownName));
    }
  }
  return std::nullopt;
}

std::optional<ProcessFacts> process_facts(std::int64_t pid) {
  const auto status = read_proc_file(fmt::format("/proc/{}/status", pid));
  auto facts = status ? parse_process_status(*status, pid) : std::nullopt;
  if (facts) {
    const auto command_line = read_proc_file(fmt::format("/proc/{}/cmdline", pid), kMostOfCommandLine);
    facts->name = script_name(command_line.value_or("")).value_or(facts->name);
  }
  return facts;
}

std::vector<std::int64_t> child_pids(std::int64_t pid) {
  std::vector<std::int64_t> children;
  for (const Tid tid : list_threads(pid)) {
    const auto list = read_proc_file(fmt::format("/proc/{}/task/{}/children", pid, tid));
    Scanner scanner(list ? std::string_view(*list) : std::string_view{});
    while (children.size() < kMostChildren) {
      const std::string_view word = scanner.word();
      if (word.empty()) {
        break;
      }
      children.push_back(static_cast<std::int64_t>(Scanner(word).number(10)));
    }
  }
  return children;
}

std::vector<ProcessFacts> children_of(std::int64_t pid) {
  std::vector<ProcessFacts> children;
  for (const std::int64_t one : child_pids(pid)) {
    if (auto child = process_facts(one)) {
      children.push_back(std::move(*child));
    }
  }
  return children;
}

}  // namespace stillframe::target
