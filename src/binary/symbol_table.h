// The functions that the symbol tables of a file name, sorted by address.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "binary/symbol_image.h"

namespace stillframe::binary {

class SymbolTable {
 public:
  struct Function {
    std::uint64_t begin = 0;  // as linked
    std::uint64_t end = 0;
    std::string_view name;  // raw, without a symbol version
    // False for a symbol without a size where local symbols were stripped: the address may belong to one of those.
    bool certain = true;
  };

  // Adds .symtab and .dynsym, or, without sections, what PT_DYNAMIC leads to. The image must outlive the table.
  void add(const SymbolImage& image);
  // Sorts what was added. Before this, nothing is found.
  void finish();

  // The function that covers an address: of several the innermost, and of several names the plainest. A symbol without
  // a size (assembly) reaches to the next one.
  [[nodiscard]] std::optional<Function> find(std::uint64_t address) const;

  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::uint64_t begin = 0;
    std::uint32_t size : 31 = 0;
    std::uint32_t local : 1 = 0;
    std::uint32_t name = 0;  // its place in all tables of names, counted as if they stood one after another
  };
  struct Names {
    std::uint32_t begin = 0;
    std::span<const std::byte> texts;
  };

  void add_symbols(std::span<const std::byte> symbols, std::span<const std::byte> names);
  void add_dynamic(const SymbolImage& image);
  [[nodiscard]] bool is_code(std::uint64_t address) const;
  [[nodiscard]] std::uint64_t end_of(std::size_t index) const;
  [[nodiscard]] std::string_view name_of(const Entry& entry) const;
  [[nodiscard]] bool is_plainer(const Entry& one, const Entry& other) const;

  std::vector<Entry> entries_;
  std::vector<Names> names_;
  std::uint32_t names_size_ = 0;
  bool has_locals_ = false;                                    // there was a .symtab
  std::vector<std::pair<std::uint64_t, std::uint64_t>> code_;  // address ranges that hold instructions
};

}  // namespace stillframe::binary
