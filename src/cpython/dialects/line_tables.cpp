#include "cpython/dialects/line_tables.h"

#include <cstddef>
#include <limits>

namespace stillframe::cpython {
namespace {

std::uint8_t byte_at(std::string_view table, std::size_t index) {
  return static_cast<std::uint8_t>(table[index]);
}

// A line number, or nothing when the table led out of what a line number can be.
std::optional<std::int32_t> as_line(std::int64_t line) {
  if (line <= 0 || line > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(line);
}

Position only_line(std::int64_t line) {
  Position position;
  position.line = as_line(line);
  position.end_line = position.line;
  return position;
}

// Reads the entries of a 3.11+ location table one by one.
class LocationReader {
 public:
  explicit LocationReader(std::string_view table) : table_(table) {}

  [[nodiscard]] bool at_end() const { return next_ >= table_.size(); }
  std::uint8_t byte() { return at_end() ? 0 : byte_at(table_, next_++); }

  // Six bits a byte, least significant first, bit 6 says that more follow. A table gone bad ends after 32 bits.
  std::uint32_t varint() {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 32 && !at_end(); shift += 6) {
      const std::uint8_t piece = byte();
      value |= static_cast<std::uint32_t>(piece & 63U) << shift;
      if ((piece & 64U) == 0) {
        break;
      }
    }
    return value;
  }
  // The sign is in the lowest bit.
  std::int64_t signed_varint() {
    const std::uint32_t value = varint();
    const auto magnitude = static_cast<std::int64_t>(value >> 1U);
    return (value & 1U) != 0 ? -magnitude : magnitude;
  }
  // Entries begin with a byte whose top bit is set; skips what a damaged entry left behind.
  void skip_to_entry() {
    while (!at_end() && (byte_at(table_, next_) & 128U) == 0) {
      ++next_;
    }
  }

 private:
  std::string_view table_;
  std::size_t next_ = 0;
};

// The kinds of an entry: 0 to 9 short, 10 to 12 one line, 13 no columns, 14 long, 15 no location at all.
constexpr unsigned kFirstOneLine = 10;
constexpr unsigned kNoColumns = 13;
constexpr unsigned kLong = 14;
constexpr unsigned kNone = 15;

// Reads the rest of one entry of the given kind; moves `line` on.
Position read_location(LocationReader& reader, unsigned kind, std::int64_t& line) {
  Position position;
  if (kind == kNone) {
    return position;
  }
  if (kind == kLong) {
    line += reader.signed_varint();
    position.line = as_line(line);
    position.end_line = as_line(line + reader.varint());
    const std::uint32_t column = reader.varint();
    const std::uint32_t end_column = reader.varint();
    // Columns are kept one higher, so that 0 says 'none'.
    position.column = column == 0 ? std::nullopt : as_line(column).transform([](auto c) { return c - 1; });
    position.end_column = end_column == 0 ? std::nullopt : as_line(end_column).transform([](auto c) { return c - 1; });
    return position;
  }
  if (kind == kNoColumns) {
    line += reader.signed_varint();
    return only_line(line);
  }
  if (kind >= kFirstOneLine) {
    line += kind - kFirstOneLine;
    position = only_line(line);
    position.column = reader.byte();
    position.end_column = reader.byte();
    return position;
  }
  position = only_line(line);
  const std::uint8_t second = reader.byte();
  position.column = static_cast<std::int32_t>((kind << 3U) | (second >> 4U));
  position.end_column = *position.column + (second & 15);
  return position;
}

}  // namespace

Position locate_in_lnotab(std::string_view table, std::int32_t first_line, std::int64_t lasti, bool signed_deltas) {
  std::int64_t line = first_line;
  std::int64_t address = 0;
  for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
    address += byte_at(table, i);
    if (address > lasti) {
      break;
    }
    const std::uint8_t delta = byte_at(table, i + 1);
    line += signed_deltas ? static_cast<std::int8_t>(delta) : static_cast<std::int64_t>(delta);
  }
  return only_line(line);
}

Position locate_in_line_table(std::string_view table, std::int32_t first_line, std::int64_t lasti) {
  if (lasti < 0) {
    return only_line(first_line);
  }
  std::int64_t line = first_line;
  std::int64_t end = 0;
  for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
    end += byte_at(table, i);
    const auto delta = static_cast<std::int8_t>(byte_at(table, i + 1));
    const bool no_line = delta == -128;
    line += no_line ? 0 : delta;
    if (end > lasti) {
      return no_line ? Position{} : only_line(line);
    }
  }
  return Position{};
}

Position locate_in_location_table(std::string_view table, std::int32_t first_line, std::int64_t lasti) {
  if (lasti < 0) {
    return only_line(first_line);
  }
  LocationReader reader(table);
  std::int64_t line = first_line;
  std::int64_t end = 0;
  while (true) {
    reader.skip_to_entry();
    if (reader.at_end()) {
      return Position{};
    }
    const std::uint8_t head = reader.byte();
    // Lengths are counted in instructions of two bytes.
    end += std::int64_t{(head & 7U) + 1} * 2;
    const Position position = read_location(reader, (head >> 3U) & 15U, line);
    if (end > lasti) {
      return position;
    }
  }
}

}  // namespace stillframe::cpython
