#include "binary/symbol_unpacked.h"

#include <dwarf.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "binary/byte_cursor.h"
#include "binary/rounding.h"

namespace stillframe::binary {
namespace {

constexpr std::uint64_t longest_unit_head = 24;
// An ELF header and a table of the sections below, with their names.
constexpr std::uint64_t view_size = 2048;
// What libdw reads of a unit.
constexpr std::array<std::string_view, 6> read_whole{".debug_str",      ".debug_line_str",    ".debug_addr",
                                                     ".debug_rnglists", ".debug_str_offsets", ".debug_ranges"};
// Of these it only wants to know that an offset lies within.
constexpr std::array<std::string_view, 2> measured{".debug_line", ".debug_macro"};

// zlib can stop and go on, but takes more than twice as long as libdeflate, which knows only all at once. Up to this
// part of a section little is lost when more is asked for later.
constexpr std::uint64_t streamed_part = 8;
constexpr std::uint64_t first_abbreviations = 4096;

// Whether a table of abbreviations ends within what there is of it (DWARF 5, 7.5.3).
bool ends_within(ByteCursor table) {
  while (table.uleb128() != 0) {
    table.uleb128();
    table.number<std::uint8_t>();
    for (bool more = table.ok(); more;) {
      const std::uint64_t name = table.uleb128();
      const std::uint64_t form = table.uleb128();
      if (form == DW_FORM_implicit_const) {
        table.sleb128();
      }
      more = table.ok() && (name != 0 || form != 0);
    }
  }
  return table.ok();
}

// Where a unit's abbreviations begin. DWARF 5 put the type of the unit and the size of an address in front of that.
std::optional<std::uint64_t> abbreviations_offset(std::span<const std::byte> units, std::uint64_t unit) {
  const bool is_long = value_at<std::uint32_t>(units, unit) == long_format;
  const std::uint64_t version_at = unit + (is_long ? 12 : 4);
  const auto version = value_at<std::uint16_t>(units, version_at);
  if (!version) {
    return std::nullopt;
  }
  const std::uint64_t at = version_at + (*version >= 5 ? 4 : 2);
  if (is_long) {
    return value_at<std::uint64_t>(units, at);
  }
  const auto offset = value_at<std::uint32_t>(units, at);
  return offset ? std::optional<std::uint64_t>(*offset) : std::nullopt;
}

}  // namespace

class UnpackedSections::Stream {
 public:
  explicit Stream(std::span<const std::byte> packed) : packed_(packed) { ready_ = inflateInit(&stream_) == Z_OK; }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  Stream(Stream&&) = delete;
  Stream& operator=(Stream&&) = delete;
  ~Stream() { inflateEnd(&stream_); }

  // Fills `into` with what comes next; false when there is not so much.
  bool fill(std::span<std::byte> into) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(std::min(into.size(), most));
    stream_.next_in =
        const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed_.data()));  // NOLINT: zlib's is not const
    stream_.avail_in = static_cast<uInt>(std::min(packed_.size(), most));
    const uInt given = stream_.avail_in;
    const int status = ready_ && into.size() <= most ? inflate(&stream_, Z_SYNC_FLUSH) : Z_DATA_ERROR;
    packed_ = packed_.subspan(given - stream_.avail_in);
    ready_ = status == Z_OK;
    return (status == Z_OK || status == Z_STREAM_END) && stream_.avail_out == 0;
  }

 private:
  std::span<const std::byte> packed_;
  z_stream stream_{};
  bool ready_ = false;
};

UnpackedSections::UnpackedSections(const SymbolImage& image) : image_(image) {}
UnpackedSections::~UnpackedSections() = default;

std::unique_ptr<UnpackedSections> UnpackedSections::open(const SymbolImage& image) {
  std::unique_ptr<UnpackedSections> sections(new UnpackedSections(image));
  std::uint64_t at = view_size * most_views;
  for (DwarfPart& part : dwarf_parts(image)) {
    const auto bytes = image.bytes().subspan(part.offset, part.size);
    const std::uint64_t size = part.compressed ? unpacked_size(bytes) : part.size;
    sections->sections_.push_back({.part = std::move(part), .at = at, .size = size, .stream = nullptr});
    at += round_up(size, 16);
  }
  if (sections->size(".debug_info") == 0 || at > most_unpacked) {
    return nullptr;
  }
  sections->region_ = MappedRegion::of_memory(at);
  return sections->region_.empty() ? nullptr : std::move(sections);
}

const UnpackedSections::Section* UnpackedSections::find(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, [](const Section& section) { return section.part.name; });
  return found == sections_.end() ? nullptr : &*found;
}

std::uint64_t UnpackedSections::size(std::string_view name) const {
  const Section* const found = find(name);
  return found == nullptr ? 0 : found->size;
}

std::span<const std::byte> UnpackedSections::section(std::string_view name) {
  return beginning(name, size(name));
}

std::span<const std::byte> UnpackedSections::beginning(std::string_view name, std::uint64_t end) {
  auto* const found = const_cast<Section*>(find(name));  // NOLINT: it is ours
  if (found == nullptr || !make_ready(*found, std::min(end, found->size))) {
    return {};
  }
  return region_.bytes().subspan(found->at, found->ready);
}

bool UnpackedSections::make_ready(Section& section, std::uint64_t end) {
  if (section.damaged || end <= section.ready) {
    return !section.damaged;
  }
  const auto packed = image_.bytes().subspan(section.part.offset, section.part.size);
  const auto into = region_.writable().subspan(section.at, section.size);
  if (section.stream == nullptr && end <= section.size / streamed_part) {
    begin_stream(section);
  }
  if (section.stream != nullptr && end <= section.size / streamed_part) {
    section.damaged = !section.stream->fill(into.subspan(section.ready, end - section.ready));
    section.ready = end;
    return !section.damaged;
  }
  section.stream.reset();
  if (section.part.compressed) {
    section.damaged = !unpack_section(packed, into);
  } else {
    std::memcpy(into.data(), packed.data(), into.size());
  }
  section.ready = section.size;
  return !section.damaged;
}

void UnpackedSections::begin_stream(Section& section) {
  const auto packed = section.part.compressed
                          ? zlib_stream_of(image_.bytes().subspan(section.part.offset, section.part.size))
                          : std::span<const std::byte>();
  if (!packed.empty()) {
    section.stream = std::make_unique<Stream>(packed);
  }
}

// Makes ready the abbreviations of the unit, of which it is not known where they end.
bool UnpackedSections::abbreviations_of(std::uint64_t unit) {
  constexpr std::string_view name = ".debug_abbrev";
  const auto offset = abbreviations_offset(beginning(".debug_info", unit + longest_unit_head), unit);
  const std::uint64_t whole = size(name);
  if (!offset || *offset >= whole) {
    return false;
  }
  for (std::uint64_t length = first_abbreviations;; length *= 4) {
    const std::uint64_t end = std::min(whole, *offset + length);
    const auto table = beginning(name, end);
    if (table.empty() || end == whole || ends_within(ByteCursor(table, *offset))) {
      return !table.empty();
    }
  }
}

std::unique_ptr<DwarfFile> UnpackedSections::show_unit(std::uint64_t offset, std::uint64_t size) {
  return abbreviations_of(offset) ? show(offset, size) : nullptr;
}

std::unique_ptr<DwarfFile> UnpackedSections::show_all() {
  return section(".debug_abbrev").empty() ? nullptr : show(0, size(".debug_info"));
}

std::unique_ptr<DwarfFile> UnpackedSections::show(std::uint64_t offset, std::uint64_t size) {
  if (views_ == most_views || beginning(".debug_info", offset + size).size() < offset + size) {
    return nullptr;
  }
  const std::uint64_t begin = views_++ * view_size;
  std::vector<DwarfPart> parts;
  for (const std::string_view name : read_whole) {
    section(name);
  }
  for (const Section& one : sections_) {
    const bool units = one.part.name == ".debug_info";
    // Of the abbreviations those that are needed are ready.
    const bool ready = units || one.part.name == ".debug_abbrev" || (one.ready == one.size && !one.damaged) ||
                       std::ranges::find(measured, one.part.name) != measured.end();
    if (ready && one.size != 0) {
      parts.push_back(
          {.name = one.part.name, .offset = one.at - begin + (units ? offset : 0), .size = units ? size : one.size});
    }
  }
  return DwarfFile::in_place(image_.header(), region_.writable().subspan(begin), std::move(parts), view_size);
}

}  // namespace stillframe::binary
