// What several stills of one process show together, taken one after the other (stillframe why --watch).
#pragma once

#include <array>
#include <span>

#include "diagnose/findings.h"

namespace stillframe::diagnose {

using Stills = std::span<const model::Still>;

// Appends what it finds in at least two stills.
using WatchAnalysis = void (*)(Stills stills, Findings& findings);

void find_gil_convoy(Stills stills, Findings& findings);
void find_starved_threads(Stills stills, Findings& findings);
void find_busy_threads(Stills stills, Findings& findings);

inline constexpr std::array kWatchAnalyses{
    WatchAnalysis{find_gil_convoy},
    WatchAnalysis{find_starved_threads},
    WatchAnalysis{find_busy_threads},
};

// Runs every one of them and adds what they find to the last still.
void add_watched_findings(std::span<model::Still> stills);

}  // namespace stillframe::diagnose
