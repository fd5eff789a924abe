// Which names say that what they hold is nobody else's business.
#pragma once

#include <string>
#include <string_view>
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
  std::vector<std::string> patterns_;  // in lower case
};

// What stands in place of a hidden value.
inline constexpr std::string_view kRedacted = "<redacted>";

}  // namespace stillframe::cpython
