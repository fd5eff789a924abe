// The source line of a frame and the marks under the part of it that runs.
#pragma once

#include "model/still.h"
#include "render/screen.h"
#include "render/underline.h"

namespace stillframe::render {

// Nothing where the source is not known or blank.
void write_source(Screen& screen, const model::Frame& frame, CaretStyle carets);

}  // namespace stillframe::render
