#include "target/core_files.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "binary/elf_file.h"
#include "binary/file_reader.h"
#include "target/pages.h"

namespace stillframe::target {
namespace {

constexpr std::uint16_t kMaxPrograms = 256;

struct FileHeaders {
  Elf64_Ehdr header{};
  std::vector<Elf64_Phdr> loads;
};

std::optional<FileHeaders> read_headers(int fd) {
  const binary::FileReader file(fd);
  const auto header = file.get<Elf64_Ehdr>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
      header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum > kMaxPrograms) {
    return std::nullopt;
  }
  FileHeaders headers{.header = *header};
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const auto program = file.get<Elf64_Phdr>(header->e_phoff + i * sizeof(Elf64_Phdr));
    if (program && program->p_type == PT_LOAD) {
      headers.loads.push_back(*program);
    }
  }
  return headers.loads.empty() ? std::nullopt : std::optional(std::move(headers));
}

std::string build_id_of(int fd, std::string_view name) {
  const auto file = binary::ElfFile::open(fd, name);
  return file ? file->build_id() : "";
}

std::string shown(const std::string& build_id) {
  return build_id.empty() ? "none" : build_id;
}

// How a module with that file would lie: what to add to its linked addresses.
Address bias_of(const CoreModule& module, const FileHeaders& headers) {
  const Elf64_Phdr& first = headers.loads.front();
  return module.base() - (page_down(first.p_vaddr) - page_down(first.p_offset));
}

}  // namespace

struct CoreFiles::Found {
  FileHandle file;
  FileMatch match = FileMatch::none;
  std::string path;        // of the file that was found
  std::string other_path;  // of one that has the name, but is another file
  FileHeaders headers;
  bool wanted = false;  // something of it was asked for
};

CoreFiles::CoreFiles(const binary::CoreFile& core, const std::vector<CoreModule>& modules,
                     const memory::MemorySource& dumped, const CoreOptions& options)
    : core_(core), modules_(modules), dumped_(dumped), paths_(options), given_(options.executable) {
  main_ = main_module(core, modules);
  found_.resize(modules.size());
  for (const CoreModule& module : modules) {
    for (const ModulePart& part : module.parts) {
      parts_.push_back({.begin = part.begin, .module = &module, .part = &part});
    }
  }
  std::ranges::stable_sort(parts_, {}, &PartIndex::begin);
  // Bit 0 of coredump_filter: private pages that were written are in the core, so what is not in it was not written.
  anonymous_dumped_ = std::ranges::any_of(core.segments(), [&](const binary::CoreSegment& segment) {
    const auto next = std::ranges::upper_bound(parts_, segment.address, {}, &PartIndex::begin);
    const bool of_file = next != parts_.begin() && segment.address < std::prev(next)->part->end;
    return segment.writable && segment.file_size > 0 && !of_file;
  });
}

CoreFiles::~CoreFiles() = default;

Result<void> CoreFiles::check_given_executable(const std::string& core_name) const {
  if (!given_) {
    return {};
  }
  const std::string tried = fmt::format("match the executable {} with the core file {}", *given_, core_name);
  const FileHandle file = open_regular(*given_);
  if (!file) {
    return fail(ErrorKind::not_found, tried, "the executable is missing, not a regular file, or must not be read",
                "check its path and permissions, or leave it out: it is then found from the core");
  }
  if (!read_headers(file.fd())) {
    return fail(ErrorKind::unsupported, tried, "that file is not a 64-bit ELF executable",
                "pass the core first and the executable after it: stillframe core CORE [EXECUTABLE]");
  }
  if (main_ == nullptr || compare(*main_, file.fd()) != FileMatch::none) {
    return {};
  }
  return fail(
      ErrorKind::unsupported, tried,
      fmt::format("the core is of another program, {}: its build-id is {}, and that of the executable is {}",
                  main_->path, shown(main_->build_id), shown(build_id_of(file.fd(), *given_))),
      "give the executable that crashed, with --lib-search-root for a copy of its file system, or leave it out");
}

FileMatch CoreFiles::compare(const CoreModule& module, int fd) const {
  if (!read_headers(fd)) {
    return FileMatch::none;
  }
  const std::string id = build_id_of(fd, module.path);
  if (!module.build_id.empty()) {
    return id == module.build_id ? FileMatch::certain : FileMatch::none;
  }
  std::array<std::byte, kPage> in_core{};
  std::array<std::byte, kPage> in_file{};
  if (!dumped_.read(module.base(), in_core)) {
    return lies_alike(module, fd) ? FileMatch::plausible : FileMatch::none;
  }
  const std::size_t size = binary::FileReader(fd).read_some(0, in_file);
  std::size_t different = 0;
  for (std::size_t i = 0; i < size; ++i) {
    different += in_core[i] == in_file[i] ? 0 : 1;
  }
  if (different == 0 && module.has_image && id.empty()) {
    return FileMatch::certain;
  }
  constexpr std::size_t damage = 16;  // bytes that a damaged core may have wrong in the page
  return different <= damage && lies_alike(module, fd) ? FileMatch::plausible : FileMatch::none;
}

// glibc maps the whole extent of a file at once and the segments over it (_dl_map_segments in elf/dl-map-segments.h of
// 2.36): what lies between two of them stays mapped, without any access.
bool CoreFiles::is_hole(const ModulePart& part, std::span<const Elf64_Phdr> loads, Address bias) {
  const Address begin = part.begin - bias;
  const Address end = part.end - bias;
  const bool first_mapping =
      begin - page_down(loads.front().p_vaddr) == part.offset - page_down(loads.front().p_offset);
  return first_mapping && std::ranges::none_of(loads, [&](const Elf64_Phdr& load) {
           return begin < page_up(load.p_vaddr + load.p_memsz) && page_down(load.p_vaddr) < end;
         });
}

// Whether each mapping of the module lies where the file's program headers would have put it.
bool CoreFiles::lies_alike(const CoreModule& module, int fd) const {
  const auto headers = read_headers(fd);
  if (!headers || page_down(headers->loads.front().p_offset) != 0) {
    return false;
  }
  const Address bias = bias_of(module, *headers);
  for (const ModulePart& part : module.parts) {
    const bool fits = std::ranges::any_of(headers->loads, [&](const Elf64_Phdr& load) {
      const std::uint64_t first = page_down(load.p_offset);
      const std::uint64_t last = page_up(load.p_offset + load.p_filesz);
      return part.offset >= first && part.offset + (part.end - part.begin) <= last &&
             part.begin == bias + page_down(load.p_vaddr) + (part.offset - first);
    });
    if (!fits && !is_hole(part, headers->loads, bias)) {
      return false;
    }
  }
  for (const Elf64_Phdr& load : headers->loads) {
    const bool mapped = load.p_filesz == 0 || std::ranges::any_of(module.parts, [&](const ModulePart& part) {
                          return part.begin == bias + page_down(load.p_vaddr);
                        });
    if (!mapped) {
      return false;
    }
  }
  if (&module == main_) {
    const auto entry = core_.auxv(AT_ENTRY);
    const auto count = core_.auxv(AT_PHNUM);
    return (!entry || *entry == headers->header.e_entry + bias) && (!count || *count == headers->header.e_phnum);
  }
  return true;
}

const CoreFiles::Found& CoreFiles::find(const CoreModule& module) const {
  auto& slot = found_[static_cast<std::size_t>(&module - modules_.data())];
  if (slot) {
    return *slot;
  }
  slot = std::make_unique<Found>();
  std::vector<std::string> candidates = paths_.candidates(module.path);
  if (&module == main_ && given_) {
    candidates.insert(candidates.begin(), *given_);
  }
  try_candidates(module, candidates, *slot);
  if (slot->match != FileMatch::certain && module.is_code) {
    try_candidates(module, below_root(file_name(module.path)), *slot);
  }
  if (slot->file) {
    slot->headers = read_headers(slot->file.fd()).value_or(FileHeaders{});
  }
  return *slot;
}

void CoreFiles::try_candidates(const CoreModule& module, const std::vector<std::string>& candidates,
                               Found& found) const {
  for (const std::string& candidate : candidates) {
    FileHandle file = open_regular(candidate);
    if (!file) {
      continue;
    }
    const FileMatch match = compare(module, file.fd());
    if (match == FileMatch::none) {
      found.other_path = candidate;
    } else if (match > found.match) {
      found.match = match;
      found.file = std::move(file);
      found.path = candidate;
    }
    if (match == FileMatch::certain) {
      break;
    }
  }
}

std::vector<std::string> CoreFiles::below_root(std::string_view name) const {
  if (!below_root_) {
    std::set<std::string, std::less<>> names;
    for (const CoreModule& module : modules_) {
      names.emplace(file_name(module.path));
    }
    below_root_ = paths_.below_root(names);
  }
  std::vector<std::string> paths;
  const auto [first, last] = below_root_->equal_range(std::string(name));
  for (auto at = first; at != last; ++at) {
    paths.push_back(at->second);
  }
  return paths;
}

// Never the file's bytes for what the process may have written there.
bool CoreFiles::may_have_changed(const Found& found, const ModulePart& part, Address address) const {
  const std::uint64_t offset = part.offset + (address - part.begin);
  const bool writable = part.writable || std::ranges::any_of(found.headers.loads, [&](const Elf64_Phdr& load) {
                          return (load.p_flags & PF_W) != 0 && offset >= page_down(load.p_offset) &&
                                 offset < page_up(load.p_offset + load.p_filesz);
                        });
  if (!writable) {
    return false;
  }
  const auto& segments = core_.segments();
  const auto next = std::ranges::upper_bound(segments, address, {}, &binary::CoreSegment::address);
  const bool was_dumped = next != segments.begin() && address - std::prev(next)->address < std::prev(next)->file_size;
  return was_dumped || found.match != FileMatch::certain || !anonymous_dumped_;
}

std::size_t CoreFiles::read(Address address, std::span<std::byte> into) const {
  const auto next = std::ranges::upper_bound(parts_, address, {}, &PartIndex::begin);
  if (next == parts_.begin()) {
    return 0;
  }
  const PartIndex& place = *std::prev(next);
  if (address >= place.part->end) {
    return 0;
  }
  const Found& found = find(*place.module);
  found_[static_cast<std::size_t>(place.module - modules_.data())]->wanted = true;
  if (!found.file || may_have_changed(found, *place.part, address)) {
    return 0;
  }
  // A part is one mapping, written or not as a whole: what holds for this byte holds for the rest of it.
  const std::size_t size = std::min<std::uint64_t>(into.size(), place.part->end - address);
  const binary::FileReader file(found.file.fd());
  const std::uint64_t offset = place.part->offset + (address - place.part->begin);
  const std::size_t got = file.read_some(offset, into.first(size));
  // The kernel fills the last page of a mapped file with zeros.
  const std::size_t filled =
      std::min<std::uint64_t>(size, page_up(file.size()) > offset ? page_up(file.size()) - offset : 0);
  if (filled > got) {
    std::ranges::fill(into.subspan(got, filled - got), std::byte{0});
  }
  return std::max(got, filled);
}

Result<FileHandle> CoreFiles::open(const Mapping& mapping) const {
  const std::string tried = fmt::format("open the mapped file {}", mapping.path);
  const auto next = std::ranges::upper_bound(parts_, mapping.begin, {}, &PartIndex::begin);
  if (next == parts_.begin() || mapping.begin >= std::prev(next)->part->end) {
    return fail(ErrorKind::not_found, tried, "the core names no file for these addresses", "nothing can be done");
  }
  const CoreModule& module = *std::prev(next)->module;
  const Found& found = find(module);
  if (!found.file) {
    return fail(
        ErrorKind::not_found, tried,
        found.other_path.empty() ? "it is not on this machine"
                                 : fmt::format("{} has that name but is another file (the build-id in the core is {})",
                                               found.other_path, shown(module.build_id)),
        "give a copy of the program's machine: --lib-search-root DIR, or --lib-search-path DIR for single files");
  }
  FileHandle copy(fcntl(found.file.fd(), F_DUPFD_CLOEXEC, 0));
  if (!copy) {
    return fail(ErrorKind::io, tried, std::strerror(errno), "raise the limit of open files: ulimit -n 4096");
  }
  return copy;
}

std::vector<std::string> CoreFiles::warnings() const {
  constexpr std::size_t named = 4;
  std::string missing;
  std::string unproved;
  std::size_t missing_count = 0;
  std::size_t unproved_count = 0;
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    if (!found_[i] || !found_[i]->wanted || !modules_[i].is_code || found_[i]->match == FileMatch::certain) {
      continue;
    }
    const bool absent = found_[i]->match == FileMatch::none;
    std::size_t& count = absent ? missing_count : unproved_count;
    if (++count <= named) {
      std::string& list = absent ? missing : unproved;
      list += fmt::format("{}{}", list.empty() ? "" : ", ", file_name(modules_[i].path));
    }
  }
  std::vector<std::string> all;
  const auto more = [](std::size_t count) { return count > named ? fmt::format(" and {} more", count - named) : ""; };
  if (missing_count > 0) {
    all.push_back(
        fmt::format("the core leaves out pages of {}{}, and no file with the same build-id was found: what "
                    "stands there is missing; --lib-search-root or --lib-search-path helps",
                    missing, more(missing_count)));
  }
  if (unproved_count > 0) {
    all.push_back(
        fmt::format("the core does not hold the build-id of {}{}: files of the same name and the same "
                    "segments were used, but only for what cannot be written",
                    unproved, more(unproved_count)));
  }
  return all;
}

}  // namespace stillframe::target
