#include "target/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "target/system_calls.h"
#include "target/text_scanner.h"

namespace stillframe::target {
namespace {

// The kernel writes a newline in a path as \012.
std::string unescape(std::string_view path) {
  std::string out(path);
  for (auto at = out.find("\\012"); at != std::string::npos; at = out.find("\\012", at + 1)) {
    out.replace(at, 4, "\n");
  }
  return out;
}

Mapping parse_mapping(std::string_view line) {
  Scanner scanner(line);
  Mapping mapping;
  mapping.begin = scanner.number(16);
  scanner.skip(1);
  mapping.end = scanner.number(16);
  scanner.skip(1);
  mapping.readable = scanner.letter() == 'r';
  mapping.writable = scanner.letter() == 'w';
  mapping.executable = scanner.letter() == 'x';
  scanner.skip(1);
  mapping.offset = scanner.number(16);
  const std::uint64_t major = scanner.number(16);
  scanner.skip(1);
  mapping.device = (major << 32U) | scanner.number(16);
  mapping.inode = scanner.number(10);
  scanner.skip_blanks();
  std::string_view path = scanner.rest();
  constexpr std::string_view kDeleted = " (deleted)";
  if (mapping.inode != 0 && path.ends_with(kDeleted)) {
    mapping.deleted = true;
    path.remove_suffix(kDeleted.size());
  }
  mapping.path = path.contains('\\') ? unescape(path) : std::string(path);
  return mapping;
}

}  // namespace

std::optional<std::string> read_proc_file(const std::string& path, std::size_t most) {
  const FileHandle file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    return std::nullopt;
  }
  std::string text;
  std::size_t used = 0;
  while (true) {
    text.resize(std::max<std::size_t>(4096, used * 2));
    const ssize_t got = read(file.fd(), text.data() + used, text.size() - used);
    if (got < 0) {
      return std::nullopt;
    }
    used += static_cast<std::size_t>(got);
    if (got == 0 || used >= most) {
      break;
    }
  }
  text.resize(used);
  return text;
}

namespace {

// The names in a folder that are numbers.
std::vector<std::int64_t> list_numbers(const std::string& folder) {
  const auto close_dir = [](DIR* dir) { closedir(dir); };
  const std::unique_ptr<DIR, decltype(close_dir)> dir(opendir(folder.c_str()));
  std::vector<std::int64_t> numbers;
  while (dir != nullptr) {
    const dirent* entry = readdir(dir.get());
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = entry->d_name;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && end == name.data() + name.size()) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

}  // namespace

std::vector<Tid> list_threads(std::int64_t pid) {
  std::vector<Tid> tids = list_numbers(fmt::format("/proc/{}/task", pid));
  // The main thread first; the kernel lists the rest in the order in which they began.
  std::ranges::stable_partition(tids, [pid](Tid tid) { return tid == pid; });
  return tids;
}

std::vector<std::int64_t> list_processes() {
  return list_numbers("/proc");
}

std::vector<Mapping> parse_maps(std::string_view text) {
  std::vector<Mapping> mappings;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) {
      mappings.push_back(parse_mapping(line));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return mappings;
}

std::optional<std::string_view> status_field(std::string_view status, std::string_view key) {
  for (std::size_t at = 0; at < status.size();) {
    const auto end = std::min(status.find('\n', at), status.size());
    const std::string_view line = status.substr(at, end - at);
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ':') {
      Scanner value(line.substr(key.size() + 1));
      value.skip_blanks();
      return value.rest();
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::int64_t> status_number(std::string_view status, std::string_view key) {
  const auto text = status_field(status, key);
  return text ? std::optional(static_cast<std::int64_t>(Scanner(*text).number(10))) : std::nullopt;
}

std::optional<StatFields> parse_stat_head(std::string_view text) {
  // The name may hold blanks and brackets: it ends at the last closing one.
  const auto open_bracket = text.find('(');
  const auto close_bracket = text.rfind(')');
  if (open_bracket == std::string_view::npos || close_bracket == std::string_view::npos ||
      close_bracket < open_bracket) {
    return std::nullopt;
  }
  StatFields fields;
  fields.name = text.substr(open_bracket + 1, close_bracket - open_bracket - 1);
  const std::string_view state = Scanner(text.substr(close_bracket + 1)).word();
  fields.state = state.empty() ? '?' : state.front();
  return fields;
}

std::optional<StatFields> parse_stat(std::string_view text) {
  auto fields = parse_stat_head(text);
  if (!fields) {
    return std::nullopt;
  }
  Scanner scanner(text.substr(text.rfind(')') + 1));
  scanner.word();
  for (int field = 4; field <= 28 && !scanner.at_end(); ++field) {
    const std::string_view word = scanner.word();
    std::uint64_t* into = field == 9    ? &fields->flags
                          : field == 22 ? &fields->start_ticks
                          : field == 23 ? &fields->memory_size
                          : field == 26 ? &fields->code_begin
                          : field == 28 ? &fields->stack_begin
                                        : nullptr;
    if (into != nullptr) {
      std::from_chars(word.data(), word.data() + word.size(), *into);
    }
  }
  return fields;
}

model::OsState os_state(char letter) {
  switch (letter) {
    case 'R':
      return model::OsState::running;
    case 'S':
      return model::OsState::sleeping;
    case 'D':
      return model::OsState::uninterruptible;
    case 'T':
      return model::OsState::stopped;
    case 't':
      return model::OsState::traced;
    case 'Z':
    case 'X':
    case 'x':
      return model::OsState::finished;
    case 'I':
    case 'P':
      return model::OsState::idle;
    default:
      return model::OsState::unknown;
  }
}

std::optional<std::uint64_t> parse_run_count(std::string_view schedstat) {
  Scanner scanner(schedstat);
  scanner.word();
  scanner.word();
  const std::string_view count = scanner.word();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), value);
  // A kernel that does not count says 0 for every thread.
  return error == std::errc{} && value != 0 ? std::optional(value) : std::nullopt;
}

std::optional<Syscall> parse_syscall(std::string_view text) {
  Scanner scanner(text);
  const std::string_view first = scanner.word();
  Syscall call;
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), call.number);
  if (error != std::errc{} || call.number < 0) {
    return std::nullopt;
  }
  call.name = system_call_name(kThisMachine, call.number);
  std::array<std::uint64_t, 8> values{};
  for (std::uint64_t& value : values) {
    scanner.skip_blanks();
    scanner.skip(2);  // 0x
    value = scanner.number(16);
  }
  std::copy_n(values.begin(), call.arguments.size(), call.arguments.begin());
  call.sp = values[6];
  call.pc = values[7];
  return call;
}

std::uint64_t namespace_of(const std::string& link) {
  std::array<char, 64> text{};
  const ssize_t size = readlink(link.c_str(), text.data(), text.size() - 1);
  const std::string_view found(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const auto bracket = found.find('[');
  return bracket == std::string_view::npos ? 0 : Scanner(found.substr(bracket + 1)).number(10);
}

}  // namespace stillframe::target
