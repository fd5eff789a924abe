#include "paths.h"

namespace stillframe::testing {

const std::string golden_folder = STILLFRAME_GOLDEN;
const std::string shifted_python = SHIFTED_PYTHON;
const std::string stripped_python = STRIPPED_PYTHON;
const std::string debug_of_python = DEBUG_OF_PYTHON;

}  // namespace stillframe::testing
