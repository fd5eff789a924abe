#include "stillframe/session.h"

namespace stillframe {

std::string_view library_version() {
  return STILLFRAME_VERSION;
}

}  // namespace stillframe
