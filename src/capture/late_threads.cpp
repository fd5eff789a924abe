#include "capture/late_threads.h"

#include <fmt/format.h>

#include "text/phrases.h"

namespace stillframe::capture {

std::string describe_late(std::size_t late, std::chrono::milliseconds limit) {
  return fmt::format(
      "{} did not stop within {} ms for want of a CPU, and did not run while the others were read: the "
      "native frames of {} are missing; --stop-limit gives more time",
      text::with_count(late, "thread"), limit.count(), late == 1 ? "it" : "them");
}

Error too_late(std::size_t late, std::chrono::milliseconds limit) {
  return {.kind = ErrorKind::io,
          .tried = "stop all threads",
          .stopper = fmt::format("{} did not stop within {} ms, and ran on later", text::with_count(late, "thread"),
                                 limit.count()),
          .advice = "--stop-limit 2000 waits longer, while the other threads stand still"};
}

}  // namespace stillframe::capture
