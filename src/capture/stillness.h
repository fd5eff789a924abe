// Whether threads have run: what proves that memory was read at one moment, though nothing was stopped.
#pragma once

#include <unordered_set>
#include <vector>

#include "target/target.h"

namespace stillframe::capture {

// True for states in which a thread cannot run a single instruction until something wakes it.
bool asleep(model::OsState state);

// A futex wait goes on after a stop as if nothing had been.
bool is_futex_wait(const target::Syscall& call);

// The threads of `later` that may have run since `earlier`: new ones, those awake at either end, those that got a CPU
// in between. Asleep before and after with the same run count means: not one instruction was run; nor did those that
// are `held` run any.
std::vector<target::Tid> moved(const std::vector<target::ThreadInfo>& earlier,
                               const std::vector<target::ThreadInfo>& later,
                               const std::unordered_set<target::Tid>& held = {});

}  // namespace stillframe::capture
