// Code that was put in the middle of other code and waits for what that holds: signal handlers, and finalizers that the
// garbage collector runs.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::Thread;

struct Intrusion {
  const char* id;
  std::string_view noun;
  std::string_view verb;  // what it does with the thread
  std::string_view how;
  std::array<std::string_view, 6> callers;  // empty ones are none; without any the system itself calls it
  std::vector<std::string> (*advice)();
};

// Modules/signalmodule.c; the collector's functions as in gc_finalizer.cpp; a finalizer of an object whose last
// reference has gone is called by slot_tp_finalize() of Objects/typeobject.c.
const std::array kIntrusions{
    Intrusion{
        .id = "signal-reentry",
        .noun = "signal handler",
        .verb = "interrupted",
        .how = "Python runs signal handlers in the main thread between any two instructions",
        .callers = {"_PyErr_CheckSignalsTstate", "_PyErr_CheckSignals", "PyErr_CheckSignals", "handle_signals"},
        .advice =
            [] {
              return std::vector<std::string>{
                  "let the handler only set a flag or write to a pipe (signal.set_wakeup_fd), and act on it elsewhere",
                  "take no lock in a handler: logging, queue.Queue and print() take some too"};
            }},
    Intrusion{
        .id = "signal-reentry",
        .noun = "signal handler",
        .verb = "interrupted",
        .how = "the system runs a signal handler of C code between any two instructions of the processor",
        .callers = {},
        .advice =
            [] {
              return std::vector<std::string>{
                  "call nothing in a handler of C code that takes a lock or allocates memory: man 7 signal-safety has "
                  "the list of what may be called",
                  "let the handler only set a flag or write to a pipe, and act on it elsewhere"};
            }},
    Intrusion{.id = "finalizer-reentry",
              .noun = "finalizer",
              .verb = "runs in",
              .how = "finalizers run in the middle of any code that makes objects or lets go of them",
              .callers = {"slot_tp_finalize", "finalize_garbage", "handle_weakrefs", "PyObject_ClearWeakRefs",
                          "gc_collect_main", "collect"},
              .advice =
                  [] {
                    return std::vector<std::string>{
                        "take no lock in __del__ and in callbacks of weak references",
                        "let a finalizer put what is to be done into a queue.SimpleQueue, which is made for that"};
                  }},
};

// The outermost call of an intruder inside of the frame that holds the lock.
const model::Frame* intruder_of(const Thread& thread, std::size_t holding, const Intrusion& kind) {
  for (std::size_t i = holding + 1; i < thread.frames.size(); ++i) {
    const model::Frame& frame = thread.frames[i];
    if (kind.callers.front().empty() && text::is_signal_return(frame) && i + 1 < thread.frames.size()) {
      return &thread.frames[i + 1];
    }
    if (frame.kind == model::FrameKind::native && !frame.function.empty() &&
        std::ranges::find(kind.callers, frame.function) != kind.callers.end()) {
      return called_by(thread, i);
    }
  }
  return nullptr;
}

// " called from /srv/app.py:12 in parse", of a call of C code.
std::string called_from(const Thread& thread, std::size_t call) {
  for (std::size_t i = call + 1; i-- > 0 && thread.frames[call].kind == model::FrameKind::native;) {
    if (thread.frames[i].kind == model::FrameKind::python) {
      return ", called from " + place_of(thread.frames[i]);
    }
  }
  return {};
}

void look_at(const Thread& thread, const model::Resource& resource, const model::Holder& holder, Findings& findings) {
  for (const Intrusion& kind : kIntrusions) {
    const model::Frame* intruder = intruder_of(thread, *holder.frame, kind);
    if (intruder == nullptr) {
      continue;
    }
    model::Finding finding{
        .id = kind.id,
        .severity = holder.certain && !has_time_limit(thread) ? model::Severity::certain : model::Severity::likely,
        .title = fmt::format("Deadlock: the {} at {} {} thread {} while that {} {}, and waits for it", kind.noun,
                             place_of(*intruder), kind.verb, name_of(thread), kind.verb == "runs in" ? "holds" : "held",
                             name_of(resource))};
    if (has_time_limit(thread)) {
      finding.detail = "it waits for a limited time, and goes on when that is over";
    } else if (!holder.certain) {
      finding.detail = "this kind of lock does not say who holds it: that is concluded from the code that took it";
    }
    finding.evidence = {fmt::format("thread {} holds {}: {}{} ({})", name_of(thread), name_of(resource),
                                    taken_place(thread, holder), called_from(thread, *holder.frame), holder.how),
                        std::string(kind.how)};
    finding.advice = kind.advice();
    add_tid(finding, thread.tid);
    findings.push_back(std::move(finding));
    return;
  }
}

}  // namespace

void find_reentry(const model::Still& still, Findings& findings) {
  for (const Thread& thread : still.threads) {
    const model::Resource* resource = wanted_by(still, thread);
    if (resource == nullptr) {
      continue;
    }
    for (const model::Holder& holder : resource->holders) {
      if (holder.tid == thread.tid && holder.frame && *holder.frame < thread.frames.size()) {
        look_at(thread, *resource, holder, findings);
        break;
      }
    }
  }
}

}  // namespace stillframe::diagnose
