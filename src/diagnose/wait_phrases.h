// What threads and tasks wait for and who could end that, in words.
#pragma once

#include <string>

#include "diagnose/wait_edges.h"
#include "model/still.h"
#include "model/tasks.h"

namespace stillframe::diagnose {

// A loop that a thread runs and that waits for files and timers; null: none.
const model::TaskLoop* waiting_loop(const model::Still& still, const model::Thread& thread);

// Waits for new connections: one of the files is a socket of its own that listens.
bool waits_for_connections(const model::Thread& thread);
// A thread of a library, in none of the program's own calls, that waits for somebody to give it work.
bool waits_for_work_of_others(const model::Still& still, const model::Thread& thread);

// "waits for an item of queue `jobs` (size=0 maxsize=10)", "runs".
std::string wait_in_words(const model::Still& still, const model::Thread& thread);
std::string wait_in_words(const model::Task& task);

// "thread 4212 \"b\", which holds it since /srv/app.py:12 in transfer", "any thread that puts an item in". Empty where
// the wait itself says it.
std::string waker_in_words(const model::Still& still, const model::Thread& thread);
std::string waker_in_words(const model::Still& still, const model::Task& task);

}  // namespace stillframe::diagnose
