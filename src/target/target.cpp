#include "target/target.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace stillframe::target {

const Mapping* mapping_at(std::span<const Mapping> mappings, Address address) {
  const auto after = std::ranges::upper_bound(mappings, address, {}, &Mapping::begin);
  return after != mappings.begin() && address < std::prev(after)->end ? &*std::prev(after) : nullptr;
}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) {
      close(fd_);
    }
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

std::unique_ptr<Target> Surroundings::other(std::int64_t /*pid*/) {
  return nullptr;
}

std::unique_ptr<Surroundings> Target::surroundings() const {
  return std::make_unique<Surroundings>();
}

FileHandle::~FileHandle() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

}  // namespace stillframe::target
