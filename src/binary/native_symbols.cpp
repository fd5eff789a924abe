#include "binary/native_symbols.h"

#include <unordered_map>
#include <utility>

#include "binary/cython.h"
#include "binary/debug_files.h"
#include "binary/demangle.h"
#include "binary/symbol_debug_info.h"
#include "binary/symbol_image.h"
#include "binary/symbol_table.h"
#include "model/text_pool.h"

namespace stillframe::binary {

struct NativeSymbols::Parts {
  std::string path;
  OpenFiles open_files;
  FetchDebugFile fetch;

  std::unique_ptr<SymbolImage> image;
  std::unique_ptr<SymbolImage> separate;  // the debug file
  std::unique_ptr<SymbolImage> packed;    // what .gnu_debugdata holds
  std::unique_ptr<DebugInfo> debug_info;
  SymbolTable symbols;
  CythonSources cython_sources{{}};
  bool separate_sought = false;
  bool symbols_read = false;
  bool debug_info_sought = false;
  bool cut = false;
  std::unordered_map<std::uint64_t, std::vector<NativeCall>> known;
  model::TextPool texts;

  void find_separate();
  void read_symbols();
  void find_debug_info();
  void to_cython(DebugCall& call);
  std::unique_ptr<DebugInfo> debug_info_of(const SymbolImage& from) const;
  std::vector<NativeCall> name(std::uint64_t address);
};

void NativeSymbols::Parts::find_separate() {
  if (!std::exchange(separate_sought, true)) {
    separate = find_debug_file(*image, path, open_files.debug_file, *open_files.budget);
  }
}

void NativeSymbols::Parts::read_symbols() {
  if (std::exchange(symbols_read, true)) {
    return;
  }
  symbols = {};
  symbols.add(*image);
  const ImageSection* const full = image->section(".symtab");
  if (full == nullptr || !full->in_file) {
    find_separate();
    packed = packed != nullptr ? std::move(packed) : open_debug_data(*image);
    if (separate != nullptr) {
      symbols.add(*separate);
    } else if (packed != nullptr) {
      symbols.add(*packed);
    }
  }
  symbols.finish();
}

std::unique_ptr<DebugInfo> NativeSymbols::Parts::debug_info_of(const SymbolImage& from) const {
  auto source = DebugSource::open(from, path, open_files.debug_file, fetch);
  return source == nullptr ? nullptr : std::make_unique<DebugInfo>(std::move(source), path, open_files);
}

void NativeSymbols::Parts::find_debug_info() {
  if (std::exchange(debug_info_sought, true)) {
    return;
  }
  debug_info = debug_info_of(*image);
  if (debug_info != nullptr) {
    return;
  }
  find_separate();
  if (separate == nullptr) {
    separate = fetch_debug_file(*image, fetch);
    symbols_read = symbols_read && separate == nullptr;  // it has more symbols
  }
  if (separate != nullptr) {
    debug_info = debug_info_of(*separate);
  }
}

// Shows what Cython made as the function and line of the .pyx file. A line of the C file would be read as one of the
// .pyx file, so without the C file, which few packages bring, there is none.
void NativeSymbols::Parts::to_cython(DebugCall& call) {
  auto function = cython_function_name(call.function);
  if (!function) {
    return;
  }
  call.function = std::move(*function);
  if (!call.file || call.file->ends_with(".pyx") || call.file->ends_with(".pxd") || call.file->ends_with(".pxi")) {
    return;  // `#line` directives told the compiler
  }
  const auto place = call.line ? cython_sources.find(*call.file, *call.line) : std::nullopt;
  call.file = place ? std::optional(place->file) : std::nullopt;
  call.line = place ? std::optional(place->line) : std::nullopt;
  call.column = std::nullopt;
}

std::vector<NativeCall> NativeSymbols::Parts::name(std::uint64_t address) {
  find_debug_info();
  std::vector<NativeCall> calls;
  if (debug_info != nullptr) {
    for (DebugCall& call : debug_info->calls_at(address)) {
      to_cython(call);
      calls.push_back({.function = texts.keep(call.function),
                       .file = call.file ? std::optional(texts.keep(*call.file)) : std::nullopt,
                       .line = call.line,
                       .column = call.column,
                       .inlined = call.inlined,
                       .macro = call.macro ? std::optional(texts.keep(*call.macro)) : std::nullopt});
    }
  }
  if (calls.empty() || calls.back().function.empty()) {
    read_symbols();
    const auto symbol = symbols.find(address);
    if (symbol) {
      calls.resize(calls.empty() ? 1 : calls.size());
      DebugCall named{.function = demangle(symbol->name).value_or(std::string(symbol->name))};
      to_cython(named);
      calls.back().function = texts.keep(named.function);
    }
  }
  return calls;
}

NativeSymbols::NativeSymbols(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
NativeSymbols::~NativeSymbols() = default;

std::unique_ptr<NativeSymbols> NativeSymbols::open(int fd, std::string path, OpenFiles open_files,
                                                   FetchDebugFile fetch) {
  auto parts = std::make_unique<Parts>();
  parts->image = SymbolImage::open(fd, open_files.access);
  if (parts->image == nullptr) {
    return nullptr;
  }
  parts->path = std::move(path);
  parts->cython_sources = CythonSources(open_files.source);
  parts->open_files = std::move(open_files);
  parts->fetch = std::move(fetch);
  return std::unique_ptr<NativeSymbols>(new NativeSymbols(std::move(parts)));
}

std::unique_ptr<NativeSymbols> NativeSymbols::from_bytes(std::vector<std::byte> image, std::string name) {
  auto parts = std::make_unique<Parts>();
  parts->image = SymbolImage::copy_of(image);
  if (parts->image == nullptr) {
    return nullptr;
  }
  parts->path = std::move(name);
  return std::unique_ptr<NativeSymbols>(new NativeSymbols(std::move(parts)));
}

template <typename Ask>
auto NativeSymbols::read_whole(Ask ask) const -> decltype(ask()) {
  if (parts_->cut) {
    return {};
  }
  const std::uint64_t before = MappedRegion::lost_pages();
  auto answer = ask();
  parts_->cut = MappedRegion::lost_pages() != before;
  if (parts_->cut) {
    answer = {};
  }
  return answer;
}

std::vector<NativeCall> NativeSymbols::calls_at(std::uint64_t linked_address, bool after_call) {
  const std::uint64_t address = after_call && linked_address != 0 ? linked_address - 1 : linked_address;
  const auto known = parts_->known.find(address);
  if (known != parts_->known.end()) {
    return known->second;
  }
  return parts_->known.emplace(address, read_whole([&] { return parts_->name(address); })).first->second;
}

std::optional<NativeSymbols::Function> NativeSymbols::function_at(std::uint64_t linked_address) {
  return read_whole([&] -> std::optional<Function> {
    parts_->read_symbols();
    const auto found = parts_->symbols.find(linked_address);
    if (!found) {
      return std::nullopt;
    }
    return Function{.begin = found->begin,
                    .end = found->end,
                    .linkage_name = parts_->texts.keep(found->name),
                    .certain = found->certain};
  });
}

bool NativeSymbols::has_debug_info() const {
  return read_whole([&] {
    parts_->find_debug_info();
    return parts_->debug_info != nullptr;
  });
}

bool NativeSymbols::was_cut() const {
  return parts_->cut;
}

}  // namespace stillframe::binary
