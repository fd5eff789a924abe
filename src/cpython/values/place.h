// Where in its source an object belongs, in the words that repr() of code and frame objects has for it.
#pragma once

#include "cpython/values/kinds.h"

namespace stillframe::cpython {

// ", file '/srv/app.py', line 12" for a code object: where it begins. Nothing where that cannot be read.
void put_place_of_code(Printer& out, Address code);

// The frame at `frame` (a frame object to 3.10, an interpreter frame from 3.11 on).
struct FramePlace {
  std::string file;
  std::string function;
  std::optional<std::int32_t> line;
  bool begun = true;
};
std::optional<FramePlace> place_of_frame(Printer& out, Address frame);
void put_place(Printer& out, const FramePlace& place);

}  // namespace stillframe::cpython
