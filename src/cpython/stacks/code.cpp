#include "cpython/stacks/code.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "cpython/dialects/line_tables.h"

namespace stillframe::cpython {
namespace {

// A line table of a function with a million lines is a few megabytes; more is not one.
constexpr std::uint64_t kMaxLineTable = std::uint64_t{16} << 20U;
// Of all code objects together; a still of a large program has some hundred kilobytes.
constexpr std::uint64_t kMaxTextBytes = std::uint64_t{64} << 20U;
constexpr std::uint64_t kMaxCodeBytes = std::uint64_t{64} << 20U;
constexpr std::uint64_t kMaxPath = 16384;
// The longest head of a str, and of a bytes object, is 72 bytes (PyUnicodeObject up to 3.11).
constexpr std::size_t kTextHead = 72;

}  // namespace

bool CodeCache::is_code(Address object) {
  const auto type = objects_.type_of(object);
  if (!type) {
    return false;
  }
  if (code_type_ != 0) {
    return *type == code_type_;
  }
  // The name of a type is in the read-only data of the executable, which a core may lack: then what looks like a code
  // object must do.
  const auto name = objects_.type_name(*type);
  if (!name) {
    const auto code = load(object);
    if (!code || code->lost) {
      return false;
    }
  } else if (name != "code") {
    return false;
  }
  code_type_ = *type;
  return true;
}

// Whether the core should hold this and does not. What was never mapped is not lost: a pointer that leads there is
// wrong.
bool CodeCache::is_lost(Address object, std::size_t size) const {
  std::array<std::byte, 1024>
      raw;  // NOLINT(cppcoreguidelines-pro-type-member-init): only whether it can be read counts
  if (object == 0 || object % 8 != 0) {
    return false;
  }
  const auto done = objects_.memory().read(object, std::span(raw.data(), std::min(size, raw.size())));
  return !done && memory::is_lost(done.error().reason);
}

void CodeCache::begin_reading() {
  ++reading_;
}

std::optional<Code> CodeCache::read(Address address) {
  auto code = is_code(address) ? load(address) : std::nullopt;
  if (!code && is_lost(address, objects_.layout().code.size)) {
    // What is left of an object that lies across the end of the core must still be one.
    const auto type = objects_.type_of(address);
    if (!type || code_type_ == 0 || *type == code_type_) {
      code = Code{.address = address, .lost = true};
    }
  }
  return code;
}

const Code* CodeCache::find(Address address) {
  const auto [at, fresh] = by_address_.try_emplace(address);
  Entry& entry = at->second;
  if (!fresh && entry.reading == reading_) {
    return entry.code;
  }
  entry.reading = reading_;
  auto code = read(address);
  if (!code) {
    entry.code = nullptr;
    return nullptr;
  }
  if (entry.code != nullptr) {
    code->generation = entry.code->generation;
    if (*code == *entry.code) {
      return entry.code;
    }
    ++code->generation;
  }
  entry.code = &codes_.emplace_back(std::move(*code));
  return entry.code;
}

std::optional<Code> CodeCache::load(Address address) {
  const auto& layout = objects_.layout();
  const auto filename = objects_.pointer(address, layout.code.filename);
  const auto name = objects_.pointer(address, layout.code.name);
  const auto first_line = objects_.field<std::int32_t>(address, layout.code.firstlineno);
  const auto table = objects_.pointer(address, layout.code.linetable);
  if (!filename || !name || !first_line || !table) {
    return std::nullopt;
  }
  Code code;
  code.address = address;
  code.first_line = *first_line;
  auto file_text = objects_.text(*filename, kMaxPath);
  auto name_text = objects_.text(*name);
  code.lost = (!file_text && is_lost(*filename, kTextHead)) || (!name_text && is_lost(*name, kTextHead));
  if (!file_text && !name_text && !code.lost) {
    return std::nullopt;
  }
  code.filename = std::move(file_text).value_or("");
  code.name = std::move(name_text).value_or("");
  if (const auto qualname = objects_.pointer(address, layout.code.qualname)) {
    code.qualname = objects_.text(*qualname);
    code.lost = code.lost || (!code.qualname && is_lost(*qualname, kTextHead));
  }
  auto table_bytes =
      objects_.bytes(*table, std::min(kMaxLineTable, kMaxTextBytes - std::min(kMaxTextBytes, text_bytes_)));
  code.lost = code.lost || (!table_bytes && is_lost(*table, kTextHead));
  code.line_table = std::move(table_bytes).value_or("");
  text_bytes_ += code.line_table.size() + code.filename.size() + code.name.size();
  if (layout.code.code_adaptive.present()) {
    const auto units = objects_.field<std::uint64_t>(address, layout.var_object.size_field);
    code.instructions = address + layout.code.code_adaptive.value();
    // ob_size of a code object counts instructions of two bytes (Include/cpython/code.h, 3.11).
    code.instruction_bytes = units && *units <= kMaxCodeBytes / 2 ? *units * 2 : 0;
    code.first_traceable = objects_.field<std::int32_t>(address, layout.code.firsttraceable).value_or(0);
    code.thread_local_copies = objects_.pointer(address, layout.code.tlbc).value_or(0);
  }
  return code;
}

Position locate(const Code& code, std::int64_t lasti, const Dialect& dialect) {
  const std::string_view table = code.line_table;
  switch (dialect.code.line_table) {
    case LineTable::unsigned_lnotab:
      return locate_in_lnotab(table, code.first_line, lasti, false);
    case LineTable::signed_lnotab:
      return locate_in_lnotab(table, code.first_line, lasti, true);
    case LineTable::line_table:
      return locate_in_line_table(table, code.first_line, lasti);
    case LineTable::location_table:
      return locate_in_location_table(table, code.first_line, lasti);
  }
  return {};
}

std::vector<std::int32_t> lines_of(const Code& code, const Dialect& dialect) {
  std::vector<std::int32_t> lines;
  switch (dialect.code.line_table) {
    case LineTable::unsigned_lnotab:
    case LineTable::signed_lnotab:
      lines = lines_in_lnotab(code.line_table, code.first_line, dialect.code.line_table == LineTable::signed_lnotab);
      break;
    case LineTable::line_table:
      lines = lines_in_line_table(code.line_table, code.first_line);
      break;
    case LineTable::location_table:
      lines = lines_in_location_table(code.line_table, code.first_line);
      break;
  }
  std::ranges::sort(lines);
  const auto rest = std::ranges::unique(lines);
  lines.erase(rest.begin(), rest.end());
  return lines;
}

}  // namespace stillframe::cpython
