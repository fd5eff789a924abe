#include "cpython/debug_info_check.h"

#include <dwarf.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include "binary/debug_files.h"
#include "binary/elf_file.h"
#include "binary/partial_debug_info.h"

namespace stillframe::cpython {
namespace {

// Compilation units that between them define what a stack cannot be read without: the global state, interpreters and
// threads in the first, frames and code objects in the second. (dicts, strings and types come with them in 3.11+.)
constexpr std::array<std::string_view, 2> kUnits{"Objects/frameobject.c", "Python/pystate.c"};

// A line of fields.def.
struct Line {
  std::string_view group;
  std::string_view field;    // empty: the line that begins the group
  std::string_view choices;  // names of the type, or paths of the field
  std::uint32_t& (*size)(Layout& layout);
  Offset& (*offset)(Layout& layout);
};

// NOLINTBEGIN(bugprone-macro-parentheses)
constexpr Line kLines[] = {
#define SF_STRUCT(group, types) \
  Line{#group, {}, types, [](Layout& layout) -> std::uint32_t& { return layout.group.size; }, nullptr},
#define SF_FIELD(group, name, paths) \
  Line{#group, #name, paths, nullptr, [](Layout& layout) -> Offset& { return layout.group.name; }},
#define SF_END(group)
#include "cpython/layouts/fields.def"
#undef SF_STRUCT
#undef SF_FIELD
#undef SF_END
};
// NOLINTEND(bugprone-macro-parentheses)

// PyInterpreterState is some hundred kilobytes; nothing that is read is larger.
constexpr std::uint64_t kMaxStructure = std::uint64_t{4} << 20U;
// DIEs looked at before giving up: the two units of 3.13 have 4,000 at their top and as many members.
constexpr std::uint32_t kMaxSteps = 400'000;

// The parts of "a | b" or "a.b", one after another.
std::string_view take_part(std::string_view& rest, std::string_view separator) {
  const auto end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + separator.size());
  return part;
}

// What the debug information says of the structures named in fields.def.
class Structures {
 public:
  explicit Structures(std::span<Dwarf_Die> units) {
    for (const Line& line : kLines) {
      for (std::string_view rest = line.field.empty() ? line.choices : std::string_view{}; !rest.empty();) {
        wanted_.emplace(take_part(rest, " | "), line.group);
      }
    }
    for (Dwarf_Die& unit : units) {
      collect(unit);
    }
  }

  // The complete structure of a group.
  [[nodiscard]] Dwarf_Die* find(std::string_view group) {
    const auto found = by_group_.find(group);
    return found == by_group_.end() ? nullptr : &found->second;
  }

  // The offset of the first of the paths that leads to a member; `absent` where none does, nothing when the debug
  // information is too strange to tell.
  std::optional<Offset> offset(Dwarf_Die& structure, std::string_view paths) {
    unclear_ = false;
    while (!paths.empty()) {
      const auto at = path_offset(structure, take_part(paths, " | "));
      if (steps_ > kMaxSteps) {
        return std::nullopt;
      }
      if (at) {
        return *at <= kMaxStructure ? std::optional(Offset(static_cast<std::uint32_t>(*at))) : std::nullopt;
      }
    }
    return unclear_ || nameless_ ? std::nullopt : std::optional(absent);
  }

 private:
  bool step() { return ++steps_ <= kMaxSteps; }

  // dwarf_diename() would follow references to other DIEs as well, at three times the cost.
  const char* name_of(Dwarf_Die& die) {
    Dwarf_Attribute attribute;
    if (dwarf_attr(&die, DW_AT_name, &attribute) == nullptr) {
      return nullptr;
    }
    const char* name = dwarf_formstring(&attribute);
    nameless_ = nameless_ || name == nullptr;
    return name;
  }

  void collect(Dwarf_Die& unit) {
    Dwarf_Die die;
    for (int end = dwarf_child(&unit, &die); end == 0 && step(); end = dwarf_siblingof(&die, &die)) {
      const int tag = dwarf_tag(&die);
      if (tag != DW_TAG_typedef && tag != DW_TAG_structure_type) {
        continue;
      }
      const char* name = name_of(die);
      if (name == nullptr) {
        continue;
      }
      if (tag == DW_TAG_structure_type) {
        struct_name_.assign("struct ").append(name);
      }
      const auto group = wanted_.find(tag == DW_TAG_typedef ? std::string_view(name) : std::string_view(struct_name_));
      if (group == wanted_.end() || by_group_.contains(group->second)) {
        continue;
      }
      if (const auto structure = behind(die)) {
        by_group_.emplace(group->second, *structure);
      }
    }
  }

  // The complete structure or union behind typedefs and qualifiers.
  std::optional<Dwarf_Die> behind(Dwarf_Die die) {
    constexpr int kMaxNames = 16;
    for (int i = 0; i < kMaxNames; ++i) {
      const int tag = dwarf_tag(&die);
      if (tag == DW_TAG_structure_type || tag == DW_TAG_union_type) {
        return dwarf_hasattr(&die, DW_AT_declaration) != 0 ? std::nullopt : std::optional(die);
      }
      if (tag != DW_TAG_typedef && tag != DW_TAG_const_type && tag != DW_TAG_volatile_type) {
        return std::nullopt;
      }
      const auto next = type_attribute(die);
      if (!next) {
        return std::nullopt;
      }
      die = *next;
    }
    return std::nullopt;
  }

  // What DW_AT_type leads to, within the same unit: the others' places are not what they were in the file.
  std::optional<Dwarf_Die> type_attribute(Dwarf_Die& die) {
    Dwarf_Attribute attribute;
    Dwarf_Die type;
    if (dwarf_attr(&die, DW_AT_type, &attribute) == nullptr) {
      return std::nullopt;
    }
    if (dwarf_whatform(&attribute) == DW_FORM_ref_addr || dwarf_formref_die(&attribute, &type) == nullptr) {
      unclear_ = true;
      return std::nullopt;
    }
    return type;
  }

  std::optional<Dwarf_Die> type_of(Dwarf_Die member) {
    const auto type = type_attribute(member);
    return type ? behind(*type) : std::nullopt;
  }

  struct Member {
    std::string_view name;  // empty: a structure without a name
    Dwarf_Die die;
    std::uint64_t offset = 0;
  };

  // The members of a structure, read once.
  const std::vector<Member>& members(Dwarf_Die& structure) {
    const auto [known, fresh] = members_.try_emplace(structure.addr);
    Dwarf_Die die;
    for (int end = fresh ? dwarf_child(&structure, &die) : 1; end == 0 && step(); end = dwarf_siblingof(&die, &die)) {
      if (dwarf_tag(&die) == DW_TAG_member) {
        const char* name = name_of(die);
        known->second.push_back({.name = name != nullptr ? name : "", .die = die, .offset = member_offset(die)});
      }
    }
    return known->second;
  }

  // A member by name, also through structures without one.
  std::optional<Member> member(Dwarf_Die& structure, std::string_view name, int depth) {
    constexpr int kMaxDepth = 4;
    for (const Member& one : members(structure)) {
      if (one.name == name) {
        return one;
      }
      if (!one.name.empty() || depth == kMaxDepth || !step()) {
        continue;
      }
      if (auto nameless = type_of(one.die)) {
        if (auto found = member(*nameless, name, depth + 1)) {
          found->offset += one.offset;
          return found;
        }
      }
    }
    return std::nullopt;
  }

  static std::uint64_t member_offset(Dwarf_Die& member) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (dwarf_attr(&member, DW_AT_data_member_location, &attribute) != nullptr) {
      if (dwarf_formudata(&attribute, &value) == 0) {
        return std::min<std::uint64_t>(value, kMaxStructure + 1);
      }
      // DWARF 2: an expression that adds a constant.
      Dwarf_Op* operations = nullptr;
      std::size_t count = 0;
      if (dwarf_getlocation(&attribute, &operations, &count) == 0 && count == 1 &&
          operations[0].atom == DW_OP_plus_uconst) {
        return std::min<std::uint64_t>(operations[0].number, kMaxStructure + 1);
      }
      return kMaxStructure + 1;
    }
    if (dwarf_attr(&member, DW_AT_data_bit_offset, &attribute) != nullptr && dwarf_formudata(&attribute, &value) == 0) {
      return std::min<std::uint64_t>(value / 8, kMaxStructure + 1);
    }
    return 0;  // a member of a union
  }

  std::optional<std::uint64_t> path_offset(Dwarf_Die structure, std::string_view path) {
    std::uint64_t offset = 0;
    while (true) {
      const auto found = member(structure, take_part(path, "."), 0);
      if (!found) {
        return std::nullopt;
      }
      offset += found->offset;
      if (path.empty()) {
        return offset;
      }
      const auto type = type_of(found->die);
      if (!type) {
        return std::nullopt;
      }
      structure = *type;
    }
  }

  std::unordered_map<std::string_view, std::string_view> wanted_;
  std::unordered_map<std::string_view, Dwarf_Die> by_group_;
  std::unordered_map<const void*, std::vector<Member>> members_;
  std::string struct_name_;
  std::uint32_t steps_ = 0;
  bool nameless_ = false;  // a name is kept in another file (dwz): what was not found may be there
  bool unclear_ = false;   // a type could not be followed: that a member was not found says nothing
};

// The mapping that a file's data at `address` was loaded from; its zeroed rest (.bss) lies in a nameless mapping
// behind.
const target::Mapping* file_mapping(std::span<const target::Mapping> mappings, Address address) {
  auto next = std::ranges::upper_bound(mappings, address, {}, &target::Mapping::begin);
  if (next == mappings.begin() || address >= std::prev(next)->end) {
    return nullptr;
  }
  for (auto at = std::prev(next);; --at) {
    if (!at->path.empty()) {
      return at->path.front() == '/' ? &*at : nullptr;
    }
    if (at == mappings.begin() || std::prev(at)->end != at->begin) {
      return nullptr;
    }
  }
}

// Sizes change with every patch release; only where an object's data begins behind its head are they read.
bool matters(const Disagreement& one) {
  return !one.field.empty() || one.group == "ascii" || one.group == "compact";
}

// "thread.next 40 not 8, … and 3 more"; empty when nothing that is read differs.
std::string describe(const std::vector<Disagreement>& disagreements) {
  constexpr std::ptrdiff_t kShown = 4;
  const auto count = std::ranges::count_if(disagreements, matters);
  const auto number = [](Offset offset) { return offset.present() ? fmt::format("{}", offset.value()) : "absent"; };
  std::string text;
  std::ptrdiff_t shown = 0;
  for (const Disagreement& one : disagreements) {
    if (matters(one) && ++shown <= kShown) {
      text += fmt::format("{}{}.{} {} not {}", text.empty() ? "" : ", ", one.group,
                          one.field.empty() ? "size" : one.field, number(one.real), number(one.table));
    }
  }
  return count > kShown ? text + fmt::format(" and {} more", count - kShown) : text;
}

// The name in .gnu_debuglink, empty where there is none.
std::string debug_link_of(const binary::ElfFile& image, int fd) {
  std::array<char, 256> raw{};
  const auto section = image.section(".gnu_debuglink");
  const std::size_t size = section ? std::min<std::uint64_t>(section->size, raw.size() - 1) : 0;
  if (size == 0 || pread(fd, raw.data(), size, static_cast<off_t>(section->offset)) != static_cast<ssize_t>(size)) {
    return {};
  }
  const std::string_view name(raw.data());
  return name.find('/') == std::string_view::npos ? std::string(name) : std::string();
}

// The file to which the debug information of a stripped one was moved, proved by its build-id. (Without a build-id
// nothing but a checksum of the whole file proves it, which would cost more than all the rest of a still.)
target::FileHandle separate_debug_file(const target::Target& target, int fd, const std::string& path) {
  const auto image = binary::ElfFile::open(fd, path);
  const std::string id = image ? image->build_id() : std::string();
  if (id.size() <= 2) {
    return {};
  }
  std::vector<std::string> places{binary::place_of_build_id(id)};
  if (const auto link = debug_link_of(*image, fd); !link.empty()) {
    std::ranges::move(binary::places_of_debug_link(path, link), std::back_inserter(places));
  }
  for (const std::string& place : places) {
    auto file = place != path ? target.open_file(place) : Result<target::FileHandle>(std::unexpected(Error{}));
    const auto debug =
        file ? binary::ElfFile::open(file->fd(), place) : Result<binary::ElfFile>(std::unexpected(Error{}));
    if (debug && debug->build_id() == id) {
      return std::move(*file);
    }
  }
  return {};
}

}  // namespace

std::optional<std::vector<Disagreement>> check_against_debug_info(int fd, const Layout& layout) {
  auto info = binary::PartialDebugInfo::open(fd, kUnits);
  if (!info || info->units().empty()) {
    return std::nullopt;
  }
  Structures structures(info->units());
  std::vector<Disagreement> disagreements;
  Layout table = layout;
  Dwarf_Die* structure = nullptr;
  for (const Line& line : kLines) {
    std::optional<Offset> real;
    Offset told;
    if (line.field.empty()) {
      structure = structures.find(line.group);
      const int size = structure != nullptr ? dwarf_bytesize(structure) : -1;
      if (size > 0 && static_cast<std::uint64_t>(size) <= kMaxStructure) {
        real = Offset(static_cast<std::uint32_t>(size));
      }
      told = Offset(line.size(table));
    } else if (structure != nullptr) {
      real = structures.offset(*structure, line.choices);
      told = line.offset(table);
    }
    if (real && *real != told) {
      disagreements.push_back({.group = line.group, .field = line.field, .table = told, .real = *real});
    }
  }
  return disagreements;
}

void believe(Layout& layout, const std::vector<Disagreement>& disagreements) {
  for (const Disagreement& one : disagreements) {
    for (const Line& line : kLines) {
      if (line.group != one.group || line.field != one.field) {
        continue;
      }
      if (!line.field.empty()) {
        line.offset(layout) = one.real;
      } else if (one.real.present()) {
        line.size(layout) = one.real.value();
      }
    }
  }
}

void believe_debug_info(const target::Target& target, Runtime& runtime) {
  const Address global = runtime.runtime != 0 ? runtime.runtime : runtime.interpreters_head_at;
  const auto* mapping = file_mapping(target.mappings(), global);
  const auto file =
      mapping != nullptr ? target.open_mapped(*mapping) : Result<target::FileHandle>(std::unexpected(Error{}));
  auto disagreements = file ? check_against_debug_info(file->fd(), runtime.layout) : std::nullopt;
  if (file && !disagreements) {
    const auto separate = separate_debug_file(target, file->fd(), mapping->path);
    disagreements = separate ? check_against_debug_info(separate.fd(), runtime.layout) : std::nullopt;
  }
  if (!disagreements || disagreements->empty()) {
    return;
  }
  believe(runtime.layout, *disagreements);
  runtime.warnings.push_back(
      fmt::format("the debug information of {} disagrees with what is known of Python {}.{}, and is believed: {}",
                  mapping->path, runtime.version.major, runtime.version.minor, describe(*disagreements)));
  if (runtime.runtime != 0 && runtime.layout.runtime.interpreters_head.present()) {
    runtime.interpreters_head_at = runtime.runtime + runtime.layout.runtime.interpreters_head.value();
  }
}

}  // namespace stillframe::cpython
