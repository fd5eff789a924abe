// What a task waits for, in words.
#pragma once

#include <string>
#include <string_view>

#include "model/tasks.h"
#include "waits/files.h"

namespace stillframe::waits {

// "waits for the lock 0x7f31…, likely held by Task-3"; empty for a task that waits for nothing. `file`: what is known
// of the file that it waits for, may be null; `pid`: the target's own.
std::string task_wait_in_words(const model::Task& task, const model::Tasks& tasks, const FoundFile* file,
                               std::int64_t pid);

}  // namespace stillframe::waits
