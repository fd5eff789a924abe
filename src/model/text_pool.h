// Strings of a still, each kept once: a hundred thousand frames share a few hundred names.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

namespace stillframe::model {

// Views handed out stay valid as long as the pool lives, also when the pool itself is moved.
class TextPool {
 public:
  TextPool() = default;
  // NOLINTBEGIN(performance-noexcept-move-constructor): moving a deque may allocate
  TextPool(TextPool&&) = default;
  TextPool& operator=(TextPool&&) = default;
  // NOLINTEND(performance-noexcept-move-constructor)
  TextPool(const TextPool&) = delete;
  TextPool& operator=(const TextPool&) = delete;
  ~TextPool() = default;

  // The pooled copy of `text`; equal texts give the same view.
  std::string_view keep(std::string_view text) {
    if (const auto found = index_.find(text); found != index_.end()) {
      return *found;
    }
    const std::string& stored = texts_.emplace_back(text);
    index_.insert(stored);
    return stored;
  }

 private:
  std::deque<std::string> texts_;  // a deque never moves its elements
  std::unordered_set<std::string_view> index_;
};

}  // namespace stillframe::model
