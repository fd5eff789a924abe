#include "cpython/runtime/debug_info_check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "binary/debug_files.h"
#include "binary/elf_file.h"
#include "binary/partial_debug_info.h"
#include "cpython/runtime/debug_structures.h"
#include "target/files_in_root.h"

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
#include "cpython/dialects/layouts/fields.def"
#undef SF_STRUCT
#undef SF_FIELD
#undef SF_END
};
// NOLINTEND(bugprone-macro-parentheses)

std::vector<WantedStructure> wanted_structures() {
  std::vector<WantedStructure> wanted;
  for (const Line& line : kLines) {
    if (line.field.empty()) {
      wanted.push_back({.group = line.group, .types = line.choices});
    }
  }
  return wanted;
}

// The mapping that a file's data at `address` was loaded from; its zeroed rest (.bss) lies in a nameless mapping
// behind.
const target::Mapping* file_mapping(std::span<const target::Mapping> mappings, Address address) {
  const target::Mapping* at = target::mapping_at(mappings, address);
  while (at != nullptr && at->path.empty()) {
    at = at != mappings.data() && std::prev(at)->end == at->begin ? std::prev(at) : nullptr;
  }
  return at != nullptr && at->path.front() == '/' ? at : nullptr;
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
  return name.contains('/') ? std::string() : std::string(name);
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
    auto file = place != path ? target::open_candidate(target, place) : target::FileHandle();
    const auto debug =
        file ? binary::ElfFile::open(file.fd(), place) : Result<binary::ElfFile>(std::unexpected(Error{}));
    if (debug && debug->build_id() == id) {
      return file;
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
  DebugStructures structures(info->units(), wanted_structures());
  std::vector<Disagreement> disagreements;
  Layout table = layout;
  for (const Line& line : kLines) {
    const bool size = line.field.empty();
    const auto real = size ? structures.size(line.group) : structures.offset(line.group, line.choices);
    const Offset told = size ? Offset(line.size(table)) : line.offset(table);
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
