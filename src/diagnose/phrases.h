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

// `4213 "Worker-1"`; "?" where it has no id.
std::string name_of(const model::Thread& thread);

// Adds a thread to those that a finding is about; one whose id is not known is left out.
void add_tid(model::Finding& finding, std::optional<std::int64_t> tid);

// "a", "a and b", "a, b and c"; of more than `most` the first ones "and 14 more".
std::string list_of(std::span<const std::string> words, std::size_t most = kMostTold);

// "/srv/app.py:12 in transfer"; of a native frame "pthread_mutex_lock in libc.so.6".
std::string place_of(const model::Frame& frame);

// `4213 "Worker-1" (/srv/app.py:12 in transfer)`: a thread and where it is, in the program's own code.
std::string name_and_place_of(const model::Thread& thread);

// The thread of another process that a holder is; null where it is one of this process, or gone.
const model::OtherThread* other_of(const model::Still& still, const model::Holder& holder);

// Where a thread is, for a sentence: " at /srv/app.py:12 in transfer"; empty where it is not known.
std::string at_place(const model::Thread& thread);

// The frame in which a thread waits for its resource, in the program's own code where it is there.
const model::Frame* waiting_frame(const model::Thread& thread);

// Where a holder took what it holds, `thread` being its thread: "/srv/app.py:12 in transfer"; empty where that is not
// known.
std::string taken_place(const model::Thread& thread, const model::Holder& holder);

// Whether it is held by one who took it, and has to let go of it.
bool is_lock(model::ResourceKind kind);

// "lock `self.lock`", "the GIL", "event `ready`", "mutex 0x7f…".
std::string name_of(const model::Resource& resource);

// "4213 worker.py", and what it is doing: "sleeping", "stopped by a signal"; "unknown" where the system does not tell.
std::string name_of(const model::OtherProcess& process);
std::string state_of(const model::OtherProcess& process);

// The name of a file without its folders.
std::string_view file_name(std::string_view path);

}  // namespace stillframe::diagnose
