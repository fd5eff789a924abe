// The frames of a thread or of a greenlet, and what is to be said of them.
#pragma once

#include "model/still.h"
#include "render/screen.h"
#include "render/underline.h"

namespace stillframe::render {

void write_stack(Screen& screen, const model::Thread& thread, CaretStyle carets);
void write_stack(Screen& screen, const model::Greenlet& greenlet, CaretStyle carets);

}  // namespace stillframe::render
