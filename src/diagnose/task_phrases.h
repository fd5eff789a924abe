// How findings name tasks and the calls that they are in.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/tasks.h"

namespace stillframe::diagnose {

// `Task-3`, `worker #7`; its address where it has no name.
std::string name_of(const model::Task& task);

// Where calls (indexes into Tasks::places, outermost first) stand in the program's own code, as
// text::own_place_in_words has it; empty where there are none.
std::string own_place_of(std::span<const std::uint32_t> calls, const model::Tasks& tasks);

// Whether a task has calls, and none of them is of the program or of an installed package: it is the scheduler's own.
bool is_of_scheduler(const model::Task& task, const model::Tasks& tasks);

}  // namespace stillframe::diagnose
