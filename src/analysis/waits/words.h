// What a thread waits for, in words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/waits/files.h"
#include "analysis/waits/wait.h"
#include "model/still.h"

namespace stillframe::analysis {

// "12 s", "350 ms", "3 h 20 min".
std::string duration_in_words(double seconds);

// "pipe 7 (written by 4213 worker.py)". `pid` is the target's own.
std::string file_in_words(const FoundFile& file, std::int64_t pid);

// "reads from pipe 7 (written by 4213 worker.py)". `facts` are what is known of it but for this text.
std::string wait_in_words(const Wait& wait, const std::vector<FoundFile>& files, const model::WaitingOn& facts,
                          std::int64_t pid);

}  // namespace stillframe::analysis
