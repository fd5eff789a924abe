// What stands above the stacks: what was looked at and how, and what it died of.
#pragma once

#include "model/still.h"
#include "render/screen.h"

namespace stillframe::render {

// One line; on a terminal that is too narrow for it, one line a fact, so that none is cut away.
void write_heading(Screen& screen, const model::Still& still);

// Nothing where the process did not die.
void write_crash(Screen& screen, const model::Still& still);

}  // namespace stillframe::render
