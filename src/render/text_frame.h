// One frame as a traceback shows it.
#pragma once

#include "model/still.h"
#include "render/screen.h"
#include "render/underline.h"

namespace stillframe::render {

// `  File "/srv/app.py", line 12, in Order.inner`, and what stands under it: the source line with its marks. Where the
// line is too long, the file's folders go.
void write_frame(Screen& screen, const model::Frame& frame, CaretStyle carets);

}  // namespace stillframe::render
