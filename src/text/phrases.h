// Numbers and states of the model in words, for whoever writes sentences.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/still.h"
#include "model/tasks.h"

namespace stillframe::text {

// 9990 as "9,990".
std::string grouped(std::uint64_t count);

// "1 thread", "1,204 threads".
std::string with_count(std::uint64_t count, std::string_view one);
std::string with_count(std::integral auto count, std::string_view one) {
  return with_count(static_cast<std::uint64_t>(count), one);
}

// "sleeping", "stopped by a signal"; empty where nothing is known. A process that has ended is one that nobody has
// waited for yet.
std::string_view state_word(model::OsState state);

// Whether a signal has interrupted the call that stands before this one: it is what the signal's handler returns to.
bool is_signal_return(const model::Frame& frame);

// "12 s", "350 ms", "3 h 20 min".
std::string duration_in_words(double seconds);

// "waits for an item of ": what is wanted of a queue, by a task or by a thread; its name follows. Of other kinds "waits
// for ".
std::string_view queue_wait_in_words(model::WaitKind kind);

}  // namespace stillframe::text
