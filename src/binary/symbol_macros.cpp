#include "binary/symbol_macros.h"

#include <dwarf.h>

#include <algorithm>
#include <vector>

#include "binary/byte_cursor.h"
#include "binary/symbol_image.h"

namespace stillframe::binary {
namespace {

// A unit that includes all headers of Linux has some hundred thousand definitions.
constexpr std::uint64_t most_entries = std::uint64_t{1} << 21U;
constexpr int deepest_import = 16;
constexpr std::size_t deepest_file = 256;
constexpr std::size_t most_names = 32;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_part(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

std::string_view name_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_name_part(text[end])) {
    ++end;
  }
  return text.substr(at, end - at);
}

// The names in a line that arguments follow.
std::vector<std::string_view> used_names(std::string_view source) {
  std::vector<std::string_view> names;
  for (std::size_t at = 0; at < source.size() && names.size() < most_names;) {
    if (!is_letter(source[at])) {
      // A number's letters are no name.
      at += std::max<std::size_t>(name_at(source, at).size(), 1);
      continue;
    }
    const std::string_view name = name_at(source, at);
    at += name.size();
    const auto next = source.find_first_not_of(" \t", at);
    if (next != std::string_view::npos && source[next] == '(') {
      names.push_back(name);
    }
  }
  return names;
}

struct Candidate {
  std::string_view name;
  bool defined = false;
  bool function_like = false;
};

// Follows the definitions (DWARF 5, 6.3) in the order of the source until the place is reached.
class MacroReader {
 public:
  MacroReader(const MacroSections& sections, const LineTable& lines, const MacroPlace& place,
              std::vector<Candidate>& candidates)
      : sections_(sections), lines_(lines), place_(place), candidates_(candidates) {}

  bool reaches_place(std::uint64_t offset) {
    read(offset, 0);
    return reached_;
  }

 private:
  void read(std::uint64_t offset, int depth) {
    ByteCursor in(sections_.macros, offset);
    const auto version = in.number<std::uint16_t>();
    const auto flags = in.number<std::uint8_t>();
    const std::size_t offset_size = (flags & 1U) != 0 ? 8 : 4;
    if ((flags & 2U) != 0) {
      in.take(offset_size);  // the unit's line table, which is known
    }
    // A table of operands (flag 4) is for vendors' own entries, which nobody writes.
    if (depth > deepest_import || (version != 4 && version != 5) || (flags & 4U) != 0) {
      return;
    }
    while (!reached_ && in.ok() && ++entries_ < most_entries) {
      const auto kind = in.number<std::uint8_t>();
      if (kind == 0 || !read_entry(in, kind, offset_size, depth)) {
        return;
      }
    }
  }

  bool read_entry(ByteCursor& in, std::uint8_t kind, std::size_t offset_size, int depth) {
    switch (kind) {
      case DW_MACRO_define:
      case DW_MACRO_undef:
      case DW_MACRO_define_strp:
      case DW_MACRO_undef_strp:
      case DW_MACRO_define_strx:
      case DW_MACRO_undef_strx:
        read_definition(in, kind, offset_size);
        return true;
      case DW_MACRO_define_sup:
      case DW_MACRO_undef_sup:
        in.uleb128();
        in.take(offset_size);
        return true;
      case DW_MACRO_start_file: {
        const std::uint64_t line = in.uleb128();
        const std::uint64_t file = in.uleb128();
        passes(line);
        files_.push_back(lines_.path(file) == place_.file);
        return files_.size() < deepest_file;
      }
      case DW_MACRO_end_file:
        reached_ = reached_ || (!files_.empty() && files_.back());
        if (!files_.empty()) {
          files_.pop_back();
        }
        return true;
      case DW_MACRO_import:
        read(in.sized_number(offset_size), depth + 1);
        return true;
      case DW_MACRO_import_sup:
        in.take(offset_size);
        return true;
      default:
        return false;
    }
  }

  void read_definition(ByteCursor& in, std::uint8_t kind, std::size_t offset_size) {
    const std::uint64_t line = in.uleb128();
    std::string_view text;
    if (kind == DW_MACRO_define || kind == DW_MACRO_undef) {
      text = in.text();
    } else if (kind == DW_MACRO_define_strp || kind == DW_MACRO_undef_strp) {
      text = text_at(sections_.strings, in.sized_number(offset_size));
    } else {
      ByteCursor entry(sections_.string_offsets);
      const std::uint64_t index = in.uleb128();
      entry.take(index <= sections_.string_offsets.size() ? index * offset_size : index);
      const std::uint64_t at = entry.sized_number(offset_size);
      text = !entry.ok() ? std::string_view() : text_at(sections_.strings, at);
    }
    passes(line);
    if (reached_) {
      return;
    }
    const bool defined = kind == DW_MACRO_define || kind == DW_MACRO_define_strp || kind == DW_MACRO_define_strx;
    const std::string_view name = name_at(text, 0);
    for (Candidate& candidate : candidates_) {
      if (candidate.name == name) {
        candidate.defined = defined;
        candidate.function_like = text.size() > name.size() && text[name.size()] == '(';
      }
    }
  }

  // A line of the file that we are in: behind the place's own, its definitions are all known.
  void passes(std::uint64_t line) {
    reached_ = reached_ || (!files_.empty() && files_.back() && line > static_cast<std::uint64_t>(place_.line));
  }

  const MacroSections& sections_;
  const LineTable& lines_;
  const MacroPlace& place_;
  std::vector<Candidate>& candidates_;
  std::vector<bool> files_;  // those that are open, from the first to include another; whether it is the place's
  std::uint64_t entries_ = 0;
  bool reached_ = false;
};

}  // namespace

std::optional<std::string> macro_at(const MacroSections& sections, std::uint64_t offset, const LineTable& lines,
                                    const MacroPlace& place) {
  std::vector<Candidate> candidates;
  if (place.column) {
    const auto at = static_cast<std::size_t>(*place.column) - 1;
    if (at >= place.source.size() || !is_letter(place.source[at]) || (at > 0 && is_name_part(place.source[at - 1]))) {
      return std::nullopt;
    }
    candidates.push_back({.name = name_at(place.source, at)});
  } else {
    for (const std::string_view name : used_names(place.source)) {
      if (name == place.called) {
        return std::nullopt;
      }
      candidates.push_back({.name = name});
    }
  }
  if (candidates.empty() || !MacroReader(sections, lines, place, candidates).reaches_place(offset)) {
    return std::nullopt;
  }
  std::erase_if(candidates,
                [&](const Candidate& one) { return !one.defined || (!place.column && !one.function_like); });
  return candidates.size() == 1 ? std::optional(std::string(candidates.front().name)) : std::nullopt;
}

}  // namespace stillframe::binary
