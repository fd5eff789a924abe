#include "binary/symbol_lines.h"

#include <dwarf.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "binary/byte_cursor.h"
#include "binary/symbol_image.h"

namespace stillframe::binary {
namespace {

constexpr std::uint64_t most_line_files = std::uint64_t{1} << 18U;
// The largest line programs that compilers write are a few megabytes.
constexpr std::uint64_t longest_program = std::uint64_t{1} << 26U;
// Rows from one note to the next.
constexpr std::size_t note_interval = 128;

struct EntryField {
  std::uint64_t content = 0;
  std::uint64_t form = 0;
};

}  // namespace

// Reads the header (DWARF 5, 6.2.4).
class LineTableReader {
 public:
  LineTableReader(const LineSections& sections, std::uint64_t offset)
      : sections_(sections), in_(sections.lines, offset) {}

  std::optional<LineTable> read(std::string directory) {
    table_.directory_ = std::move(directory);
    if (!read_bounds() || !read_parameters()) {
      return std::nullopt;
    }
    if (table_.version_ >= 5) {
      read_entries([this](std::string_view name, std::uint64_t) { table_.directories_.push_back(name); });
      read_entries([this](std::string_view name, std::uint64_t in) { table_.files_.push_back({name, in}); });
    } else {
      read_old_entries();
    }
    return !in_.ok() ? std::nullopt : std::optional(std::move(table_));
  }

 private:
  // The table's length, its version, and where its program begins.
  bool read_bounds() {
    std::uint64_t length = in_.number<std::uint32_t>();
    offset_size_ = 4;
    if (length == long_format) {
      length = in_.number<std::uint64_t>();
      offset_size_ = 8;
    }
    if (!in_.ok() || length > in_.left() || length > longest_program) {
      return false;
    }
    const auto whole = in_.take(length);
    in_ = ByteCursor(whole);
    table_.version_ = in_.number<std::uint16_t>();
    if (table_.version_ < 2 || table_.version_ > 5) {
      return false;
    }
    if (table_.version_ >= 5) {
      table_.address_size_ = in_.number<std::uint8_t>();
      in_.take(1);  // segment selectors, which nobody has
    }
    const std::uint64_t header = in_.sized_number(offset_size_);
    if (!in_.ok() || header > in_.left()) {
      return false;
    }
    table_.program_ = whole.subspan(in_.offset() + header);
    in_ = ByteCursor(whole.subspan(in_.offset(), header));
    return table_.address_size_ == 4 || table_.address_size_ == 8;
  }

  bool read_parameters() {
    table_.smallest_instruction_ = in_.number<std::uint8_t>();
    table_.most_operations_ = table_.version_ >= 4 ? in_.number<std::uint8_t>() : std::uint8_t{1};
    in_.take(1);  // default_is_stmt
    table_.line_base_ = in_.number<std::int8_t>();
    table_.line_range_ = in_.number<std::uint8_t>();
    table_.opcode_base_ = in_.number<std::uint8_t>();
    for (unsigned i = 1; i < table_.opcode_base_; ++i) {
      table_.lengths_.push_back(in_.number<std::uint8_t>());
    }
    return in_.ok() && table_.line_range_ != 0 && table_.opcode_base_ != 0 && table_.most_operations_ != 0;
  }

  // Before DWARF 5: names up to an empty one. Directory 0 and file 0 are not listed.
  void read_old_entries() {
    table_.directories_.emplace_back();
    for (std::string_view name = in_.text(); !name.empty(); name = in_.text()) {
      table_.directories_.push_back(name);
    }
    table_.files_.emplace_back();
    for (std::string_view name = in_.text(); !name.empty(); name = in_.text()) {
      const std::uint64_t directory = in_.uleb128();
      in_.uleb128();  // time
      in_.uleb128();  // size
      table_.files_.push_back({name, directory});
    }
  }

  template <typename Add>
  void read_entries(Add add) {
    std::array<EntryField, 255> fields;
    const auto count = in_.number<std::uint8_t>();
    for (unsigned i = 0; i < count; ++i) {
      fields[i] = {.content = in_.uleb128(), .form = in_.uleb128()};
    }
    const std::uint64_t entries = in_.uleb128();
    for (std::uint64_t i = 0; i < entries && in_.ok() && count != 0; ++i) {
      std::string_view name;
      std::uint64_t directory = 0;
      for (unsigned j = 0; j < count; ++j) {
        read_field(fields[j], name, directory);
      }
      if (i >= most_line_files) {
        in_.fail();
      }
      add(name, directory);
    }
  }

  void read_field(const EntryField& field, std::string_view& name, std::uint64_t& directory) {
    std::string_view text;
    std::uint64_t number = 0;
    switch (field.form) {
      case DW_FORM_string:
        text = in_.text();
        break;
      case DW_FORM_line_strp:
        text = text_at(sections_.line_strings, in_.sized_number(offset_size_));
        break;
      case DW_FORM_strp:
        text = text_at(sections_.strings, in_.sized_number(offset_size_));
        break;
      case DW_FORM_udata:
        number = in_.uleb128();
        break;
      case DW_FORM_data1:
        number = in_.sized_number(1);
        break;
      case DW_FORM_data2:
        number = in_.sized_number(2);
        break;
      case DW_FORM_data4:
        number = in_.sized_number(4);
        break;
      case DW_FORM_data8:
        number = in_.sized_number(8);
        break;
      case DW_FORM_data16:
        in_.take(16);
        break;
      case DW_FORM_block:
        in_.take(in_.uleb128());
        break;
      default:
        in_.fail();
    }
    if (field.content == DW_LNCT_path) {
      name = text;
    } else if (field.content == DW_LNCT_directory_index) {
      directory = number;
    }
  }

  LineSections sections_;
  ByteCursor in_;
  std::size_t offset_size_ = 4;
  LineTable table_;
};

std::optional<LineTable> LineTable::read(const LineSections& sections, std::uint64_t offset, std::string directory) {
  auto table = LineTableReader(sections, offset).read(std::move(directory));
  if (table) {
    table->take_notes();
  }
  return table;
}

void LineTable::advance(std::uint64_t by, State& state) const {
  if (most_operations_ == 1) {
    state.address += smallest_instruction_ * by;
    return;
  }
  state.address += smallest_instruction_ * ((state.operation + by) / most_operations_);
  state.operation = (state.operation + by) % most_operations_;
}

LineTable::Step LineTable::special(std::uint8_t opcode, State& state) const {
  const auto adjusted = static_cast<std::uint8_t>(opcode - opcode_base_);
  state.line += static_cast<std::uint32_t>(line_base_ + adjusted % line_range_);
  advance(adjusted / line_range_, state);
  return Step::row;
}

// Runs one instruction of the program.
LineTable::Step LineTable::step(std::uint64_t& at, State& state) const {
  if (at >= program_.size()) {
    return Step::broken;
  }
  const auto opcode = std::to_integer<std::uint8_t>(program_[at++]);
  if (opcode >= opcode_base_) {
    return special(opcode, state);
  }
  return opcode == 0 ? extended(at, state) : standard(opcode, at, state);
}

LineTable::Step LineTable::standard(std::uint8_t opcode, std::uint64_t& at, State& state) const {
  ByteCursor in(program_, at);
  Step result = Step::none;
  switch (opcode) {
    case DW_LNS_copy:
      result = Step::row;
      break;
    case DW_LNS_advance_pc:
      advance(in.uleb128(), state);
      break;
    case DW_LNS_advance_line:
      state.line += static_cast<std::uint32_t>(in.sleb128());
      break;
    case DW_LNS_set_file:
      state.file = in.uleb128();
      break;
    case DW_LNS_set_column: {
      const std::uint64_t column = in.uleb128();
      state.column = column <= std::numeric_limits<std::int32_t>::max() ? static_cast<std::uint32_t>(column) : 0;
      break;
    }
    case DW_LNS_const_add_pc:
      advance((255U - opcode_base_) / line_range_, state);
      break;
    case DW_LNS_fixed_advance_pc:
      state.address += in.number<std::uint16_t>();
      state.operation = 0;
      break;
    default:
      // Opcodes without a meaning here or yet: the header says how many numbers follow.
      for (unsigned i = 0; i < lengths_[opcode - 1U]; ++i) {
        in.uleb128();
      }
  }
  at = in.offset();
  return !in.ok() ? Step::broken : result;
}

LineTable::Step LineTable::extended(std::uint64_t& at, State& state) const {
  ByteCursor in(program_, at);
  const std::uint64_t length = in.uleb128();
  const std::uint64_t next = in.offset();
  if (!in.ok() || length == 0 || length > in.left()) {
    return !in.ok() || length != 0 ? Step::broken : (at = next, Step::none);
  }
  at = next + length;
  switch (in.number<std::uint8_t>()) {
    case DW_LNE_end_sequence:
      return Step::end;
    case DW_LNE_set_address:
      if (length - 1 > sizeof(std::uint64_t)) {
        return Step::broken;
      }
      state.address = in.sized_number(length - 1);
      state.operation = 0;
      return Step::none;
    default:
      return Step::none;
  }
}

// Runs the whole program. A sequence whose addresses go back is left out: it would be found for wrong addresses.
void LineTable::take_notes() {
  std::uint64_t at = 0;
  while (at < program_.size()) {
    State state;
    Sequence sequence{.first_note = notes_.size()};
    std::size_t rows = 0;
    bool sound = true;
    for (Step result = Step::none; result != Step::end;) {
      const std::uint64_t before = state.address;
      result = step(at, state);
      if (result == Step::broken) {
        at = program_.size();
        sound = false;
        break;
      }
      sound = sound && (rows == 0 || state.address >= before);
      if (result == Step::row) {
        sequence.begin = rows == 0 ? state.address : sequence.begin;
        if (rows++ % note_interval == 0) {
          notes_.push_back({.state = state, .at = at});
        }
      }
    }
    sequence.end = state.address;
    sequence.notes = notes_.size() - sequence.first_note;
    if (sound && sequence.begin < sequence.end) {
      sequences_.push_back(sequence);
    } else {
      notes_.resize(sequence.first_note);
    }
  }
  std::ranges::sort(sequences_, {}, &Sequence::begin);
}

std::optional<LineTable::Row> LineTable::find(std::uint64_t address) const {
  const auto after = std::ranges::upper_bound(sequences_, address, {}, &Sequence::begin);
  if (after == sequences_.begin() || address >= std::prev(after)->end) {
    return std::nullopt;
  }
  const Sequence& sequence = *std::prev(after);
  const std::span<const Note> notes(notes_.data() + sequence.first_note, sequence.notes);
  const auto next = std::ranges::upper_bound(notes, address, {}, [](const Note& note) { return note.state.address; });
  if (next == notes.begin()) {
    return std::nullopt;
  }
  State state = std::prev(next)->state;
  std::uint64_t at = std::prev(next)->at;
  State best = state;
  while (state.address <= address) {
    const Step result = step(at, state);
    if (result == Step::row && state.address <= address) {
      best = state;
    } else if (result == Step::end || result == Step::broken) {
      break;
    }
  }
  return Row{.file = best.file, .line = best.line, .column = best.column};
}

std::optional<std::string> LineTable::path(std::uint64_t file) const {
  if (file >= files_.size() || files_[file].name.empty()) {
    return std::nullopt;
  }
  const File& found = files_[file];
  const std::string_view within = found.directory < directories_.size() ? directories_[found.directory] : "";
  std::string path(found.name);
  for (const std::string_view before : {within, std::string_view(directory_)}) {
    if (!path.starts_with('/') && !before.empty()) {
      path.insert(0, std::string(before) + (before.ends_with('/') ? "" : "/"));
    }
  }
  return path;
}

}  // namespace stillframe::binary
