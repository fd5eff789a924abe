// Threads that did not stop within the limit, in words.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "model/result.h"

namespace stillframe::capture {

// They did not run until all was read, so what was read is of one moment.
std::string describe_late(std::size_t late, std::chrono::milliseconds limit);
// They ran on.
Error too_late(std::size_t late, std::chrono::milliseconds limit);

}  // namespace stillframe::capture
