// Every analysis. What is found by the first ones stands before what later ones find as surely.
#pragma once

#include <array>

#include "analysis/findings/findings.h"

namespace stillframe::analysis {

void find_lock_cycles(const model::Still& still, Findings& findings);
void find_abandoned_locks(const model::Still& still, Findings& findings);
void find_blocking_holders(const model::Still& still, Findings& findings);

inline constexpr std::array kAnalyses{
    Analysis{find_lock_cycles},
    Analysis{find_abandoned_locks},
    Analysis{find_blocking_holders},
};

}  // namespace stillframe::analysis
