// What the findings about a death share: who died, where, and in which words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "diagnose/recursion.h"
#include "model/still.h"

namespace stillframe::diagnose {

// Whether the process sent the signal to itself: abort(), raise(), os.kill(os.getpid(), …).
bool killed_itself(const model::Still& still);

// `Thread 4213 "Worker-1"`.
std::string who_died(const model::Still& still);

// The native call that died: the one whose instruction was refused, else the innermost one that is not the C library's
// way of dying. Null where none is known.
const model::Frame* fatal_call(const model::Crash& crash);

// "in strlen in libc.so.6, called from /srv/app.py:12 in read": as much of it as is known.
std::string place_died(const model::Crash& crash);
// The same behind a comma; empty where nothing is known.
std::string where_died(const model::Crash& crash);

// The same of another call than the one that died.
std::string where_of(const model::Crash& crash, const model::Frame& call);

// Whether a native call whose name begins so is on the stack.
bool runs(const model::Crash& crash, std::string_view function);

// Of the calls behind (called by) the given ones the innermost that is not one of them; null where there is none.
const model::Frame* caller_of(const model::Crash& crash, std::initializer_list<std::string_view> functions);

// "fill (/srv/app.py:12), list_repr": one round, the plumbing left out.
std::string words_of(const Recursion& recursion);

// A finding about the thread that died.
model::Finding make_death(const model::Still& still, std::string id, std::string title);

}  // namespace stillframe::diagnose
