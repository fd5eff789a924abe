// What each thread of a still waits for.
#pragma once

#include "model/still.h"
#include "target/target.h"

namespace stillframe::waits {

// Fills `waiting_on` of the threads that slept in a system call at the moment of the still. Nothing is stopped. What is
// read now is said only of threads that have been in the same call ever since; where something may not be read, less is
// said.
void add_thread_waits(const target::Target& target, model::Still& still);

}  // namespace stillframe::waits
