// Room for many short texts: they are never moved, and all go together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace stillframe::model {

class TextArena {
 public:
  // A copy of `text` that stays where it is as long as the arena lives, also when the arena itself is moved.
  std::string_view store(std::string_view text) {
    if (text.empty()) {
      return {};
    }
    if (text.size() > room_) {
      const std::size_t size = std::max(kChunk, text.size());
      chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));  // NOLINT(modernize-avoid-c-arrays)
      next_ = chunks_.back().get();
      room_ = size;
    }
    char* const at = next_;
    std::memcpy(at, text.data(), text.size());
    next_ += text.size();
    room_ -= text.size();
    return {at, text.size()};
  }

 private:
  static constexpr std::size_t kChunk = std::size_t{32} << 10U;

  std::vector<std::unique_ptr<char[]>> chunks_;  // NOLINT(modernize-avoid-c-arrays): raw characters
  char* next_ = nullptr;
  std::size_t room_ = 0;
};

}  // namespace stillframe::model
