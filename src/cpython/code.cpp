#include "cpython/code.h"

#include <utility>

#include "cpython/line_tables.h"

namespace stillframe::cpython {
namespace {

// A line table of a function with a million lines is a few megabytes; more is not one.
constexpr std::uint64_t kMaxLineTable = std::uint64_t{16} << 20U;
constexpr std::uint64_t kMaxInstructionBytes = std::uint64_t{64} << 20U;
constexpr std::uint64_t kMaxPath = 16384;

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
  if (name ? name != "code" : !load(object)) {
    return false;
  }
  code_type_ = *type;
  return true;
}

const Code* CodeCache::find(Address address) {
  const auto [at, fresh] = by_address_.try_emplace(address, nullptr);
  if (fresh && is_code(address)) {
    if (auto code = load(address)) {
      at->second = &codes_.emplace_back(std::move(*code));
    }
  }
  return at->second;
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
  if (!file_text && !name_text) {
    return std::nullopt;
  }
  code.filename = std::move(file_text).value_or("");
  code.name = std::move(name_text).value_or("");
  if (const auto qualname = objects_.pointer(address, layout.code.qualname)) {
    code.qualname = objects_.text(*qualname);
  }
  code.line_table = objects_.bytes(*table, kMaxLineTable).value_or("");
  if (layout.code.code_adaptive.present()) {
    const auto units = objects_.field<std::uint64_t>(address, layout.var_object.size_field);
    code.instructions = address + layout.code.code_adaptive.value();
    // ob_size of a code object counts instructions of two bytes (Include/cpython/code.h, 3.11).
    code.instruction_bytes = units && *units <= kMaxInstructionBytes / 2 ? *units * 2 : 0;
    code.first_traceable = objects_.field<std::int32_t>(address, layout.code.firsttraceable).value_or(0);
    code.thread_local_copies = objects_.pointer(address, layout.code.tlbc).value_or(0);
  }
  return code;
}

Position locate(const Code& code, std::int64_t lasti, PythonVersion version) {
  const std::string_view table = code.line_table;
  if (version >= PythonVersion{3, 11, 0}) {
    return locate_in_location_table(table, code.first_line, lasti);
  }
  if (version >= PythonVersion{3, 10, 0}) {
    return locate_in_line_table(table, code.first_line, lasti);
  }
  return locate_in_lnotab(table, code.first_line, lasti, version >= PythonVersion{3, 6, 0});
}

}  // namespace stillframe::cpython
