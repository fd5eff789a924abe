// The items of a collections.deque.
#pragma once

#include <cstdint>
#include <optional>

#include "cpython/objects/objects.h"

namespace stillframe::cpython {

class Deque {
 public:
  // Nothing where its members make no sense.
  static std::optional<Deque> at(const Objects& objects, Address deque);

  [[nodiscard]] std::uint64_t length() const { return length_; }
  [[nodiscard]] std::int64_t most() const { return most_; }  // maxlen; negative: none
  // The next item, from the first one on; nothing where it cannot be read. To be called length() times at most.
  std::optional<Address> next();

 private:
  explicit Deque(const Objects& objects) : objects_(&objects) {}

  const Objects* objects_;
  std::uint64_t length_ = 0;
  std::int64_t most_ = -1;
  Address block_ = 0;  // that holds the next item
  std::uint32_t index_ = 0;
  std::uint32_t block_length_ = 64;  // items of a block
  std::uint32_t data_ = 8;           // in a block
  std::uint32_t right_ = 520;        // the next block's address, in a block
};

}  // namespace stillframe::cpython
