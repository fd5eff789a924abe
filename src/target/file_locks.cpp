#include "target/file_locks.h"

#include <optional>

#include "target/text_scanner.h"

namespace stillframe::target {
namespace {

constexpr std::size_t kMostWaits = 4096;

// "1: -> FLOCK  ADVISORY  WRITE 4893 fe:00:9978154 0 EOF"; who waits is marked by the arrow and has the number of the
// lock that it waits for (fs/locks.c, lock_get_status).
struct Line {
  std::uint64_t number = 0;
  bool waits = false;
  LockKind kind = LockKind::flock;
  std::optional<std::int64_t> pid;
  std::uint64_t inode = 0;
};

std::optional<LockKind> kind_of(std::string_view word) {
  if (word == "FLOCK") {
    return LockKind::flock;
  }
  if (word == "POSIX") {
    return LockKind::posix;
  }
  if (word == "OFDLCK") {
    return LockKind::open_file_description;
  }
  return std::nullopt;
}

std::optional<Line> parse(std::string_view text) {
  Scanner scanner(text);
  Line line{.number = scanner.number(10)};
  scanner.skip(1);
  std::string_view word = scanner.word();
  while (word == "->") {  // one for each who stands in line before it
    line.waits = true;
    word = scanner.word();
  }
  const auto kind = kind_of(word);
  if (!kind) {
    return std::nullopt;
  }
  line.kind = *kind;
  scanner.word();  // ADVISORY
  scanner.word();  // WRITE
  scanner.skip_blanks();
  if (!scanner.rest().starts_with('-')) {
    line.pid = static_cast<std::int64_t>(scanner.number(10));
  } else {
    scanner.word();
  }
  const std::string_view place = scanner.word();
  const auto colon = place.rfind(':');
  line.inode = colon == std::string_view::npos ? 0 : Scanner(place.substr(colon + 1)).number(10);
  return line;
}

}  // namespace

std::vector<LockWait> parse_lock_waits(std::string_view locks, std::int64_t pid) {
  std::vector<LockWait> waits;
  std::optional<Line> held;
  each_line(locks, [&](std::string_view text) {
    const auto line = parse(text);
    if (line && !line->waits) {
      held = line;
    } else if (line && (line->pid == pid || line->kind == LockKind::open_file_description)) {
      const bool known = held && held->number == line->number;
      waits.push_back({.kind = line->kind, .inode = line->inode, .holder = known ? held->pid : std::nullopt});
    }
    return waits.size() < kMostWaits;
  });
  return waits;
}

}  // namespace stillframe::target
