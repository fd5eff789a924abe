// Characters that change how a text is shown, or hide in it: what comes from a target is never shown with them.
#pragma once

#include <cstdint>

namespace stillframe::text {

// Control characters (C0, DEL, C1), bidirectional controls (UAX #9), separators of lines and paragraphs, and what is
// not seen at all: joiners, fillers, invisible operators, annotations, tags.
bool is_untrusted(std::uint32_t point);

}  // namespace stillframe::text
