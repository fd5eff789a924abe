#include "memory/captured_memory.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "model/check.h"

namespace stillframe::memory {

CapturedMemory::CapturedMemory(const MemorySource& below, std::size_t limit_bytes)
    : below_(below), limit_pages_(limit_bytes / kPageSize), slots_(256) {}

CapturedMemory::Slot& CapturedMemory::slot_of(std::uint64_t page) const {
  const std::size_t mask = slots_.size() - 1;
  // Fibonacci hashing: neighbouring pages spread over the table.
  std::size_t at = (page * 0x9E3779B97F4A7C15ULL >> 20U) & mask;
  while (slots_[at].page != kEmpty && slots_[at].page != page) {
    at = (at + 1) & mask;
  }
  return slots_[at];
}

// A page that is not there yet.
void CapturedMemory::insert(Slot slot) const {
  if ((order_.size() + 1) * 2 > slots_.size()) {
    grow();
  }
  order_.push_back(slot.page);
  Slot& free = slot_of(slot.page);
  SF_CHECK(free.page == kEmpty, {"page", static_cast<std::int64_t>(slot.page)});
  free = slot;
}

void CapturedMemory::grow() const {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.page != kEmpty) {
      slot_of(slot.page) = slot;
    }
  }
}

std::byte* CapturedMemory::new_page() const {
  SF_CHECK(used_pages_ <= blocks_.size() * PageBlock::kPages, {"used", static_cast<std::int64_t>(used_pages_)},
           {"blocks", static_cast<std::int64_t>(blocks_.size())});
  if (used_pages_ == blocks_.size() * PageBlock::kPages) {
    blocks_.emplace_back();
  }
  std::byte* page = blocks_[used_pages_ / PageBlock::kPages].page(used_pages_ % PageBlock::kPages);
  ++used_pages_;
  return page;
}

const std::byte* CapturedMemory::copy_of(std::uint64_t page) const {
  Slot* slot = &slot_of(page);
  if (slot->page == page) {
    return slot->copy;
  }
  // Unreadable pages cost a slot each: a target that leads us to ever new ones must not cost memory without end.
  if (sealed_ || is_full() || order_.size() >= 2 * limit_pages_) {
    return nullptr;
  }
  insert({.page = page});
  slot = &slot_of(page);
  std::byte* copy = new_page();
  if (below_.read(page * kPageSize, std::span(copy, kPageSize))) {
    slot->copy = copy;
  } else {
    --used_pages_;
  }
  return slot->copy;
}

Read<void> CapturedMemory::read(Address address, std::span<std::byte> into) const {
  if (into.size() > ~address) {
    return std::unexpected(Fault{.address = address, .reason = FaultReason::too_long});
  }
  // Most reads are of a few bytes in the page that was read last.
  const std::size_t in_page = address % kPageSize;
  if (address / kPageSize == last_page_ && (trace_ == nullptr || (!trace_->empty() && trace_->back() == last_page_)) &&
      in_page + into.size() <= kPageSize) {
    std::memcpy(into.data(), last_copy_ + in_page, into.size());
    return {};
  }
  std::size_t done = 0;
  while (done < into.size()) {
    const Address at = address + done;
    const std::size_t offset = at % kPageSize;
    const std::size_t size = std::min(kPageSize - offset, into.size() - done);
    if (trace_ != nullptr && (trace_->empty() || trace_->back() != at / kPageSize)) {
      trace_->push_back(at / kPageSize);
    }
    const std::byte* copy = copy_of(at / kPageSize);
    if (copy != nullptr) {
      last_page_ = at / kPageSize;
      last_copy_ = copy;
      std::memcpy(into.data() + done, copy + offset, size);
    } else {
      // Not kept, or not readable as a whole page (a core may hold a part of one).
      if (const auto read = below_.read(at, into.subspan(done, size)); !read) {
        return read;
      }
      late_reads_ += sealed_ ? 1 : 0;
    }
    done += size;
  }
  return {};
}

Read<void> CapturedMemory::read_copied(Address address, std::span<std::byte> into) const {
  if (into.size() > ~address) {
    return std::unexpected(Fault{.address = address, .reason = FaultReason::too_long});
  }
  for (std::size_t done = 0; done < into.size();) {
    const Address at = address + done;
    const std::size_t offset = at % kPageSize;
    const std::size_t size = std::min(kPageSize - offset, into.size() - done);
    const Slot& slot = slot_of(at / kPageSize);
    if (slot.page != at / kPageSize || slot.copy == nullptr) {
      return std::unexpected(Fault{.address = at});
    }
    std::memcpy(into.data() + done, slot.copy + offset, size);
    done += size;
  }
  return {};
}

std::vector<std::uint64_t> CapturedMemory::pages(std::size_t asked_before) const {
  std::vector<std::uint64_t> numbers;
  const auto asked = std::span(order_).subspan(std::min(asked_before, order_.size()));
  numbers.reserve(asked.size());
  std::ranges::copy_if(asked, std::back_inserter(numbers),
                       [&](std::uint64_t page) { return slot_of(page).copy != nullptr; });
  std::ranges::sort(numbers);
  return numbers;
}

void CapturedMemory::prefetch(const std::vector<std::uint64_t>& page_numbers) {
  std::vector<Piece> pieces;
  pieces.reserve(page_numbers.size());
  for (const std::uint64_t page : page_numbers) {
    if (slot_of(page).page != page && !is_full()) {
      pieces.push_back({.address = page * kPageSize, .into = {new_page(), kPageSize}});
    }
  }
  below_.read_many(pieces);
  for (const Piece& piece : pieces) {
    const std::uint64_t page = piece.address / kPageSize;
    if (piece.ok && slot_of(page).page != page) {
      insert({.page = page, .copy = piece.into.data()});
    }
  }
}

void CapturedMemory::join_blocks() {
  std::ranges::move(kept_blocks_, std::back_inserter(blocks_));
  kept_blocks_.clear();
}

void CapturedMemory::clear(std::span<const std::uint64_t> kept) {
  std::vector<Slot> keep;
  for (const std::uint64_t page : kept) {
    if (const Slot& slot = slot_of(page); slot.page == page && slot.copy != nullptr) {
      keep.push_back(slot);
    }
  }
  join_blocks();
  if (!keep.empty()) {
    // They stay where they are, and the rest gets other room: as much as it had.
    const std::size_t rest = used_pages_ + kept_pages_ - keep.size();
    std::swap(blocks_, kept_blocks_);
    while (blocks_.size() * PageBlock::kPages < rest) {
      blocks_.emplace_back();
    }
  }
  kept_pages_ = keep.size();
  std::ranges::fill(slots_, Slot{});
  order_.clear();
  used_pages_ = 0;
  last_page_ = kEmpty;
  sealed_ = false;
  late_reads_ = 0;
  changed_.reset();
  for (const Slot& slot : keep) {
    insert({.page = slot.page, .copy = slot.copy});
  }
}

std::vector<std::uint64_t> CapturedMemory::outdated(std::span<const std::uint64_t> page_numbers) const {
  std::vector<std::uint64_t> other;
  const PageBlock room;
  std::vector<Piece> pieces;
  for (; !page_numbers.empty(); page_numbers = page_numbers.subspan(pieces.size())) {
    pieces.clear();
    for (const std::uint64_t page : page_numbers.first(std::min(page_numbers.size(), PageBlock::kPages))) {
      pieces.push_back({.address = page * kPageSize, .into = {room.page(pieces.size()), kPageSize}});
    }
    below_.read_many(pieces);
    for (const Piece& piece : pieces) {
      const std::uint64_t page = piece.address / kPageSize;
      const Slot& slot = slot_of(page);
      if (!piece.ok || slot.page != page || slot.copy == nullptr ||
          std::memcmp(slot.copy, piece.into.data(), kPageSize) != 0) {
        other.push_back(page);
      }
    }
  }
  return other;
}

void CapturedMemory::prepare_renewal() {
  while (spare_blocks_.size() < blocks_.size()) {
    spare_blocks_.emplace_back();
  }
}

void CapturedMemory::renew(const std::vector<std::uint64_t>& page_numbers) {
  const std::vector<Slot> before = slots_;
  const bool all_kept = !is_full() && order_.size() < 2 * limit_pages_;
  join_blocks();
  std::swap(blocks_, spare_blocks_);
  clear();
  prefetch(page_numbers);
  std::vector<std::uint64_t> changed;
  for (const Slot& old : before) {
    if (old.page == kEmpty) {
      continue;
    }
    Slot& now = slot_of(old.page);
    const bool renewed = old.copy != nullptr && now.page == old.page && now.copy != nullptr;
    if (renewed && std::memcmp(now.copy, old.copy, kPageSize) == 0) {
      now.unchanged = true;
    } else {
      changed.push_back(old.page);
    }
  }
  if (all_kept) {
    changed_ = std::move(changed);
  }
}

bool CapturedMemory::is_unchanged(std::uint64_t page_number) const {
  const Slot& slot = slot_of(page_number);
  return slot.page == page_number && slot.unchanged;
}

}  // namespace stillframe::memory
