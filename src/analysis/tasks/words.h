// What a task waits for, in words.
#pragma once

#include <string>
#include <string_view>

#include "analysis/waits/files.h"
#include "model/tasks.h"

namespace stillframe::analysis {

// "waits for an item of ": what is wanted of a queue, by a task or by a thread; its name follows. Of other kinds "waits
// for ".
std::string_view queue_wait_in_words(model::WaitKind kind);

// "waits for the lock 0x7f31…, likely held by Task-3"; empty for a task that waits for nothing. `file`: what is known
// of the file that it waits for, may be null; `pid`: the target's own.
std::string task_wait_in_words(const model::Task& task, const model::Tasks& tasks, const FoundFile* file,
                               std::int64_t pid);

}  // namespace stillframe::analysis
