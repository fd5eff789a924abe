// Taking the text files of /proc apart.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace stillframe::target {

// Takes a text apart from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
  }
  char letter() {
    const char front = rest_.empty() ? '\0' : rest_.front();
    skip(1);
    return front;
  }
  std::uint64_t number(int base) {
    skip_blanks();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, base);
    skip(static_cast<std::size_t>(end - rest_.data()));
    return error == std::errc{} ? value : 0;
  }
  // Up to the blank or the end.
  std::string_view word() {
    skip_blanks();
    const auto end =
        std::ranges::find_if(rest_, [](char letter) { return letter == ' ' || letter == '\t' || letter == '\n'; });
    const std::string_view found(rest_.begin(), end);
    skip(found.size());
    return found;
  }

 private:
  std::string_view rest_;
};

// Gives each line of a text, without its end, until `take` answers false.
template <typename Take>
void each_line(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (!take(text.substr(0, end))) {
      return;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace stillframe::target
