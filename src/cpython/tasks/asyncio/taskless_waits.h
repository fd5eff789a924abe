// Calls of asyncio's own in which a task waits for no other task: most tasks of a healthy program stand in one. Told by
// the function alone, which costs a fraction of finding out what exactly the task waits for.
#pragma once

#include "cpython/tasks/await_chain.h"

namespace stillframe::cpython {

// Whether nothing that such a call goes on to await may be a task, or a lock.
bool never_leads_to_task(const InnermostCall& call);

// Whether it awaits neither itself. What it goes on to await may.
bool awaits_no_task(const InnermostCall& innermost);

}  // namespace stillframe::cpython
