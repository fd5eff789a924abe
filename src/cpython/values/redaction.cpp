#include "cpython/values/redaction.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>

namespace stillframe::cpython {
namespace {

// Keys of dicts are asked for as well: what is kept has to end somewhere.
constexpr std::size_t kLongestKept = 64;
constexpr std::size_t kMostKept = 4096;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  });
  return out;
}

}  // namespace

Redaction Redaction::usual() {
  constexpr std::array kUsual{"password",   "passwd",  "passphrase", "secret",        "token",
                              "api_key",    "apikey",  "api-key",    "private_key",   "privatekey",
                              "access_key", "authkey", "credential", "authorization", "cookie"};
  Redaction redaction;
  for (const char* pattern : kUsual) {
    redaction.add(pattern);
  }
  return redaction;
}

void Redaction::add(std::string_view pattern) {
  patterns_.push_back("*" + lower(pattern) + "*");
  decided_.clear();
}

bool Redaction::hides(std::string_view name) const {
  if (patterns_.empty()) {
    return false;
  }
  if (name.size() > kLongestKept) {
    return decide(name);
  }
  if (const auto known = decided_.find(name); known != decided_.end()) {
    return known->second;
  }
  const bool hidden = decide(name);
  if (decided_.size() < kMostKept) {
    decided_.emplace(name, hidden);
  }
  return hidden;
}

bool Redaction::decide(std::string_view name) const {
  const std::string text = lower(name);
  return std::ranges::any_of(
      patterns_, [&](const std::string& pattern) { return fnmatch(pattern.c_str(), text.c_str(), 0) == 0; });
}

}  // namespace stillframe::cpython
