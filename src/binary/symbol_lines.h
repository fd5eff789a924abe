// The line table of one compilation unit. libdw would make a list of all its rows, which takes ten milliseconds for a
// large unit and more memory than this program may use; here the line program is run once to note its state at
// intervals, and again from the nearest note for each address that is asked about.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stillframe::binary {

// The sections that line tables are made of. They must outlive the tables.
struct LineSections {
  std::span<const std::byte> lines;         // .debug_line
  std::span<const std::byte> line_strings;  // .debug_line_str
  std::span<const std::byte> strings;       // .debug_str
};

class LineTable {
 public:
  struct Row {
    std::uint64_t file = 0;
    std::uint32_t line = 0;    // 0: code without a line
    std::uint32_t column = 0;  // 0: unknown
  };

  // The table at `offset` of .debug_line; `directory` is the unit's DW_AT_comp_dir. Nothing when it is damaged or of
  // a version other than 2 to 5.
  static std::optional<LineTable> read(const LineSections& sections, std::uint64_t offset, std::string directory);

  // The row that covers an address.
  [[nodiscard]] std::optional<Row> find(std::uint64_t address) const;
  // The path of a file, with its directory and, where those are relative, the unit's in front.
  [[nodiscard]] std::optional<std::string> path(std::uint64_t file) const;

 private:
  friend class LineTableReader;
  struct File {
    std::string_view name;
    std::uint64_t directory = 0;
  };
  // The registers of the line program (DWARF 5, 6.2.2), as far as rows show them.
  struct State {
    std::uint64_t address = 0;
    std::uint64_t file = 1;
    std::uint64_t operation = 0;
    std::uint32_t line = 1;
    std::uint32_t column = 0;
  };
  struct Note {
    State state;
    std::uint64_t at = 0;  // where the program goes on
  };
  // Rows one after another up to an end_sequence; their addresses only grow.
  struct Sequence {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::size_t first_note = 0;
    std::size_t notes = 0;
  };
  enum class Step : std::uint8_t { none, row, end, broken };

  Step step(std::uint64_t& at, State& state) const;
  Step special(std::uint8_t opcode, State& state) const;
  Step standard(std::uint8_t opcode, std::uint64_t& at, State& state) const;
  Step extended(std::uint64_t& at, State& state) const;
  void advance(std::uint64_t by, State& state) const;
  void take_notes();

  std::span<const std::byte> program_;
  std::vector<std::uint8_t> lengths_;  // of the standard opcodes
  std::uint8_t smallest_instruction_ = 1;
  std::uint8_t most_operations_ = 1;
  std::int8_t line_base_ = 0;
  std::uint8_t line_range_ = 1;
  std::uint8_t opcode_base_ = 1;
  std::uint8_t address_size_ = 8;
  std::uint16_t version_ = 0;
  std::string directory_;
  std::vector<std::string_view> directories_;
  std::vector<File> files_;
  std::vector<Note> notes_;
  std::vector<Sequence> sequences_;  // sorted by `begin`
};

}  // namespace stillframe::binary
