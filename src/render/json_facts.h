// What every JSON of this program says of its target, and how it writes absent facts, addresses and times.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/still.h"

namespace stillframe::render {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

inline Json hex(const std::optional<std::uint64_t>& address) {
  return address ? Json(fmt::format("{:#x}", *address)) : Json(nullptr);
}

// "2026-05-09T07:36:11.000042Z"
std::string timestamp(std::chrono::system_clock::time_point at);

Json source_of(const model::Source& source);
Json consistency_of(const model::Consistency& consistency);
Json python_of(const std::optional<model::Python>& python);
Json process_of(const model::OtherProcess& process);
Json processes_of(const std::vector<model::OtherProcess>& processes);
Json file_of(const model::WaitedFile& file);
Json findings_of(std::span<const model::Finding> findings);

// Microseconds are all that a clock of another process is good for. A number that cannot hold them is left as it is: it
// stays the same when it is read and written again.
inline Json seconds(const std::optional<double>& value) {
  constexpr double kExact = 1e9;
  return value ? Json(std::abs(*value) < kExact ? std::round(*value * 1e6) / 1e6 : *value) : Json(nullptr);
}

// One line. Bytes that are no UTF-8 become U+FFFD: the output is always valid JSON. Characters that a terminal would
// act on, or would not show, stand as \u escapes.
std::string dump(const Json& json);

}  // namespace stillframe::render
