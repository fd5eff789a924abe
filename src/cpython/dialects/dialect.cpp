#include "cpython/dialects/dialect.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "cpython/dialects/versions/cpython_3_15.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint8_t kOldestMinor = 6;  // of 3.x

// 2.7, then 3.6 and what follows it.
constexpr std::array kDialects{
    &dialects::cpython_2_7,  &dialects::cpython_3_6,  &dialects::cpython_3_7,  &dialects::cpython_3_8,
    &dialects::cpython_3_9,  &dialects::cpython_3_10, &dialects::cpython_3_11, &dialects::cpython_3_12,
    &dialects::cpython_3_13, &dialects::cpython_3_14, &dialects::cpython_3_15,
};

}  // namespace

const Dialect& dialect_of(PythonVersion version) {
  if (version.major < 3) {
    return *kDialects.front();
  }
  if (version.major > 3) {
    return *kDialects.back();
  }
  const std::size_t behind = std::max(version.minor, kOldestMinor) - std::size_t{kOldestMinor};
  return *kDialects[std::min(1 + behind, kDialects.size() - 1)];
}

}  // namespace stillframe::cpython
