// From what was seen to why: each analysis is one file here, looks at a still alone, and reads no memory.
// docs/findings.md shows each finding, and how to add one.
#pragma once

#include <vector>

#include "model/still.h"

namespace stillframe::diagnose {

using Findings = std::vector<model::Finding>;

// Appends what it finds; nothing in a healthy program.
using Analysis = void (*)(const model::Still& still, Findings& findings);

// Runs every analysis (list.h) and adds what they find, the certain first.
void add_findings(model::Still& still);

}  // namespace stillframe::diagnose
