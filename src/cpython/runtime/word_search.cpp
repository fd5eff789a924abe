#include "cpython/runtime/word_search.h"

#include <algorithm>
#include <cstring>

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kSearchedPage = 4096;
constexpr std::size_t kWordChunk = std::size_t{1} << 20U;
// Copying and looking at a gigabyte takes some 0.3 seconds.
constexpr std::uint64_t kMostSearchedForWords = std::uint64_t{4} << 30U;

// Where objects can be: memory of no file. The smallest first, since large ones are rarely the interpreter's.
std::vector<const target::Mapping*> memory_of_objects(const target::Target& target) {
  std::vector<const target::Mapping*> order;
  for (const auto& mapping : target.mappings()) {
    if (mapping.readable && mapping.writable && mapping.inode == 0 && mapping.path != "[stack]") {
      order.push_back(&mapping);
    }
  }
  std::ranges::stable_sort(order, {}, [](const target::Mapping* mapping) { return mapping->end - mapping->begin; });
  return order;
}

}  // namespace

WordFilter::WordFilter(const std::unordered_set<Address>& addresses) : addresses_(addresses), bits_(kSize) {
  for (const Address address : addresses) {
    bits_[(address >> 4U) % kSize] = true;
  }
}

void visit_hits(std::span<const std::byte> bytes, const WordFilter& filter,
                const std::function<void(std::size_t)>& visit) {
  for (std::size_t i = 0; i + sizeof(Address) <= bytes.size(); i += sizeof(Address)) {
    Address word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    if (filter.has(word)) {
      visit(i);
    }
  }
}

std::uint64_t search_words(const target::Target& target, const WordFilter& filter,
                           const std::function<bool(Address)>& visit) {
  std::vector<std::byte> chunk(kWordChunk);
  std::uint64_t left = kMostSearchedForWords;
  std::uint64_t not_searched = 0;
  bool goes_on = true;
  for (const auto* mapping : memory_of_objects(target)) {
    const std::uint64_t whole = mapping->end - mapping->begin;
    if (whole > left) {
      not_searched += whole;
      continue;
    }
    left -= whole;
    const auto look_at = [&](Address at, std::span<std::byte> piece) {
      const bool read = target.memory().read(at, piece).has_value();
      if (read) {
        visit_hits(piece, filter, [&](std::size_t i) { goes_on = goes_on && visit(at + i); });
      }
      return read;
    };
    for (Address at = mapping->begin; at < mapping->end && goes_on; at += kWordChunk) {
      const auto piece = std::span(chunk).first(std::min<std::uint64_t>(kWordChunk, mapping->end - at));
      if (look_at(at, piece)) {
        continue;
      }
      // Page by page where a chunk is not whole.
      for (std::size_t page = 0; page < piece.size(); page += kSearchedPage) {
        look_at(at + page, piece.subspan(page, std::min<std::size_t>(kSearchedPage, piece.size() - page)));
      }
    }
  }
  return not_searched;
}

}  // namespace stillframe::cpython
