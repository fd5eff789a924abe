// How findings name tasks and the calls that they are in.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/tasks.h"

namespace stillframe::diagnose {

// `Task-3`, `worker #7`; its address where it has no name.
std::string name_of(const model::Task& task);

// Of calls (indexes into Tasks::places, outermost first) the innermost one of the program's own; else the innermost
// one; null where there is none.
const model::Frame* own_place(std::span<const std::uint32_t> calls, const model::Tasks& tasks);

}  // namespace stillframe::diagnose
