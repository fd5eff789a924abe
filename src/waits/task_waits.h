// What the tasks of a still wait for, beyond what its own memory says.
#pragma once

#include "model/still.h"
#include "target/target.h"

namespace stillframe::waits {

// Fills the files, words and cycles of still.tasks, which must be there, and what each thread waits for, as
// add_thread_waits() does. Nothing is stopped; what is read now is said only of loops whose threads have not moved
// since.
void add_task_waits(const target::Target& target, model::Still& still);

}  // namespace stillframe::waits
