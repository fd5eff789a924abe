// Addresses rounded to pages.
#pragma once

#include "memory/memory_source.h"

namespace stillframe::target {

inline constexpr memory::Address kPage = 4096;

constexpr memory::Address page_down(memory::Address address) {
  return address & ~(kPage - 1);
}
constexpr memory::Address page_up(memory::Address address) {
  return page_down(address + kPage - 1);
}

}  // namespace stillframe::target
