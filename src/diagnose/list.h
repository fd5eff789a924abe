// Every analysis. What is found by the first ones stands before what later ones find as surely.
#pragma once

#include <array>

#include "diagnose/findings.h"

namespace stillframe::diagnose {

void find_abandoned_locks(const model::Still& still, Findings& findings);
void find_aborts(const model::Still& still, Findings& findings);
void find_blocked_loops(const model::Still& still, Findings& findings);
void find_blocking_holders(const model::Still& still, Findings& findings);
void find_child_waits(const model::Still& still, Findings& findings);
void find_deep_recursion(const model::Still& still, Findings& findings);
void find_exit_blocked(const model::Still& still, Findings& findings);
void find_faults(const model::Still& still, Findings& findings);
void find_file_waits(const model::Still& still, Findings& findings);
void find_fork_lock(const model::Still& still, Findings& findings);
void find_gc_finalizer(const model::Still& still, Findings& findings);
void find_gil_held(const model::Still& still, Findings& findings);
void find_lock_cycles(const model::Still& still, Findings& findings);
void find_pool_exhausted(const model::Still& still, Findings& findings);
void find_process_locks(const model::Still& still, Findings& findings);
void find_python_exceptions(const model::Still& still, Findings& findings);
void find_reentry(const model::Still& still, Findings& findings);
void find_senders(const model::Still& still, Findings& findings);
void find_task_cycles(const model::Still& still, Findings& findings);
void find_unfinished_queue(const model::Still& still, Findings& findings);
void find_world_held(const model::Still& still, Findings& findings);

// Clearer ones stand before those that say the same more generally.
inline constexpr std::array kAnalyses{
    Analysis{find_faults},          Analysis{find_aborts},
    Analysis{find_senders},         Analysis{find_python_exceptions},
    Analysis{find_reentry},         Analysis{find_fork_lock},
    Analysis{find_lock_cycles},     Analysis{find_process_locks},
    Analysis{find_abandoned_locks}, Analysis{find_gil_held},
    Analysis{find_world_held},

    Analysis{find_pool_exhausted},  Analysis{find_child_waits},
    Analysis{find_gc_finalizer},    Analysis{find_blocking_holders},
    Analysis{find_exit_blocked},    Analysis{find_file_waits},
    Analysis{find_deep_recursion},  Analysis{find_task_cycles},
    Analysis{find_blocked_loops},   Analysis{find_unfinished_queue},
};

}  // namespace stillframe::diagnose
