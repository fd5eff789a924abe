// Where the greenlet module keeps what it needs to go on with a suspended greenlet.
#pragma once

#include <optional>

#include "cpython/dialects/layout.h"

namespace stillframe::cpython {

// Offsets in a greenlet's record: the C++ object that `pimpl` leads to (from 2.0 on), or the Python object itself
// (1.x).
struct GreenletLayout {
  Offset pimpl;   // in the Python object; absent: the record is the object
  Offset self;    // in the record: its Python object; absent in 1.x
  Offset parent;  // only in 1.x, where nothing else tells a greenlet: another greenlet, or null
  Offset stack_start;
  Offset stack_stop;
  Offset stack_copy;
  Offset stack_saved;
  Offset top_frame;
  Offset cframe;           // Python 3.10 to 3.12
  Offset current_frame;    // Python 3.11+
  Offset behind_top;       // Python 3.12, 3.0.0 to 3.0.2: `previous` of the top frame, which is null while suspended
  Offset main_greenlet;    // of one that is not main itself, 2.0+: the one its thread began with
  Offset thread_state;     // of a main one, 2.0+: the module's record of the thread; null once that has ended
  std::uint32_t size = 0;  // of the record up to the Python state's end
  // While a greenlet is suspended its interpreter frames are linked past those on the C stack, and where each led
  // before stands in its frame object (Greenlet::expose_frames in src/greenlet/TGreenlet.cpp, 3.0.3+ on Python 3.12+).
  bool relinked = false;
};

// The layout of a version of greenlet built for a version of Python; nothing for versions that are not known.
std::optional<GreenletLayout> greenlet_layout(PythonVersion greenlet, const Layout& python);

}  // namespace stillframe::cpython
