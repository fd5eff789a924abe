#include "binary/call_frame_table.h"

#include <dwarf.h>
#include <elf.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "binary/byte_cursor.h"
#include "binary/cfi_program.h"

// Pointer encodings of .eh_frame: Linux Standard Base Core 5.0, section 10.5; GCC 12, unwind-pe.h.

namespace stillframe::binary {

using memory::Address;

namespace {

// One function's description is a few dozen bytes, of huge generated functions some tens of thousands.
constexpr std::uint64_t kLongestEntry = std::uint64_t{1} << 20U;
// What all functions of one file have in common is two dozen bytes.
constexpr std::uint64_t kLongestCommonEntry = 1024;
constexpr int kMaxIndexEntries = 1'000'000;
// Of a table without an index no more is walked; the largest programs known have 60 MB of it.
constexpr std::uint64_t kLargestTable = std::uint64_t{256} << 20U;
constexpr std::uint64_t kFormMask = 0x0F;

class SectionMemory final : public memory::MemorySource {
 public:
  SectionMemory(std::vector<std::byte> bytes, Address address) : bytes_(std::move(bytes)), address_(address) {}

  [[nodiscard]] memory::Read<void> read(Address address, std::span<std::byte> into) const override {
    if (address < address_ || address - address_ > bytes_.size() ||
        bytes_.size() - (address - address_) < into.size()) {
      return std::unexpected(memory::Fault{.address = address});
    }
    std::memcpy(into.data(), bytes_.data() + (address - address_), into.size());
    return {};
  }

 private:
  std::vector<std::byte> bytes_;
  Address address_;
};

// What an encoded pointer is relative to.
struct Bases {
  Address field = 0;  // the address of the pointer itself
  Address data = 0;
  Address bias = 0;
};

std::optional<std::uint64_t> read_form(ByteCursor& cursor, std::uint64_t form) {
  switch (form) {
    case DW_EH_PE_absptr:
    case DW_EH_PE_udata8:
    case DW_EH_PE_sdata8:
      return cursor.number<std::uint64_t>();
    case DW_EH_PE_uleb128:
      return cursor.uleb128();
    case DW_EH_PE_udata2:
      return cursor.number<std::uint16_t>();
    case DW_EH_PE_udata4:
      return cursor.number<std::uint32_t>();
    case DW_EH_PE_sleb128:
      return static_cast<std::uint64_t>(cursor.sleb128());
    case DW_EH_PE_sdata2:
      return static_cast<std::uint64_t>(std::int64_t{cursor.number<std::int16_t>()});
    case DW_EH_PE_sdata4:
      return static_cast<std::uint64_t>(std::int64_t{cursor.number<std::int32_t>()});
    default:
      return std::nullopt;
  }
}

// An address as .eh_frame writes it; indirect ones (only used for personality routines) and those relative to things
// that are not known here give nothing, but are passed over.
std::optional<Address> read_pointer(ByteCursor& cursor, std::uint8_t encoding, const Bases& bases) {
  if (encoding == DW_EH_PE_omit) {
    return std::nullopt;
  }
  const auto value = read_form(cursor, encoding & kFormMask);
  if (!value || !cursor.ok()) {
    return std::nullopt;
  }
  switch (encoding & ~kFormMask) {
    case DW_EH_PE_absptr:
      return *value + bases.bias;
    case DW_EH_PE_pcrel:
      return *value + bases.field;
    case DW_EH_PE_datarel:
      return bases.data == 0 ? std::nullopt : std::optional(*value + bases.data);
    default:
      return std::nullopt;
  }
}

// Gives the row bytes of its own, and no more than it needs: thousands of rows are kept.
void keep_expressions(UnwindRow& row) {
  std::size_t size = row.cfa_expression.size();
  for (const RegisterRule& rule : row.registers) {
    size += rule.expression.size();
  }
  if (size == 0) {
    return;
  }
  const auto bytes = std::make_shared<std::vector<std::byte>>();
  bytes->reserve(size);  // what is pointed to must stay in its place
  const auto keep = [&bytes](std::span<const std::byte>& expression) {
    const std::size_t at = bytes->size();
    bytes->insert(bytes->end(), expression.begin(), expression.end());
    expression = std::span<const std::byte>(*bytes).subspan(at);
  };
  keep(row.cfa_expression);
  for (RegisterRule& rule : row.registers) {
    keep(rule.expression);
  }
  row.bytes = bytes;
}

}  // namespace

// A CIE or an FDE, without its length.
struct CallFrameTable::Entry {
  Address at = 0;        // of the length
  Address contents = 0;  // of the first byte behind it
  std::vector<std::byte> bytes;
  bool wide = false;   // 64-bit DWARF
  bool whole = false;  // `bytes` holds all of it
  Address next = 0;

  [[nodiscard]] std::uint64_t id(ByteCursor& cursor) const {
    return wide ? cursor.number<std::uint64_t>() : cursor.number<std::uint32_t>();
  }
};

struct CallFrameTable::CommonInfo {
  CfiHeader header;
  bool augmented = false;  // FDEs have augmentation data, to be passed over
  std::size_t instructions = 0;
};

std::unique_ptr<CallFrameTable> CallFrameTable::in_image(const memory::MemorySource& memory, const ElfImage& image) {
  const auto segments = image.segments();
  const auto found = std::ranges::find(segments, std::uint32_t{PT_GNU_EH_FRAME}, &Segment::type);
  if (found == segments.end()) {
    return nullptr;
  }
  constexpr std::size_t kHeaderSize = 32;
  std::array<std::byte, kHeaderSize> raw;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  const std::span<std::byte> head(raw.data(), std::min<std::uint64_t>(found->size, kHeaderSize));
  if (!memory.read(found->address, head)) {
    return nullptr;
  }
  ByteCursor cursor(head);
  const auto version = cursor.number<std::uint8_t>();
  const auto frame_encoding = cursor.number<std::uint8_t>();
  const auto count_encoding = cursor.number<std::uint8_t>();
  const auto table_encoding = cursor.number<std::uint8_t>();
  const auto frames =
      read_pointer(cursor, frame_encoding, {.field = found->address + cursor.offset(), .data = found->address});
  if (version != 1 || !frames) {
    return nullptr;
  }
  std::unique_ptr<CallFrameTable> table(new CallFrameTable);
  table->memory_ = &memory;
  table->begin_ = *frames;
  const auto holder = std::ranges::find_if(segments, [&](const Segment& segment) {
    return segment.type == PT_LOAD && *frames >= segment.address && *frames - segment.address < segment.size;
  });
  if (holder != segments.end()) {
    table->end_ = *frames + std::min(holder->size - (*frames - holder->address), kLargestTable);
  }
  const auto count = read_pointer(cursor, count_encoding, {});
  // Every linker writes this encoding, and unwinders of the C libraries take no other one for a search.
  if (count && table_encoding == (DW_EH_PE_datarel | DW_EH_PE_sdata4)) {
    table->header_ = found->address;
    table->table_ = found->address + cursor.offset();
    table->table_size_ = std::min(*count, (found->size - std::min(found->size, cursor.offset())) / 8);
  }
  return table;
}

std::unique_ptr<CallFrameTable> CallFrameTable::in_section(std::vector<std::byte> section, Address address,
                                                           Address bias, Format format) {
  std::unique_ptr<CallFrameTable> table(new CallFrameTable);
  table->begin_ = address + bias;
  table->end_ = table->begin_ + section.size();
  table->bias_ = bias;
  table->format_ = format;
  table->own_memory_ = std::make_unique<SectionMemory>(std::move(section), table->begin_);
  table->memory_ = table->own_memory_.get();
  return table;
}

std::optional<UnwindRow> CallFrameTable::row_at(Address pc) const {
  const auto description = table_ != 0 ? search_header(pc) : search_index(pc);
  return description ? read_row(*description, pc) : std::nullopt;
}

std::optional<Address> CallFrameTable::table_begin(std::uint64_t entry) const {
  const auto offset = memory_->get<std::int32_t>(table_ + entry * 8);
  return offset ? std::optional(header_ + static_cast<Address>(std::int64_t{*offset})) : std::nullopt;
}

// The last function that begins at or before `pc`.
std::optional<Address> CallFrameTable::search_header(Address pc) const {
  std::uint64_t low = 0;
  std::uint64_t high = table_size_;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto begin = table_begin(middle);
    if (!begin) {
      return std::nullopt;
    }
    if (*begin <= pc) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) {
    return std::nullopt;
  }
  const auto offset = memory_->get<std::int32_t>(table_ + (low - 1) * 8 + 4);
  return offset ? std::optional(header_ + static_cast<Address>(std::int64_t{*offset})) : std::nullopt;
}

std::optional<Address> CallFrameTable::search_index(Address pc) const {
  if (!index_) {
    build_index();
  }
  const auto after = std::ranges::upper_bound(*index_, pc, {}, &IndexEntry::begin);
  if (after == index_->begin() || pc >= std::prev(after)->end) {
    return std::nullopt;
  }
  return std::prev(after)->description;
}

// Reads no more than the first `most` bytes of an entry.
std::optional<CallFrameTable::Entry> CallFrameTable::read_entry(Address at, std::uint64_t most) const {
  Entry entry{.at = at, .contents = at + 4};
  const auto length = memory_->get<std::uint32_t>(at);
  if (!length || *length == 0) {
    return std::nullopt;  // a length of 0 ends the list
  }
  std::uint64_t size = *length;
  if (size == 0xFFFFFFFFU) {
    const auto wide = memory_->get<std::uint64_t>(at + 4);
    if (!wide) {
      return std::nullopt;
    }
    size = *wide;
    entry.wide = true;
    entry.contents = at + 12;
  }
  if (size == 0 || size > kLongestEntry) {
    return std::nullopt;
  }
  entry.whole = size <= most;
  entry.bytes.resize(std::min(size, most));
  entry.next = entry.contents + size;
  bytes_read_ += entry.bytes.size();
  if (!memory_->read(entry.contents, entry.bytes)) {
    return std::nullopt;
  }
  return entry;
}

// DWARF 5, section 6.4.1; the augmentation is GCC's.
std::optional<CallFrameTable::CommonInfo> CallFrameTable::read_common_info(const Entry& entry) const {
  ByteCursor cursor(entry.bytes);
  const std::uint64_t id = entry.id(cursor);
  const std::uint64_t expected = format_ == Format::eh_frame ? 0 : (entry.wide ? ~std::uint64_t{0} : 0xFFFFFFFFU);
  if (id != expected) {
    return std::nullopt;
  }
  const auto version = cursor.number<std::uint8_t>();
  const std::string_view augmentation = cursor.text();
  if (version >= 4) {
    cursor.take(2);  // sizes of addresses and of segment selectors
  }
  CommonInfo info;
  info.header.code_alignment = cursor.uleb128();
  info.header.data_alignment = cursor.sleb128();
  info.header.return_register = version == 1 ? cursor.number<std::uint8_t>() : cursor.uleb128();
  if (augmentation.starts_with('z')) {
    info.augmented = true;
    const std::uint64_t size = cursor.uleb128();
    const std::size_t begin = cursor.offset();
    ByteCursor data(cursor.take(size));
    for (const char letter : augmentation.substr(1)) {
      if (letter == 'R') {
        info.header.pointer_encoding = data.number<std::uint8_t>();
      } else if (letter == 'S') {
        info.header.signal_frame = true;
      } else if (letter == 'L') {
        data.number<std::uint8_t>();
      } else if (letter == 'P') {
        const auto encoding = data.number<std::uint8_t>();
        read_pointer(data, encoding, {.field = entry.contents + begin + data.offset()});
      } else if (letter != 'B' && letter != 'G') {  // aarch64: signed with the B key, memory tagging
        break;                                      // what stands behind an unknown letter cannot be found
      }
    }
  } else if (!augmentation.empty()) {
    return std::nullopt;  // "eh" of GCC 2
  }
  info.instructions = cursor.offset();
  return cursor.ok() ? std::optional(info) : std::nullopt;
}

std::optional<UnwindRow> CallFrameTable::read_row(Address description, Address pc) const {
  const auto entry = read_entry(description, kLongestEntry);
  if (!entry) {
    return std::nullopt;
  }
  ByteCursor cursor(entry->bytes);
  const std::uint64_t id = entry->id(cursor);
  const Address common_at = format_ == Format::eh_frame ? entry->contents - id : begin_ + id;
  const auto common = read_entry(common_at, kLongestCommonEntry);
  auto info = common && common->whole ? read_common_info(*common) : std::nullopt;
  if (!info) {
    return std::nullopt;
  }
  CfiHeader& header = info->header;
  const auto begin = read_pointer(cursor, header.pointer_encoding,
                                  {.field = entry->contents + cursor.offset(), .data = header_, .bias = bias_});
  const auto size = read_form(cursor, header.pointer_encoding & kFormMask);
  if (!begin || !size || pc < *begin || pc - *begin >= *size) {
    return std::nullopt;
  }
  header.begin = *begin;
  header.end = *begin + *size;
  if (info->augmented) {
    cursor.take(cursor.uleb128());
  }
  if (!cursor.ok()) {
    return std::nullopt;
  }
  auto row = run_cfi_program(header, std::span(common->bytes).subspan(info->instructions),
                             std::span(entry->bytes).subspan(cursor.offset()), pc);
  if (row) {
    keep_expressions(*row);
  }
  return row;
}

// Which function an FDE describes; nothing for a CIE.
std::optional<CallFrameTable::IndexEntry> CallFrameTable::read_index_entry(const Entry& entry) const {
  ByteCursor cursor(entry.bytes);
  const std::uint64_t id = entry.id(cursor);
  if (format_ == Format::eh_frame ? id == 0 : (id == 0xFFFFFFFFU || id == ~std::uint64_t{0})) {
    return std::nullopt;
  }
  const auto owner = read_entry(format_ == Format::eh_frame ? entry.contents - id : begin_ + id, kLongestCommonEntry);
  const auto info = owner && owner->whole ? read_common_info(*owner) : std::nullopt;
  if (!info) {
    return std::nullopt;
  }
  const std::uint8_t encoding = info->header.pointer_encoding;
  const auto begin =
      read_pointer(cursor, encoding, {.field = entry.contents + cursor.offset(), .data = header_, .bias = bias_});
  const auto size = read_form(cursor, encoding & kFormMask);
  if (!begin || !size || !cursor.ok() || *size == 0) {
    return std::nullopt;
  }
  return IndexEntry{.begin = *begin, .end = *begin + *size, .description = entry.at};
}

void CallFrameTable::build_index() const {
  index_.emplace();
  const std::uint64_t before = bytes_read_;
  constexpr std::uint64_t kHead = 64;  // holds what is needed of an FDE
  Address at = begin_;
  for (int count = 0; at >= begin_ && at < end_ && count < kMaxIndexEntries; ++count) {
    const auto entry = read_entry(at, kHead);
    if (!entry) {
      break;
    }
    if (const auto found = read_index_entry(*entry)) {
      index_->push_back(*found);
    }
    at = entry->next;
  }
  std::ranges::sort(*index_, {}, &IndexEntry::begin);
  bytes_read_ = before;  // not the cost of the row that happened to be the first
}

}  // namespace stillframe::binary
