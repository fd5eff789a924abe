// The lines above a stack: whose it is, what it does, and who else has the same one.
#pragma once

#include <span>

#include "model/still.h"
#include "render/screen.h"

namespace stillframe::render {

// `Thread 4211 "MainThread" (python): holds the GIL, running`. `alike`: the others whose stacks are shown with it.
void write_head(Screen& screen, const model::Still& still, const model::Thread& thread,
                std::span<const model::Thread* const> alike);

// `Greenlet 0x7f2a… (gevent.Greenlet), suspended:`
void write_head(Screen& screen, const model::Greenlet& greenlet, std::span<const model::Greenlet* const> alike);

}  // namespace stillframe::render
