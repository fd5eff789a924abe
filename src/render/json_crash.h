// What killed the process of a core, in JSON.
#pragma once

#include "model/crash.h"
#include "render/json_facts.h"

namespace stillframe::render {

// Null where nothing did. The calls of the thread that died are not in it: with native frames, its thread has them.
Json crash_of(const std::optional<model::Crash>& crash);

}  // namespace stillframe::render
