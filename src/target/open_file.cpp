#include "target/open_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <utility>

#include "target/text_scanner.h"

namespace stillframe::target {
namespace {

using model::FileKind;

// An epoll instance with more is shown with as many.
constexpr std::size_t kMostInterest = 65536;

constexpr std::array<std::pair<std::string_view, FileKind>, 10> kAnonymous{{
    {"[eventfd]", FileKind::eventfd},
    {"[timerfd]", FileKind::timerfd},
    {"inotify", FileKind::inotify},
    {"[fanotify]", FileKind::other},
    {"[signalfd]", FileKind::signalfd},
    {"[pidfd]", FileKind::pidfd},
    {"[eventpoll]", FileKind::epoll},
    {"[io_uring]", FileKind::io_uring},
    {"[userfaultfd]", FileKind::other},
    {"[perf_event]", FileKind::other},
}};

FileKind anonymous_kind(std::string_view name) {
  for (const auto& [known, kind] : kAnonymous) {
    if (name == known) {
      return kind;
    }
  }
  return FileKind::other;
}

// The access mode of open(2), which /proc shows in octal.
void set_access(std::uint64_t flags, OpenFile& file) {
  const std::uint64_t access = flags & O_ACCMODE;
  file.reads = access == O_RDONLY || access == O_RDWR;
  file.writes = access == O_WRONLY || access == O_RDWR;
  if (file.kind == FileKind::file && (flags & O_DIRECTORY) != 0) {
    file.kind = FileKind::directory;
  }
}

// "(999, 80015890)": seconds and nanoseconds; all 0: not set.
std::optional<double> time_left(Scanner value) {
  value.skip_blanks();
  value.skip(1);
  const auto seconds = static_cast<double>(value.number(10));
  value.skip(1);
  const auto left = seconds + static_cast<double>(value.number(10)) / 1e9;
  return left > 0 ? std::optional(left) : std::nullopt;
}

// "        3 events:       19 data: …": a watched file of an epoll instance (fs/eventpoll.c, ep_show_fdinfo).
void add_interest(Scanner value, OpenFile& file) {
  const auto fd = static_cast<int>(value.number(10));
  if (value.word() == "events:" && file.interest.size() < kMostInterest) {
    file.interest.push_back({.fd = fd, .events = static_cast<std::uint32_t>(value.number(16))});
  }
}

}  // namespace

OpenFile parse_fd_link(std::string_view link) {
  OpenFile file{.link = std::string(link)};
  const auto number_in_brackets = [&] {
    const auto bracket = link.find('[');
    return bracket == std::string_view::npos ? 0 : Scanner(link.substr(bracket + 1)).number(10);
  };
  constexpr std::string_view anonymous = "anon_inode:";
  if (link.starts_with('/')) {
    file.kind = FileKind::file;
    file.path = link;
  } else if (link.starts_with("pipe:")) {
    file.kind = FileKind::pipe;
    file.inode = number_in_brackets();
  } else if (link.starts_with("socket:")) {
    file.kind = FileKind::socket;
    file.inode = number_in_brackets();
  } else if (link.starts_with("pidfd:")) {
    file.kind = FileKind::pidfd;
  } else if (link.starts_with(anonymous)) {
    file.kind = anonymous_kind(link.substr(anonymous.size()));
  }
  return file;
}

void parse_fdinfo(std::string_view text, OpenFile& file) {
  std::uint64_t watches = 0;
  each_line(text, [&](std::string_view line) {
    Scanner value(line);
    const std::string_view key = value.word();
    if (key == "flags:") {
      set_access(value.number(8), file);
    } else if (key == "ino:" && file.inode == 0) {
      file.inode = value.number(10);
    } else if (key == "eventfd-count:") {
      file.count = value.number(16);  // fs/eventfd.c, eventfd_show_fdinfo
    } else if (key == "it_value:") {
      file.timer_left = time_left(value);
    } else if (key == "inotify") {
      file.count = ++watches;
    } else if (key == "sigmask:") {
      file.signals = value.number(16);
    } else if (key == "Pid:") {
      value.skip_blanks();
      file.pid = value.rest().starts_with('-') ? -1 : static_cast<std::int64_t>(value.number(10));
    } else if (key == "tfd:") {
      add_interest(value, file);
    }
    return true;
  });
}

void refine_kind(std::uint32_t mode, std::uint32_t device_major, OpenFile& file) {
  if (!file.path) {
    return;
  }
  // Documentation/admin-guide/devices.txt: virtual consoles and serial lines, /dev/tty and /dev/console, pseudo
  // terminals.
  const bool terminal = device_major == 4 || device_major == 5 || (device_major >= 136 && device_major <= 143);
  if (S_ISDIR(mode)) {
    file.kind = FileKind::directory;
  } else if (S_ISFIFO(mode)) {
    file.kind = FileKind::fifo;
  } else if (S_ISCHR(mode)) {
    file.kind = terminal ? FileKind::terminal : FileKind::device;
  } else if (S_ISBLK(mode)) {
    file.kind = FileKind::device;
  }
}

}  // namespace stillframe::target
