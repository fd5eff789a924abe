// What a reading gives away of itself: contradictions in it, and what it must have missed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cpython/greenlets.h"
#include "photograph/exposure.h"

namespace stillframe::photograph {

// How many things in a reading do not fit together.
std::size_t count_faults(const Negative& negative);

// Marks the threads whose chain a second reading does not show as it was. The innermost call may have gone on
// meanwhile, for where it stood is one word; with `strictly` (its values were read as well) it may not.
void mark_torn(Negative& negative, const cpython::RawProcess& second, bool strictly);

// Threads that began or ended while memory was read: the lists are walked once more, past the copy.
std::vector<std::string> missed_threads(const Negative& negative, const target::Target& target,
                                        const cpython::Runtime& runtime);

// Says which greenlets are missing, and why.
void warn_of_greenlets(const cpython::Greenlets& greenlets, Negative& negative);

}  // namespace stillframe::photograph
