// Whether tasks are worth a closer look.
#pragma once

#include "cpython/tasks/raw_tasks.h"

namespace stillframe::capture {

// Whether anything of theirs could be a finding: a loop runs something that may block it, or tasks wait for one another
// in a circle. Of most programs it is false, whose tasks need not be read in a stop, nor explained.
bool may_be_in_trouble(const cpython::RawTasks& tasks);

}  // namespace stillframe::capture
