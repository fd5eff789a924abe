#include "target/core_rebuild.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "binary/elf_image.h"
#include "target/pages.h"

namespace stillframe::target {
namespace {

using binary::CoreFile;
using binary::CoreFileMapping;
using binary::CoreSegment;
using binary::ElfImage;
using memory::Address;
using memory::MemorySource;

constexpr std::size_t kMaxImages = 8192;
constexpr std::size_t kLongestName = 4096;

std::string text_at(const MemorySource& memory, Address address) {
  std::string text;
  while (text.size() < kLongestName) {
    const auto letter = memory.get<char>(address + text.size());
    if (!letter || *letter == '\0') {
      break;
    }
    text.push_back(*letter);
  }
  return text;
}

const binary::Segment* segment_of(const ElfImage& image, std::uint32_t type) {
  const auto segments = image.segments();
  const auto found = std::ranges::find(segments, type, &binary::Segment::type);
  return found == segments.end() ? nullptr : &*found;
}

// The value of a tag in the image's dynamic section as it stands in memory; 0 where there is none.
std::uint64_t dynamic_value(const MemorySource& memory, const ElfImage& image, std::int64_t tag) {
  constexpr std::uint64_t most = 512;
  const binary::Segment* dynamic = segment_of(image, PT_DYNAMIC);
  for (std::uint64_t i = 0; dynamic != nullptr && i < most; ++i) {
    const auto entry = memory.get<Elf64_Dyn>(dynamic->address + i * sizeof(Elf64_Dyn));
    if (!entry || entry->d_tag == DT_NULL) {
      break;
    }
    if (entry->d_tag == tag) {
      return entry->d_un.d_val;
    }
  }
  return 0;
}

// Paths by the address of the dynamic section, from the dynamic linker's list (struct link_map of <link.h>: l_addr,
// l_name, l_ld, l_next), which starts at r_map of the struct r_debug that DT_DEBUG of the executable points to.
std::unordered_map<Address, std::string> loaded_libraries(const MemorySource& memory,
                                                          const std::vector<ElfImage>& images) {
  std::unordered_map<Address, std::string> names;
  for (const ElfImage& image : images) {
    const Address debug = segment_of(image, PT_INTERP) == nullptr ? 0 : dynamic_value(memory, image, DT_DEBUG);
    auto next = debug == 0 ? memory::Read<Address>(0) : memory.get<Address>(debug + 8);
    std::unordered_set<Address> seen;
    while (next && *next != 0 && seen.size() < kMaxImages && seen.insert(*next).second) {
      const auto entry = memory.get<std::array<Address, 4>>(*next);
      if (!entry) {
        break;
      }
      names.emplace((*entry)[2], text_at(memory, (*entry)[1]));
      next = (*entry)[3];
    }
  }
  return names;
}

// Images whose first page is in the core, the vDSO left out.
std::vector<ElfImage> find_images(const CoreFile& core, const MemorySource& dumped) {
  std::vector<ElfImage> images;
  for (const CoreSegment& segment : core.segments()) {
    const bool vdso = core.auxv(AT_SYSINFO_EHDR) == segment.address;
    const auto magic = dumped.get<std::array<char, SELFMAG>>(segment.address);
    if (vdso || !magic || std::memcmp(magic->data(), ELFMAG, SELFMAG) != 0 || images.size() >= kMaxImages) {
      continue;
    }
    if (auto image = ElfImage::at(dumped, segment.address)) {
      images.push_back(std::move(*image));
    }
  }
  return images;
}

class Rebuilder {
 public:
  Rebuilder(const CoreFile& core, const MemorySource& dumped)
      : core_(core),
        dumped_(dumped),
        images_(find_images(core, dumped)),
        libraries_(loaded_libraries(dumped, images_)) {}

  std::vector<CoreFileMapping> rebuild() {
    std::vector<CoreFileMapping> all;
    for (const ElfImage& image : images_) {
      const std::string path = name(image);
      if (path.starts_with('/')) {
        add_parts(image, path, all);
      }
    }
    // What the core's own list says besides: files that are no ELF files, or whose header is not in the core.
    for (const CoreFileMapping& listed : core_.file_mappings()) {
      const bool covered = std::ranges::any_of(all, [&](const CoreFileMapping& mapping) {
        return listed.begin < mapping.end && mapping.begin < listed.end;
      });
      if (!covered) {
        all.push_back(listed);
      }
    }
    std::ranges::stable_sort(all, {}, &CoreFileMapping::begin);
    return all;
  }

 private:
  [[nodiscard]] std::string name(const ElfImage& image) const {
    std::string linked;
    if (const binary::Segment* dynamic = segment_of(image, PT_DYNAMIC)) {
      const auto known = libraries_.find(dynamic->address);
      linked = known == libraries_.end() ? "" : known->second;
    }
    if (const std::string listed = name_in_list(image, linked); listed.starts_with('/')) {
      return listed;
    }
    if (linked.starts_with('/')) {
      return linked;
    }
    if (segment_of(image, PT_INTERP) != nullptr && image.base() == first_program()) {
      return executable_path();
    }
    // The name that programs link with: enough to look for the file, whose build-id is then compared.
    const std::uint64_t strings = dynamic_value(dumped_, image, DT_STRTAB);
    const std::uint64_t at = dynamic_value(dumped_, image, DT_SONAME);
    const std::string soname = at == 0 || strings == 0 ? "" : text_at(dumped_, strings + at);
    return soname.empty() ? "" : "/" + soname;
  }

  // The path that the core's own list gives most often within the image; of two, the one that the dynamic linker has.
  [[nodiscard]] std::string name_in_list(const ElfImage& image, const std::string& linked) const {
    std::map<std::string_view, int> votes;
    for (const CoreFileMapping& listed : core_.file_mappings()) {
      const bool inside = std::ranges::any_of(image.segments(), [&](const binary::Segment& load) {
        return load.type == PT_LOAD && listed.begin >= page_down(load.address) &&
               listed.begin - page_down(load.address) < load.size;
      });
      votes[listed.path] += inside ? 2 : 0;
    }
    votes[linked] += votes[linked] > 0 ? 1 : 0;
    const auto best = std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; });
    return best == votes.end() || best->second == 0 ? "" : std::string(best->first);
  }

  // Libraries may name a dynamic linker too (libc does), but lie higher.
  [[nodiscard]] Address first_program() const {
    for (const ElfImage& image : images_) {
      if (segment_of(image, PT_INTERP) != nullptr) {
        return image.base();
      }
    }
    return 0;
  }

  [[nodiscard]] std::string executable_path() const {
    const auto told = core_.auxv(AT_EXECFN);
    std::string path = told ? text_at(dumped_, *told) : "";
    const auto& process = core_.process();
    if (!path.starts_with('/') && process) {
      path = process->arguments.substr(0, process->arguments.find(' '));
    }
    if (!path.starts_with('/') && process && !process->name.empty()) {
      path = "/" + process->name;  // enough to look for it in the search paths
    }
    return path;
  }

  // Every core segment that lies in one of the image's, with the offset in the file that follows from it.
  void add_parts(const ElfImage& image, const std::string& path, std::vector<CoreFileMapping>& all) const {
    const auto& segments = core_.segments();
    for (const binary::Segment& load : image.segments()) {
      if (load.type != PT_LOAD || load.file_size == 0 || load.file_size > (Address{1} << 40U)) {
        continue;
      }
      const Address begin = page_down(load.address);
      const Address end = load.address + load.file_size;
      auto next = std::ranges::lower_bound(segments, begin, {}, &CoreSegment::address);
      for (; next != segments.end() && next->address < end; ++next) {
        all.push_back({.begin = next->address,
                       .end = next->address + next->memory_size,
                       .offset = page_down(load.file_offset) + (next->address - begin),
                       .path = path});
      }
    }
  }

  const CoreFile& core_;
  const MemorySource& dumped_;
  std::vector<ElfImage> images_;
  std::unordered_map<Address, std::string> libraries_;
};

}  // namespace

std::vector<CoreFileMapping> file_mappings_of(const CoreFile& core, const MemorySource& dumped) {
  if (!core.file_list_damaged() && !core.file_list_doubtful()) {
    return core.file_mappings();
  }
  return Rebuilder(core, dumped).rebuild();
}

}  // namespace stillframe::target
