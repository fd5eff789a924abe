// The table of a set or frozenset.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "cpython/objects/objects.h"

namespace stillframe::cpython {

class SetTable {
 public:
  SetTable(const Objects& objects, Address set);

  // Whether its numbers make sense; the others are only asked then.
  [[nodiscard]] bool sound() const;
  [[nodiscard]] std::uint64_t used() const { return *used_; }
  // Calls `visit(element)` for each element until it returns false. False where the table cannot be read.
  bool each(const std::function<bool(Address)>& visit) const;

 private:
  [[nodiscard]] bool is_element(Address key, std::uint64_t hash) const;

  const Objects& objects_;
  bool old_;  // 2.7
  std::optional<std::uint64_t> used_;
  std::optional<std::uint64_t> mask_;
  std::optional<Address> table_;
};

}  // namespace stillframe::cpython
