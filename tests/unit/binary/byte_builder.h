// Bytes put together by hand: DWARF numbers, and instructions made of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace stillframe::testing {

class ByteBuilder {
 public:
  ByteBuilder() = default;
  ByteBuilder(std::initializer_list<int> bytes) { add(bytes); }

  ByteBuilder& add(std::initializer_list<int> bytes) {
    for (const int byte : bytes) {
      bytes_.push_back(static_cast<std::byte>(byte));
    }
    return *this;
  }

  ByteBuilder& add(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }

  template <typename T>
    requires std::is_arithmetic_v<T>
  ByteBuilder& number(T value) {
    return add(std::as_bytes(std::span(&value, 1)));
  }

  ByteBuilder& uleb(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<std::byte>(0x80U | (value & 0x7FU)));
      value >>= 7U;
    }
    bytes_.push_back(static_cast<std::byte>(value));
    return *this;
  }

  ByteBuilder& sleb(std::int64_t value) {
    while (value < -64 || value > 63) {
      bytes_.push_back(static_cast<std::byte>(0x80U | (static_cast<std::uint64_t>(value) & 0x7FU)));
      value >>= 7;
    }
    bytes_.push_back(static_cast<std::byte>(static_cast<std::uint64_t>(value) & 0x7FU));
    return *this;
  }

  // With the NUL behind it.
  ByteBuilder& text(std::string_view letters) {
    add(std::as_bytes(std::span(letters)));
    bytes_.push_back(std::byte{0});
    return *this;
  }

  // Fills up to a multiple of `size`.
  ByteBuilder& align(std::size_t size) {
    bytes_.resize((bytes_.size() + size - 1) / size * size);
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }
  operator std::span<const std::byte>() const { return bytes_; }  // NOLINT(google-explicit-constructor)

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace stillframe::testing
