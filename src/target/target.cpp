#include "target/target.h"

#include <unistd.h>

#include <utility>

namespace stillframe::target {

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
