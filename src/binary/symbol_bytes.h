// A place in bytes from which DWARF's encodings are read; what goes beyond the end makes it broken, for good.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace stillframe::binary {

class DwarfCursor {
 public:
  explicit DwarfCursor(std::span<const std::byte> bytes, std::uint64_t at = 0)
      : bytes_(bytes), at_(at), broken_(at > bytes.size()) {}

  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] bool at_end() const { return broken_ || at_ >= bytes_.size(); }
  [[nodiscard]] std::uint64_t at() const { return at_; }
  [[nodiscard]] std::uint64_t left() const { return broken_ ? 0 : bytes_.size() - at_; }
  void fail() { broken_ = true; }

  template <typename T>
    requires std::is_trivially_copyable_v<T>
  T take() {
    T value{};
    if (left() < sizeof(T)) {
      broken_ = true;
      return value;
    }
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  // An unsigned number of 1 to 8 bytes.
  std::uint64_t take_sized(std::size_t size) {
    std::uint64_t value = 0;
    if (size > sizeof value || left() < size) {
      broken_ = true;
      return 0;
    }
    std::memcpy(&value, bytes_.data() + at_, size);
    at_ += size;
    return value;
  }

  std::uint64_t unsigned_leb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = take<std::uint8_t>();
      if (shift < 64) {
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      }
      if ((byte & 0x80U) == 0 || broken_) {
        return value;
      }
    }
  }

  std::int64_t signed_leb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;;) {
      const auto byte = take<std::uint8_t>();
      if (shift < 64) {
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        shift += 7;
      }
      if ((byte & 0x80U) == 0 || broken_) {
        if (shift < 64 && (byte & 0x40U) != 0) {
          value |= ~std::uint64_t{0} << shift;
        }
        return static_cast<std::int64_t>(value);
      }
    }
  }

  std::string_view text() {
    const char* const begin = reinterpret_cast<const char*>(bytes_.data()) + at_;
    const void* const end = left() == 0 ? nullptr : std::memchr(begin, 0, left());
    if (end == nullptr) {
      broken_ = true;
      return {};
    }
    const std::string_view found(begin, static_cast<std::size_t>(static_cast<const char*>(end) - begin));
    at_ += found.size() + 1;
    return found;
  }

  void skip(std::uint64_t size) {
    broken_ = broken_ || size > left();
    at_ += broken_ ? 0 : size;
  }

  // What comes next, `size` bytes of it.
  std::span<const std::byte> bytes(std::uint64_t size) {
    const std::uint64_t begin = at_;
    skip(size);
    return broken_ ? std::span<const std::byte>() : bytes_.subspan(begin, size);
  }

 private:
  std::span<const std::byte> bytes_;
  std::uint64_t at_ = 0;
  bool broken_ = false;
};

}  // namespace stillframe::binary
