// Findings on the screen: what is wrong, what that rests on, what usually helps.
#pragma once

#include <span>

#include "model/finding.h"
#include "render/screen.h"

namespace stillframe::render {

void write_findings(Screen& screen, std::span<const model::Finding> findings);

}  // namespace stillframe::render
