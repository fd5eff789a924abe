// Searching the memory of a target for the words that lead to objects of a kind: the address of their type, or of what
// they keep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_set>
#include <vector>

#include "memory/memory_source.h"
#include "target/target.h"

namespace stillframe::cpython {

using memory::Address;

// Says quickly of nearly every word that it is none of a few addresses.
class WordFilter {
 public:
  explicit WordFilter(const std::unordered_set<Address>& addresses);
  [[nodiscard]] bool has(Address word) const { return bits_[(word >> 4U) % kSize] && addresses_.contains(word); }

 private:
  static constexpr std::size_t kSize = std::size_t{1} << 16U;
  const std::unordered_set<Address>& addresses_;
  std::vector<bool> bits_;
};

// Calls `visit(index)` for each word of the bytes that the filter has; aligned to the first byte.
void visit_hits(std::span<const std::byte> bytes, const WordFilter& filter,
                const std::function<void(std::size_t)>& visit);

// Calls `visit(address)` for each such word in memory that belongs to no file, where objects can be, until it returns
// false. Returns how many bytes were too much to be searched.
std::uint64_t search_words(const target::Target& target, const WordFilter& filter,
                           const std::function<bool(Address)>& visit);

}  // namespace stillframe::cpython
