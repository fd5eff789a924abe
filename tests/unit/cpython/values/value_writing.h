// For the tests of kinds: objects in fake memory, of any layout, written.
#pragma once

#include "cpython/every_layout.h"
#include "cpython/values/printer.h"

namespace stillframe::testing {

class ValueWriting : public EveryLayout {
 protected:
  cpython::Written write(memory::Address object) {
    cpython::Types types(objects);
    return cpython::Printer(objects, types, limits, redaction).write(object);
  }
  std::string text(memory::Address object) { return write(object).text; }
  // What is said of an object that makes no sense.
  [[nodiscard]] bool is_unreadable(memory::Address object) {
    const cpython::Written written = write(object);
    return !written.readable && written.text.starts_with("<unreadable: ");
  }
  [[nodiscard]] bool is_old() const { return layout.version.major < 3; }
  // Behind the head of every object.
  void set_word(memory::Address object, std::uint32_t index, std::uint64_t value) {
    python.memory.put(object + layout.object.type.value() + (index + 1) * 8, value);
  }
  memory::Address number(double value) {
    const memory::Address at = python.object(python.type("float"));
    python.set(at, layout.floating.value, value);
    return at;
  }

  cpython::ValueLimits limits;
  cpython::Redaction redaction = cpython::Redaction::usual();
};

inline constexpr std::uint64_t kImpossible[] = {  // NOLINT(modernize-avoid-c-arrays): its length is counted
    std::uint64_t{1} << 63U, ~std::uint64_t{0}, std::uint64_t{1} << 48U, (std::uint64_t{1} << 62U) + 1};

}  // namespace stillframe::testing
