// Why a program is stuck, without its stacks: the findings, and where there is none, the chains of what
// its threads and tasks wait for.
#pragma once

#include <string>

#include "model/still.h"
#include "render/text.h"

namespace stillframe::render {

std::string why_to_text(const model::Still& still, const TextOptions& options);

}  // namespace stillframe::render
