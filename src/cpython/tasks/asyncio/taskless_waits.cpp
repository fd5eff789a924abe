#include "cpython/tasks/asyncio/taskless_waits.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "text/scheduler_files.h"

namespace stillframe::cpython {
namespace {

struct KnownCall {
  std::string_view function;
  std::string_view file;
};

// These await a future that the loop sets: at a time, or when a file is ready (Lib/asyncio, 3.6 to 3.15).
constexpr std::array kOfTheLoop{
    KnownCall{"sleep", "/asyncio/tasks.py"},
    KnownCall{"_wait_for_data", "/asyncio/streams.py"},
    KnownCall{"sock_recv", "/asyncio/selector_events.py"},
    KnownCall{"sock_recv_into", "/asyncio/selector_events.py"},
    KnownCall{"sock_recvfrom", "/asyncio/selector_events.py"},
    KnownCall{"sock_accept", "/asyncio/selector_events.py"},
    KnownCall{"sock_sendall", "/asyncio/selector_events.py"},
};

// And these one that other code of the program sets, whoever that is: Queue, Event, Condition. (A condition takes its
// lock again in a call of its own.)
constexpr std::array kOfTheProgram{
    KnownCall{"get", "/asyncio/queues.py"},
    KnownCall{"put", "/asyncio/queues.py"},
    KnownCall{"wait", "/asyncio/locks.py"},
};

bool is_among(const InnermostCall::Function& function, const auto& known) {
  return std::ranges::any_of(
      known, [&](const KnownCall& one) { return function.name == one.function && function.file.ends_with(one.file); });
}

}  // namespace

bool never_leads_to_task(const InnermostCall& call) {
  return is_among(*call.function, kOfTheLoop);
}

bool awaits_no_task(const InnermostCall& innermost) {
  if (is_among(*innermost.function, kOfTheLoop)) {
    return true;
  }
  // A library waits by them for tasks and locks: as_completed() by a queue, AnyIO's locks by an event.
  const bool for_library = innermost.caller != nullptr && (text::is_asyncio_file(innermost.caller->file) ||
                                                           text::is_anyio_file(innermost.caller->file));
  return !for_library && is_among(*innermost.function, kOfTheProgram);
}

}  // namespace stillframe::cpython
