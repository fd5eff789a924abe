// Where the build put what tests read. Told to one file, so that the others are compiled alike in every checkout.
#pragma once

#include <string>

namespace stillframe::testing {

extern const std::string golden_folder;
// The library of cpython/shifted: with debug information, stripped of it, and that information alone.
extern const std::string shifted_python;
extern const std::string stripped_python;
extern const std::string debug_of_python;

}  // namespace stillframe::testing
