// Reading little-endian numbers one after another out of bytes that nobody vouches for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace stillframe::binary {

// Reads past the end give 0 and make the cursor bad, for good: check ok() once behind a group of reads.
class ByteCursor {
 public:
  explicit ByteCursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return !ok_ || at_ == bytes_.size(); }
  // Bytes read so far.
  [[nodiscard]] std::size_t offset() const { return at_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }

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

  // The bytes up to the next NUL, which is passed over.
  std::span<const std::byte> text() {
    const auto rest = bytes_.subspan(at_);
    for (std::size_t size = 0; ok_ && size < rest.size(); ++size) {
      if (rest[size] == std::byte{0}) {
        at_ += size + 1;
        return rest.first(size);
      }
    }
    ok_ = false;
    return {};
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace stillframe::binary
