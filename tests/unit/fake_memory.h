// Memory made by hand: what each unit test believes a target's memory to be.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <vector>

#include "memory/memory_source.h"

namespace stillframe::testing {

// Regions at chosen addresses. A read must lie within one region; regions may touch but not overlap.
class FakeMemory : public memory::MemorySource {
 public:
  using Address = memory::Address;

  // A zeroed region [address, address + size).
  void map(Address address, std::size_t size) { regions_[address].resize(size); }

  // Writes into a mapped region; maps exactly the bytes when there is none.
  void write(Address address, std::span<const std::byte> bytes) {
    auto* region = find(address, bytes.size());
    if (region == nullptr) {
      regions_[address].assign(bytes.begin(), bytes.end());
      return;
    }
    std::ranges::copy(bytes, region->second.begin() + static_cast<std::ptrdiff_t>(address - region->first));
  }

  // Memory that a cut core does not hold any more.
  void lose(Address address, std::size_t size) { lost_[address] = address + size; }

  template <typename T>
    requires std::is_trivially_copyable_v<T>
  void put(Address address, const T& value) {
    write(address, std::as_bytes(std::span(&value, 1)));
  }

  void put_text(Address address, std::string_view text) {
    write(address, std::as_bytes(std::span(text.data(), text.size())));
  }

  [[nodiscard]] memory::Read<void> read(Address address, std::span<std::byte> into) const override {
    ++reads;
    if (into.empty()) {
      return {};
    }
    for (const auto& [begin, end] : lost_) {
      if (address < end && (address >= begin || begin - address < into.size())) {
        return std::unexpected(memory::Fault{.address = address, .reason = memory::FaultReason::truncated});
      }
    }
    const auto* region = const_cast<FakeMemory*>(this)->find(address, into.size());
    if (region == nullptr) {
      return std::unexpected(memory::Fault{.address = address});
    }
    std::memcpy(into.data(), region->second.data() + (address - region->first), into.size());
    return {};
  }

  mutable std::size_t reads = 0;

 private:
  std::map<Address, std::vector<std::byte>>::value_type* find(Address address, std::size_t size) {
    auto next = regions_.upper_bound(address);
    if (next == regions_.begin()) {
      return nullptr;
    }
    --next;
    const Address offset = address - next->first;
    if (offset > next->second.size() || next->second.size() - offset < size) {
      return nullptr;
    }
    return &*next;
  }

  std::map<Address, std::vector<std::byte>> regions_;
  std::map<Address, Address> lost_;
};

}  // namespace stillframe::testing
