// What killed the process of a core, back from JSON.
#pragma once

#include "model/crash.h"
#include "render/json_fields.h"
#include "render/json_frame_reader.h"

namespace stillframe::render {

model::Crash read_crash(const Fields& fields, FrameReader& frames);

}  // namespace stillframe::render
