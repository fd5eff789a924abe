// Reading little-endian numbers one after another out of bytes that nobody vouches for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace stillframe::binary {

// The length of what has its true length behind it, of eight bytes (DWARF 5, 7.4).
inline constexpr std::uint32_t long_format = 0xffffffff;

// Reads past the end give 0 and make the cursor bad, for good: check ok() once behind a group of reads.
class ByteCursor {
 public:
  // Begins at byte `at`.
  explicit ByteCursor(std::span<const std::byte> bytes, std::size_t at = 0)
      : bytes_(bytes), at_(std::min(at, bytes.size())), ok_(at <= bytes.size()) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return !ok_ || at_ == bytes_.size(); }
  // Bytes read so far.
  [[nodiscard]] std::size_t offset() const { return at_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  // What was read makes no sense.
  void fail() { ok_ = false; }

  template <typename T>
    requires std::is_arithmetic_v<T>
  T number() {
    T value{};
    if (!ok_ || left() < sizeof value) {
      ok_ = false;
      return value;
    }
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  // An unsigned number of 0 to 8 bytes.
  std::uint64_t sized_number(std::size_t size) {
    std::uint64_t value = 0;
    if (!ok_ || size > sizeof value || left() < size) {
      ok_ = false;
      return value;
    }
    std::memcpy(&value, bytes_.data() + at_, size);
    at_ += size;
    return value;
  }

  // DWARF 5, section 7.6. Bits beyond 64 are dropped.
  std::uint64_t uleb128() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = number<std::uint8_t>();
      if (shift < 64) {
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      }
      if (!ok_ || (byte & 0x80U) == 0) {
        return value;
      }
    }
  }

  std::int64_t sleb128() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = number<std::uint8_t>();
      if (shift < 64) {
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      }
      if (!ok_ || (byte & 0x80U) == 0) {
        if (shift + 7 < 64 && (byte & 0x40U) != 0) {
          value |= ~std::uint64_t{0} << (shift + 7);
        }
        return static_cast<std::int64_t>(value);
      }
    }
  }

  // The next `size` bytes; empty and bad when there are not that many.
  std::span<const std::byte> take(std::uint64_t size) {
    if (!ok_ || size > left()) {
      ok_ = false;
      return {};
    }
    const auto taken = bytes_.subspan(at_, static_cast<std::size_t>(size));
    at_ += taken.size();
    return taken;
  }

  // The text up to the next NUL, which is passed over.
  std::string_view text() {
    const auto rest = bytes_.subspan(at_);
    const void* const end = !ok_ || rest.empty() ? nullptr : std::memchr(rest.data(), 0, rest.size());
    if (end == nullptr) {
      ok_ = false;
      return {};
    }
    const auto size = static_cast<std::size_t>(static_cast<const std::byte*>(end) - rest.data());
    at_ += size + 1;
    return {reinterpret_cast<const char*>(rest.data()), size};
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace stillframe::binary
