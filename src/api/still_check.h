// That a still fits together: everything in it that points at another part of it points at one that is there.
#pragma once

#include "model/still.h"

namespace stillframe::api {

// Throws BrokenInvariant where it does not. Whoever shows, explains or joins stills relies on it.
void check_fits_together(const model::Still& still);

}  // namespace stillframe::api
