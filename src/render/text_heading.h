// What stands above and below what is shown: what was looked at and how, what it died of; warnings.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/still.h"
#include "render/screen.h"

namespace stillframe::render {

// One line; on a terminal that is too narrow for it, one line a fact, so that none is cut away. `shown` may be torn
// where it was read while the target ran: "stacks".
void write_heading(Screen& screen, const model::Source& source, const std::optional<model::Python>& found,
                   const model::Consistency& consistency, std::string_view shown);

// Nothing where the process did not die.
void write_crash(Screen& screen, const model::Still& still);

void write_warnings(Screen& screen, std::span<const std::string> warnings);

}  // namespace stillframe::render
