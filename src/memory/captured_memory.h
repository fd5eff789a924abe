// What was copied while the target stood still: a cache of pages over another source.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "memory/memory_source.h"
#include "memory/page_block.h"

namespace stillframe::memory {

// Reads below happen a page at a time and once a page: the structures of an interpreter lie close together, and a page
// costs hardly more than a word. What was read stays as it was read. Pages that cannot be read are remembered too.
class CapturedMemory final : public MemorySource {
 public:
  static constexpr std::size_t kPageSize = 4096;
  // Past this the cache lets reads through without keeping them.
  static constexpr std::size_t kDefaultLimit = std::size_t{256} << 20U;

  explicit CapturedMemory(const MemorySource& below, std::size_t limit_bytes = kDefaultLimit);

  [[nodiscard]] Read<void> read(Address address, std::span<std::byte> into) const override;

  // As read(), but only what was copied before; the rest is a fault.
  [[nodiscard]] Read<void> read_copied(Address address, std::span<std::byte> into) const;

  // How many pages were asked for since the last clear().
  [[nodiscard]] std::size_t page_count() const { return order_.size(); }
  // Numbers (address / kPageSize) of those, readable ones only, sorted; without the first `asked_before` of them.
  [[nodiscard]] std::vector<std::uint64_t> pages(std::size_t asked_before = 0) const;
  // Copies those pages in as few system calls as can be.
  void prefetch(const std::vector<std::uint64_t>& page_numbers);
  // Forgets what was copied, but for `kept`, numbers of pages; keeps the room for it.
  void clear(std::span<const std::uint64_t> kept = {});
  // Those of the copied pages whose copies are no longer what the source below holds, or tells.
  [[nodiscard]] std::vector<std::uint64_t> outdated(std::span<const std::uint64_t> page_numbers) const;
  // Forgets what was copied and copies those pages anew, as clear() and prefetch() do, and finds out which of them have
  // changed since.
  void renew(const std::vector<std::uint64_t>& page_numbers);
  // Makes the room that a renew() of as many pages needs: what is done here is not done while a target is stopped.
  void prepare_renewal();
  // Whether a page was renewed and holds what it held before.
  [[nodiscard]] bool is_unchanged(std::uint64_t page_number) const;
  // The pages that were asked for before the renewal and of which that is not so; nothing where not all are known.
  [[nodiscard]] const std::optional<std::vector<std::uint64_t>>& changed() const { return changed_; }
  // Notes the number of every page that is read from now on, once in a row; null: no longer.
  void trace_into(std::vector<std::uint64_t>* page_numbers) { trace_ = page_numbers; }
  // From now on the target runs: pages not yet copied are read through without being kept, and counted.
  void seal() { sealed_ = true; }
  // How many reads since seal() were not answered from the copy.
  [[nodiscard]] std::uint64_t late_reads() const { return late_reads_; }

 private:
  // Slots of the table from page number to copy: an open-addressing hash table whose size is a power of two.
  struct Slot {
    std::uint64_t page = kEmpty;
    std::byte* copy = nullptr;  // null: that page cannot be read
    bool unchanged = false;     // renewed, and as it was
  };
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};

  [[nodiscard]] Slot& slot_of(std::uint64_t page) const;
  [[nodiscard]] std::byte* new_page() const;
  [[nodiscard]] bool is_full() const { return used_pages_ + kept_pages_ >= limit_pages_; }
  // The copy of a page, made now if need be; null when there is none.
  [[nodiscard]] const std::byte* copy_of(std::uint64_t page) const;
  void insert(Slot slot) const;
  void join_blocks();
  void grow() const;

  const MemorySource& below_;
  std::size_t limit_pages_;
  bool sealed_ = false;
  mutable std::uint64_t late_reads_ = 0;
  mutable std::uint64_t last_page_ = kEmpty;
  mutable const std::byte* last_copy_ = nullptr;
  mutable std::vector<Slot> slots_;
  mutable std::vector<std::uint64_t> order_;  // the pages of the table, as they were asked for
  mutable std::vector<PageBlock> blocks_;
  mutable std::size_t used_pages_ = 0;
  std::vector<PageBlock> kept_blocks_;  // where the pages lie that clear() was told to keep
  std::size_t kept_pages_ = 0;
  std::vector<PageBlock> spare_blocks_;  // what a renewal copies into
  std::optional<std::vector<std::uint64_t>> changed_;
  std::vector<std::uint64_t>* trace_ = nullptr;
};

// Only what was copied: a stack that is read after its thread went on is another one.
class CopiedMemory final : public MemorySource {
 public:
  explicit CopiedMemory(const CapturedMemory& memory) : memory_(memory) {}
  [[nodiscard]] Read<void> read(Address address, std::span<std::byte> into) const override {
    return memory_.read_copied(address, into);
  }

 private:
  const CapturedMemory& memory_;
};

}  // namespace stillframe::memory
