#include "target/core_modules.h"

#include <elf.h>

#include <algorithm>
#include <string_view>

#include "binary/elf_image.h"
#include "target/core_paths.h"

namespace stillframe::target {
namespace {

using binary::CoreFile;
using binary::CoreFileMapping;
using binary::CoreSegment;

const CoreSegment* segment_at(const CoreFile& core, Address address) {
  const auto& segments = core.segments();
  const auto next = std::ranges::upper_bound(segments, address, {}, &CoreSegment::address);
  if (next == segments.begin()) {
    return nullptr;
  }
  const CoreSegment& segment = *std::prev(next);
  return address - segment.address < segment.memory_size ? &segment : nullptr;
}

std::string_view strip_deleted(std::string_view path) {
  constexpr std::string_view mark = " (deleted)";
  return path.ends_with(mark) ? path.substr(0, path.size() - mark.size()) : path;
}

void identify(CoreModule& module, const memory::MemorySource& dumped) {
  if (const auto image = binary::ElfImage::at(dumped, module.base())) {
    module.has_image = true;
    module.build_id = image->build_id(dumped);
  }
}

// The part of a module that holds an address, and the module.
struct Place {
  const CoreModule* module = nullptr;
  const ModulePart* part = nullptr;
};

class PlaceIndex {
 public:
  explicit PlaceIndex(const std::vector<CoreModule>& modules) {
    for (const CoreModule& module : modules) {
      for (const ModulePart& part : module.parts) {
        places_.push_back({.module = &module, .part = &part});
      }
    }
    std::ranges::stable_sort(places_, {}, begin_of);
  }

  [[nodiscard]] const Place* at(Address address) const {
    const auto next = std::ranges::upper_bound(places_, address, {}, begin_of);
    if (next == places_.begin()) {
      return nullptr;
    }
    const Place& place = *std::prev(next);
    return address < place.part->end ? &place : nullptr;
  }

  [[nodiscard]] const std::vector<Place>& all() const { return places_; }

 private:
  static Address begin_of(const Place& place) { return place.part->begin; }
  std::vector<Place> places_;
};

Mapping to_mapping(const CoreSegment& segment, const PlaceIndex& index, const std::vector<CoreModule>& modules) {
  Mapping mapping{.begin = segment.address,
                  .end = segment.address + segment.memory_size,
                  .readable = segment.readable,
                  .writable = segment.writable,
                  .executable = segment.executable};
  if (const Place* place = index.at(segment.address)) {
    mapping.path = place->module->path;
    mapping.deleted = place->module->deleted;
    mapping.offset = place->part->offset + (segment.address - place->part->begin);
    // A core knows no inodes: a number that tells its files apart from each other and from anonymous memory.
    mapping.inode = static_cast<std::uint64_t>(place->module - modules.data()) + 1;
  }
  return mapping;
}

void name_special(const CoreFile& core, std::vector<Mapping>& mappings) {
  const auto name = [&](std::optional<Address> address, std::string_view text) {
    const auto found = std::ranges::find_if(mappings, [&](const Mapping& mapping) {
      return address && *address >= mapping.begin && *address < mapping.end;
    });
    if (found != mappings.end() && found->path.empty()) {
      found->path = text;
    }
  };
  name(core.auxv(AT_SYSINFO_EHDR), "[vdso]");
  name(core.auxv(AT_RANDOM), "[stack]");
}

}  // namespace

std::vector<CoreModule> list_modules(const CoreFile& core, const std::vector<CoreFileMapping>& files,
                                     const memory::MemorySource& dumped) {
  std::vector<CoreModule> modules;
  for (const CoreFileMapping& mapping : files) {
    const CoreSegment* segment = segment_at(core, mapping.begin);
    const ModulePart part{.begin = mapping.begin,
                          .end = mapping.end,
                          .offset = mapping.offset,
                          .writable = segment != nullptr && segment->writable};
    const std::string_view path = strip_deleted(mapping.path);
    // A file may be mapped more than once (libffi maps the executable again for its trampolines).
    const bool same = !modules.empty() && modules.back().path == path && mapping.offset != 0 &&
                      mapping.offset >= modules.back().parts.back().offset;
    if (same) {
      modules.back().parts.push_back(part);
    } else {
      modules.push_back({.path = std::string(path), .deleted = path.size() != mapping.path.size(), .parts = {part}});
    }
  }
  for (CoreModule& module : modules) {
    identify(module, dumped);
    module.is_code = module.has_image || module.path.contains(".so") ||
                     std::ranges::any_of(module.parts, [&](const ModulePart& part) {
                       const CoreSegment* segment = segment_at(core, part.begin);
                       return segment != nullptr && segment->executable;
                     });
  }
  return modules;
}

std::vector<Mapping> list_mappings(const CoreFile& core, const std::vector<CoreModule>& modules) {
  const PlaceIndex index(modules);
  std::vector<Mapping> mappings;
  mappings.reserve(core.segments().size());
  for (const CoreSegment& segment : core.segments()) {
    mappings.push_back(to_mapping(segment, index, modules));
  }
  // gcore leaves out the headers too of what it does not dump.
  for (const Place& place : index.all()) {
    if (segment_at(core, place.part->begin) == nullptr) {
      CoreSegment missing{.address = place.part->begin, .memory_size = place.part->end - place.part->begin};
      missing.readable = true;
      missing.executable = place.part->offset != 0;
      mappings.push_back(to_mapping(missing, index, modules));
    }
  }
  std::ranges::stable_sort(mappings, {}, &Mapping::begin);
  name_special(core, mappings);
  return mappings;
}

const CoreModule* main_module(const CoreFile& core, const std::vector<CoreModule>& modules) {
  for (const std::uint64_t type : {std::uint64_t{AT_PHDR}, std::uint64_t{AT_ENTRY}}) {
    const auto address = core.auxv(type);
    for (const CoreModule& module : modules) {
      if (address && *address >= module.base() && *address < module.parts.back().end) {
        return &module;
      }
    }
  }
  if (const auto& process = core.process()) {
    const std::string& name = process->name;
    for (const CoreModule& module : modules) {
      // comm is the beginning of the file's name, unless the program changed it.
      if (!name.empty() && file_name(module.path).starts_with(name) && !module.path.contains(".so")) {
        return &module;
      }
    }
  }
  return nullptr;
}

}  // namespace stillframe::target
