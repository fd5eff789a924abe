#include "cpython/objects/deque.h"

#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// A deque's pointers fill the address space at this many.
constexpr std::uint64_t kMostItems = std::uint64_t{1} << 44U;

// dequeobject in Modules/_collectionsmodule.c; `len` only in 2.7, later the length is ob_size.
struct Members {
  Address left_block = 0;
  Address right_block = 0;
  std::int64_t left_index = 0;
  std::int64_t right_index = 0;
};

}  // namespace

std::optional<Deque> Deque::at(const Objects& objects, Address deque) {
  const bool old = objects.layout().version.major < 3;
  Deque found(objects);
  if (old) {
    // BLOCK of 2.7: data[62], rightlink, leftlink.
    found.block_length_ = 62;
    found.data_ = 0;
    found.right_ = 496;
  }
  const auto length =
      objects.field<std::uint64_t>(deque, old ? word(objects, 4) : Offset(objects.layout().var_object.size_field));
  const auto members = objects.field<Members>(deque, old ? word(objects, 0) : var_word(objects, 0));
  // state comes before maxlen; 2.7 has len in front of both.
  const auto most = objects.field<std::int64_t>(deque, old ? word(objects, 6) : var_word(objects, 5));
  if (!length || !members || !most || *length > kMostItems || members->left_index < 0 ||
      members->left_index >= found.block_length_) {
    return std::nullopt;
  }
  found.length_ = *length;
  found.most_ = *most;
  found.block_ = members->left_block;
  found.index_ = static_cast<std::uint32_t>(members->left_index);
  return found;
}

std::optional<Address> Deque::next() {
  if (index_ == block_length_) {
    const auto right = objects_->memory().get<Address>(block_ + right_);
    if (!right) {
      return std::nullopt;
    }
    block_ = *right;
    index_ = 0;
  }
  const auto item = objects_->memory().get<Address>(block_ + data_ + std::uint64_t{index_} * sizeof(Address));
  ++index_;
  return item ? std::optional(*item) : std::nullopt;
}

}  // namespace stillframe::cpython
