// What the tasks of a still wait for, beyond what its own memory says.
#pragma once

#include "model/still.h"
#include "target/target.h"

namespace stillframe::analysis {

// Fills the files, words and cycles of still.tasks, which must be there, and what each thread waits for, as
// explain_waits() does. Nothing is stopped; what is read now is said only of loops whose threads have not moved since.
void explain_tasks(const target::Target& target, model::Still& still);

}  // namespace stillframe::analysis
