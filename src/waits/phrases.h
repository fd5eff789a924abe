// What a thread waits for, in words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/still.h"
#include "waits/files.h"
#include "waits/system_call_wait.h"

namespace stillframe::waits {

// "pipe 7 (written by 4213 worker.py)". `pid` is the target's own.
std::string file_in_words(const FoundFile& file, std::int64_t pid);

// "reads from pipe 7 (written by 4213 worker.py)". `facts` are what is known of it but for this text.
std::string wait_in_words(const Wait& wait, const std::vector<FoundFile>& files, const model::WaitingOn& facts,
                          std::int64_t pid);

}  // namespace stillframe::waits
