// How findings name threads, places and resources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/still.h"
#include "text/program_code.h"

namespace stillframe::diagnose {

// Of how many threads a finding tells each one's part.
inline constexpr std::size_t kMostTold = 8;

// What a thread waits for, where it is one of the still's resources; else null.
const model::Resource* wanted_by(const model::Still& still, const model::Thread& thread);

// Null where no thread of the still has that id.
const model::Thread* thread_of(const model::Still& still, std::optional<std::int64_t> tid);

// `4213 "Worker-1"`; with the kernel's name, which no Python code gave it, `4213 (python)`; "?" where it has no id.
std::string name_of(const model::Thread& thread);

// Adds a thread to those that a finding is about; one whose id is not known is left out.
void add_tid(model::Finding& finding, std::optional<std::int64_t> tid);

// "a", "a and b", "a, b and c"; of more than `most` the first ones "and 14 more".
std::string list_of(std::span<const std::string> words, std::size_t most = kMostTold);

// "/srv/app.py:12 in transfer", "threading.py:355 in Condition.wait"; of a native frame "pthread_mutex_lock in
// libc.so.6".
std::string place_of(const model::Frame& frame);

// `4213 "Worker-1" (/srv/app.py:12 in transfer)`: a thread and where it is, in the program's own code.
std::string name_and_place_of(const model::Thread& thread);

// The thread of another process that a holder is; null where it is one of this process, or gone.
const model::OtherThread* other_of(const model::Still& still, const model::Holder& holder);

// Where a thread is, for a sentence: " at /srv/app.py:12 in transfer"; empty where it is not known.
std::string at_place(const model::Thread& thread);

// The frame in which a thread waits for its resource, in the program's own code where it is there; null where none is.
const model::Frame* waiting_frame(const model::Thread& thread);
// The same in words: "/srv/app.py:12 in transfer", or
// "urllib3/connection.py:638 in connect, called from /srv/app.py:14 in report". Empty where it is not known.
std::string waiting_place(const model::Thread& thread);

// "held by"; "likely held by" where that is concluded from the code that took it. Of several the least sure one counts.
std::string_view held_by(const model::Resource& resource);

// Where a holder took what it holds, `thread` being its thread: "/srv/app.py:12 in transfer"; empty where that is not
// known.
std::string taken_place(const model::Thread& thread, const model::Holder& holder);

// "lock `self.lock`", "the GIL", "event `ready`", "mutex 0x7f…".
std::string name_of(const model::Resource& resource);

// "4213 worker.py", and what it is doing: "sleeping", "stopped by a signal"; "unknown" where the system does not tell.
std::string name_of(const model::OtherProcess& process);
std::string state_of(const model::OtherProcess& process);

// The name of a file without its folders.
std::string_view file_name(std::string_view path);

}  // namespace stillframe::diagnose
