// The calls of Python's library and of the interpreter's C code by which a state is recognised.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "model/still.h"

namespace stillframe::diagnose {

// Whether a frame is a Python function of the library: its file's path ends in "concurrent/futures/thread.py".
bool is_call_of(const model::Frame& frame, std::string_view file, std::string_view function);

// The outermost frame that is such a call.
std::optional<std::size_t> find_call(std::span<const model::Frame> frames, std::string_view file,
                                     std::string_view function);

// The innermost native frame of one of these functions; none where native frames were not asked for.
std::optional<std::size_t> find_native_call(std::span<const model::Frame> frames,
                                            std::initializer_list<std::string_view> functions);

// The outermost Python frame inside of the frame `outside`.
const model::Frame* called_by(const model::Thread& thread, std::size_t outside);

// Whether what a thread waits for ends by itself: a sleep, a lock that is asked for with a timeout.
bool has_time_limit(const model::Thread& thread);

// Whether a thread waits, without a limit of time, for what only another thread can give: it sleeps on a futex.
bool waits_without_end(const model::Thread& thread);

// The thread in which the program began; null where it has ended.
const model::Thread* main_thread(const model::Still& still);

// The library whose code has gone to sleep: the innermost native frame that is not of the C library.
const model::Frame* sleeping_code(const model::Thread& thread);

}  // namespace stillframe::diagnose
