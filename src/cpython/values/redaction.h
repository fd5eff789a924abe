// Which names say that what they hold is nobody else's business.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stillframe::cpython {

class Redaction {
 public:
  // Hides what is called after passwords, tokens, keys and the like.
  static Redaction usual();
  // Hides nothing.
  static Redaction none() { return {}; }

  // Also hides names that contain `pattern`, whatever the case; `*` stands for any characters, as in a shell.
  void add(std::string_view pattern);
  [[nodiscard]] bool hides(std::string_view name) const;
  [[nodiscard]] bool empty() const { return patterns_.empty(); }

 private:
  [[nodiscard]] bool decide(std::string_view name) const;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::vector<std::string> patterns_;  // in lower case
  // What was decided before: programs have few names, and use them often.
  mutable std::unordered_map<std::string, bool, Hash, std::equal_to<>> decided_;
};

// What stands in place of a hidden value.
inline constexpr std::string_view kRedacted = "<redacted>";

}  // namespace stillframe::cpython
