// A still as a person reads it in a terminal.
#pragma once

#include <string>

#include "model/still.h"

namespace stillframe::render {

struct TextOptions {
  bool color = false;
  bool fold = true;           // equal runs of frames and threads with equal stacks are shown once, with a count
  bool hide_plumbing = true;  // native frames that are only the interpreter's way from one call to the next
  int width = 0;              // of the terminal; longer lines are cut. 0: not cut
};

std::string to_text(const model::Still& still, const TextOptions& options);

}  // namespace stillframe::render
