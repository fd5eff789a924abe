// Chains of waits on the screen.
#pragma once

#include <span>

#include "model/wait_graph.h"
#include "render/screen.h"

namespace stillframe::render {

void write_chains(Screen& screen, std::span<const model::WaitChain> chains);

}  // namespace stillframe::render
