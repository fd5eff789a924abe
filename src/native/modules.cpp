#include "native/modules.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "binary/debug_files.h"
#include "binary/symbol_dwarf_file.h"
#include "target/files_in_root.h"

namespace stillframe::native {
namespace {

constexpr std::string_view kVdso = "[vdso]";
// Sections of more than this are not read, all files together; the largest programs known have 60 MB of them.
constexpr std::uint64_t kMostSectionBytes = std::uint64_t{256} << 20U;
// A row takes some 700 bytes. The deepest stacks go through a few thousand different places.
constexpr std::size_t kMostRows = 32768;
// How far the first mapping of a file is looked for; a file has a handful of mappings.
constexpr std::size_t kMostMappingsOfFile = 1024;
// Of a look-up, besides the bytes that it reads.
constexpr std::uint64_t kEffortOfLookUp = 64;

}  // namespace

binary::OpenFile opener_of(const target::Target& target) {
  return [&target](const std::string& path) {
    const auto file = target::open_candidate(target, path);
    return file ? dup(file.fd()) : -1;
  };
}

std::unique_ptr<binary::CallFrameTable> Modules::read_section(const binary::ElfFile& file, const char* name,
                                                              Address bias, binary::CallFrameTable::Format format) {
  const auto section = file.section(name);
  auto bytes = section ? file.section_bytes(name, kMostSectionBytes - section_bytes_) : std::vector<std::byte>();
  if (bytes.empty()) {
    return nullptr;
  }
  section_bytes_ += bytes.size();
  return binary::CallFrameTable::in_section(std::move(bytes), section->address, bias, format);
}

// The mapping of the file's first byte that belongs to the same loading of it: the nearest one further down.
const target::Mapping* Modules::first_of(const target::Mapping& mapping) const {
  const auto mappings = target_.mappings();
  const auto here = static_cast<std::size_t>(&mapping - mappings.data());
  for (std::size_t back = 0; back <= std::min(here, kMostMappingsOfFile); ++back) {
    const target::Mapping& at = mappings[here - back];
    if (at.offset == 0 && at.inode == mapping.inode && at.device == mapping.device && at.path == mapping.path) {
      return &at;
    }
  }
  return &mapping;
}

Module* Modules::find(Address address) {
  const target::Mapping* mapping = target::mapping_at(target_.mappings(), address);
  if (mapping == nullptr || mapping->path.empty()) {
    return nullptr;
  }
  if (const auto asked = owners_.find(mapping); asked != owners_.end()) {
    return asked->second;
  }
  const bool vdso = mapping->path == kVdso;
  if (!vdso && !mapping->path.starts_with('/')) {
    return nullptr;
  }
  const target::Mapping* first = first_of(*mapping);
  auto& known = modules_[first];
  if (!known) {
    known = std::make_unique<Module>(*first, binary::ElfImage::at(code_, first->begin), vdso);
  }
  owners_.emplace(mapping, known.get());
  return known.get();
}

Module* Modules::owner_of(Address data) {
  const target::Mapping* mapping = target::mapping_at(target_.mappings(), data);
  if (mapping != nullptr && mapping->path.empty() && mapping != target_.mappings().data() &&
      std::prev(mapping)->end == mapping->begin) {
    --mapping;
  }
  return mapping == nullptr ? nullptr : find(mapping->begin);
}

bool Modules::is_code(Address address) const {
  const target::Mapping* mapping = target::mapping_at(target_.mappings(), address);
  return mapping != nullptr && mapping->executable;
}

const binary::UnwindRow* Modules::row_at(Address pc) {
  if (rows_.size() >= kMostRows) {
    rows_.clear();
  }
  const auto [at, fresh] = rows_.try_emplace(pc);
  if (fresh) {
    if (Module* module = find(pc)) {
      at->second = look_up(*module, pc);
    }
  }
  return at->second ? &*at->second : nullptr;
}

std::optional<binary::UnwindRow> Modules::look_up(Module& module, Address pc) {
  if (!module.looked_in_memory_) {
    module.looked_in_memory_ = true;
    if (module.image_) {
      module.in_memory_ = binary::CallFrameTable::in_image(code_, *module.image_);
    }
  }
  if (module.in_memory_) {
    if (auto row = row_of(*module.in_memory_, pc)) {
      return row;
    }
  }
  if (!module.looked_in_file_) {
    module.looked_in_file_ = true;
    open_tables(module);
  }
  for (const auto& table : module.in_file_) {
    if (auto row = row_of(*table, pc)) {
      return row;
    }
  }
  return std::nullopt;
}

std::optional<binary::UnwindRow> Modules::row_of(const binary::CallFrameTable& table, Address pc) {
  const std::uint64_t before = table.bytes_read();
  auto row = table.row_at(pc);
  effort_ += kEffortOfLookUp + table.bytes_read() - before;
  return row;
}

// What is not loaded, or has no index to be found by: .debug_frame, and .eh_frame of programs linked without the index.
void Modules::open_tables(Module& module) {
  if (module.is_vdso() || !module.image()) {
    return;
  }
  const auto handle = target_.open_mapped(module.first_mapping());
  if (!handle) {
    return;
  }
  const auto file = binary::ElfFile::open(handle->fd(), module.path());
  if (!file) {
    return;
  }
  const Address bias = module.image()->bias();
  using Format = binary::CallFrameTable::Format;
  const auto add = [&](const char* name, Format format) {
    if (auto table = read_section(*file, name, bias, format)) {
      module.in_file_.push_back(std::move(table));
    }
  };
  if (!module.in_memory_) {
    add(".eh_frame", Format::eh_frame);
  }
  add(".debug_frame", Format::debug_frame);
  if (!file->section(".debug_frame")) {
    add_separate(module, handle->fd());
  }
}

// The same of a stripped file, whose .debug_frame went into its debug file.
void Modules::add_separate(Module& module, int fd) {
  const std::uint64_t lost = binary::MappedRegion::lost_pages();
  const auto image = binary::SymbolImage::open(fd, file_access(target_.host()));
  const auto separate =
      image == nullptr ? nullptr
                       : binary::find_debug_file(*image, module.path(), opener_of(target_), *target_.file_budget());
  auto bytes = separate == nullptr
                   ? std::vector<std::byte>()
                   : binary::section_bytes(*separate, ".debug_frame", kMostSectionBytes - section_bytes_);
  if (!bytes.empty() && binary::MappedRegion::lost_pages() == lost) {
    section_bytes_ += bytes.size();
    module.in_file_.push_back(binary::CallFrameTable::in_section(std::move(bytes), 0, module.image()->bias(),
                                                                 binary::CallFrameTable::Format::debug_frame));
  }
}

std::optional<Modules::Range> Modules::function_at(Address pc) {
  Module* module = find_function_ ? find(pc) : nullptr;
  return module != nullptr ? find_function_(*module, pc) : std::nullopt;
}

std::optional<Address> Modules::direct_call_target(Address address) const {
#if defined(__x86_64__)
  const auto opcode = code_.get<std::uint8_t>(address - 5);
  const auto distance = code_.get<std::int32_t>(address - 4);
  if (!opcode || *opcode != 0xE8 || !distance) {
    return std::nullopt;
  }
  return address + static_cast<Address>(std::int64_t{*distance});
#else
  const auto word = code_.get<std::uint32_t>(address - 4);
  if (!word || (*word & 0xFC000000U) != 0x94000000U) {
    return std::nullopt;
  }
  const auto distance = static_cast<std::int32_t>(*word << 6U) >> 4U;  // imm26, in words
  return address - 4 + static_cast<Address>(std::int64_t{distance});
#endif
}

std::optional<Address> Modules::called_function(Address address) const {
  const auto direct = direct_call_target(address);
  if (!direct) {
    return std::nullopt;
  }
  const auto stub = stub_target(*direct);
  return stub == Address{0} ? std::nullopt : std::optional(stub.value_or(*direct));
}

bool Modules::begins_process(Address pc) {
  constexpr Address kLongestStart = 64;  // it only puts the arguments in their places
  const Module* module = find(pc);
  const Address entry = module != nullptr && module->image() ? module->image()->entry() : 0;
  return entry != 0 && pc > entry && pc - entry <= kLongestStart;
}

std::optional<Address> Modules::end_of_function(Address begin) {
  const auto* row = row_at(begin);
  const auto range = row != nullptr ? std::optional(Range{.begin = row->begin, .end = row->end}) : function_at(begin);
  return range && range->begin == begin && range->end > begin ? std::optional(range->end) : std::nullopt;
}

std::optional<Jumps> Modules::jumps_of(Address function) {
  constexpr Address kLongestSearched = 16384;
  const auto end = end_of_function(function);
  if (!end) {
    return std::nullopt;
  }
  std::vector<std::byte> code(std::min(*end - function, kLongestSearched));
  effort_ += code.size();
  return code_.read(function, code) ? std::optional(find_jumps(code, function)) : std::nullopt;
}

bool Modules::tail_calls(Address function, Address to) {
  const auto jumps = jumps_of(function);
  return jumps && std::ranges::find(jumps->away, to) != jumps->away.end();
}

bool Modules::may_end_in(Address function, Address to) {
  // PyObject_Call() jumps to _PyObject_Call(), which jumps to _PyVectorcall_Call(), which jumps to any function.
  constexpr std::size_t kMostFunctions = 32;
  std::vector<Address> functions{function};
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const auto jumps = jumps_of(functions[i]);
    if (!jumps) {
      continue;
    }
    if (jumps->through_pointer || std::ranges::find(jumps->away, to) != jumps->away.end()) {
      return true;
    }
    for (const Address next : jumps->away) {
      if (functions.size() < kMostFunctions && is_code(next) && end_of_function(next) &&
          std::ranges::find(functions, next) == functions.end()) {
        functions.push_back(next);
      }
    }
  }
  return false;
}

// Where a stub of the procedure linkage table jumps to: 0 where that is not bound yet, nothing where there is no
// stub.
std::optional<Address> Modules::stub_target(Address at) const {
  constexpr std::uint8_t kEndbr = 0xF3;
  constexpr std::uint8_t kBnd = 0xF2;
  const auto code_at = [this](Address place) -> std::optional<std::array<std::uint8_t, 4>> {
    const auto four = code_.get<std::array<std::uint8_t, 4>>(place);
    return four ? std::optional(*four) : std::nullopt;
  };
  auto bytes = code_at(at);
  if (bytes && (*bytes)[0] == kEndbr) {
    at += 4;
    bytes = code_at(at);
  }
  if (bytes && (*bytes)[0] == kBnd) {
    at += 1;
    bytes = code_at(at);
  }
  if (!bytes || (*bytes)[0] != 0xFF || (*bytes)[1] != 0x25) {  // jmp *disp32(%rip)
    return std::nullopt;
  }
  const auto distance = code_.get<std::int32_t>(at + 2);
  if (!distance) {
    return Address{0};
  }
  const auto target = target_.memory().get<Address>(at + 6 + static_cast<Address>(std::int64_t{*distance}));
  const bool bound = target && (*target < at - 16 || *target > at + 16);  // not just behind the jump itself
  return bound ? *target : Address{0};
}

bool Modules::follows_call(Address address) const {
  if (!is_code(address) || !is_code(address - 1)) {
    return false;
  }
#if defined(__x86_64__)
  // Intel SDM volume 2, CALL: E8 rel32; FF /2 with 1 to 6 bytes behind the opcode, perhaps with prefixes before it.
  constexpr std::size_t kLongest = 7;
  constexpr std::size_t kShortest = 2;
  std::array<std::byte, kLongest> raw{};
  // Less lies before it where code begins; no byte of a call is 0 where an opcode is looked for.
  std::size_t size = kLongest;
  while (size >= kShortest && !code_.read(address - size, std::span(raw).last(size))) {
    raw = {};
    --size;
  }
  const auto byte = [&raw](std::size_t back) { return std::to_integer<unsigned>(raw[kLongest - back]); };
  if (byte(5) == 0xE8) {
    return true;
  }
  constexpr unsigned kRegisterBits = 0x38;
  constexpr unsigned kCallIndirect = 0x10;  // /2
  for (std::size_t back = 2; back <= kLongest; ++back) {
    if (byte(back) != 0xFF || (byte(back - 1) & kRegisterBits) != kCallIndirect) {
      continue;
    }
    // ModRM: mod 3 and mod 0 need no more bytes but for a SIB byte or a displacement.
    const unsigned mode = byte(back - 1) >> 6U;
    const unsigned base = byte(back - 1) & 7U;
    const std::size_t sib = mode != 3 && base == 4 ? 1 : 0;
    std::size_t displacement = mode == 1 ? 1 : (mode == 2 ? 4 : 0);
    if (mode == 0 && base == 5) {
      displacement = 4;
    }
    if (mode == 0 && sib == 1 && back >= 3 && (byte(back - 2) & 7U) == 5) {
      displacement = 4;
    }
    if (back == 2 + sib + displacement) {
      return true;
    }
  }
  return false;
#elif defined(__aarch64__)
  // Arm ARM C6.2: BL imm26, BLR Xn.
  const auto word = code_.get<std::uint32_t>(address - 4);
  return word && ((*word & 0xFC000000U) == 0x94000000U || (*word & 0xFFFFFC1FU) == 0xD63F0000U);
#else
#error "this architecture is not supported"
#endif
}

}  // namespace stillframe::native
