// What a reading gives away of itself: contradictions in it, and what it must have missed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "capture/capturer.h"
#include "cpython/stacks/greenlets.h"

namespace stillframe::capture {

// How many things in a reading do not fit together.
std::size_t count_contradictions(const Snapshot& snapshot);

// Marks the threads whose chain a second reading does not show as it was. The innermost call may have gone on
// meanwhile, for where it stood is one word; with `strictly` (its values were read as well) it may not.
void mark_torn(Snapshot& snapshot, const cpython::RawProcess& second, bool strictly);

// Threads that began or ended while memory was read: the lists are walked once more, past the copy.
std::vector<std::string> missed_threads(const Snapshot& snapshot, const target::Target& target,
                                        const cpython::Runtime& runtime);

// Says which greenlets are missing, and why.
void warn_of_greenlets(const cpython::Greenlets& greenlets, Snapshot& snapshot);

}  // namespace stillframe::capture
