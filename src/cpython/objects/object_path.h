// What a person types to name an object: app.settings.CACHES['default'], app.registry[3].name, 0x7f31c0de.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "memory/memory_source.h"
#include "model/result.h"

namespace stillframe::cpython {

struct PathStep {
  enum class Kind : std::uint8_t {
    attribute,  // .name
    integer,    // [3], [-1]
    text,       // ['key']
    bytes,      // [b'key']
    none,       // [None]
    boolean,    // [True]
    written,    // anything else in brackets: a key as repr() writes it, [('a', 1)]
  };
  Kind kind = Kind::attribute;
  std::string text;         // the name, the text (as UTF-8), the bytes, or the key as it is written
  std::int64_t number = 0;  // of integer and boolean
  std::size_t end = 0;      // where the step ends in what was typed
};

struct ObjectPath {
  std::string asked;
  std::optional<memory::Address> address;  // where it begins with one; else the first step is a module's name
  std::size_t begin = 0;                   // where the first step begins, behind an address
  std::vector<PathStep> steps;

  // What was typed, with its first `count` steps.
  [[nodiscard]] std::string_view up_to(std::size_t count) const {
    return std::string_view(asked).substr(0, count == 0 ? begin : steps[count - 1].end);
  }
};

// The error says which part makes no sense.
Result<ObjectPath> parse_object_path(std::string_view asked);

}  // namespace stillframe::cpython
