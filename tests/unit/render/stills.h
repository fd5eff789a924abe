// Stills made by hand, to be shown.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "model/still.h"
#include "resolve/source_columns.h"

namespace stillframe::testing {

// A Python frame whose running part is `running` as it stands in `source`; none is marked where it is empty.
inline model::Frame frame(std::string_view file, std::int32_t line, std::string_view function,
                          std::string_view source = {}, std::string_view running = {}) {
  model::Frame made{.function = function, .file = file, .line = line, .end_line = line};
  if (!source.empty()) {
    made.source = source;
  }
  if (const auto at = source.find(running); !running.empty() && at != std::string_view::npos) {
    made.byte_column = static_cast<std::int32_t>(at);
    made.end_byte_column = static_cast<std::int32_t>(at + running.size());
    resolve::place_columns(made, source, source);
  }
  return made;
}

inline model::Still live_still() {
  model::Still still;
  still.taken_at = std::chrono::system_clock::time_point(std::chrono::microseconds(1'700'000'000'123'456));
  still.source = {.kind = model::SourceKind::process,
                  .pid = 4211,
                  .executable = "/usr/bin/python3.12",
                  .command_line = {"python", "/srv/app.py", "--port", "80"}};
  still.consistency = {.method = model::Method::untouched};
  still.python = model::Python{.version = "3.12.1"};
  still.interpreters.push_back({.id = 0, .gil = model::Gil{}, .gc_collecting = false});
  return still;
}

}  // namespace stillframe::testing
