#include "cpython/objects/suggestions.h"

#include <algorithm>

namespace stillframe::cpython {
namespace {

constexpr std::size_t kMostOffered = 3;
constexpr std::size_t kLongestNearName = 64;

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
}

// How many letters must be put in, left out, changed or swapped with the next; upper and lower case count as one.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> before(other.size() + 1);
  std::vector<std::size_t> last(other.size() + 1);
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t i = 0; i < last.size(); ++i) {
    last[i] = i;
  }
  for (std::size_t i = 0; i < one.size(); ++i) {
    row[0] = i + 1;
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t change = lower(one[i]) == lower(other[j]) ? 0 : 1;
      row[j + 1] = std::min({last[j + 1] + 1, row[j] + 1, last[j] + change});
      if (i > 0 && j > 0 && lower(one[i]) == lower(other[j - 1]) && lower(one[i - 1]) == lower(other[j])) {
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last.back();
}

}  // namespace

std::vector<std::string> near_names(std::string_view meant, std::span<const std::string> names) {
  std::vector<std::pair<std::size_t, const std::string*>> near;
  const std::size_t most = std::max<std::size_t>(1, meant.size() / 3);
  for (const std::string& name : names) {
    if (meant.size() > kLongestNearName || name.size() > kLongestNearName) {
      continue;
    }
    // A name that goes on where the other ends is what somebody was about to type.
    const bool begins = meant.size() >= 3 && name.starts_with(meant);
    if (const std::size_t far = begins ? 1 : distance(meant, name); far <= most) {
      near.emplace_back(far, &name);
    }
  }
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, const std::string*>::first);
  std::vector<std::string> offered;
  for (const auto& [far, name] : near) {
    if (offered.size() < kMostOffered && std::ranges::find(offered, *name) == offered.end()) {
      offered.push_back(*name);
    }
  }
  return offered;
}

}  // namespace stillframe::cpython
