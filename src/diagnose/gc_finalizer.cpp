// Garbage collection that stands still, because the finalizer that it runs waits.
#include <fmt/format.h>

#include <algorithm>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

struct Finalizer {
  const model::Frame* frame = nullptr;
  bool proven = false;  // the collector's own calls are on the stack; false: the interpreter collects, maybe elsewhere
};

// Of libpython, or of a python that is linked statically: others may have functions of these names.
bool is_of_python(const model::Frame& frame) {
  const std::string_view file = file_name(frame.library.value_or(""));
  return file.starts_with("libpython") || file.starts_with("python");
}

// The function that the collector calls back. The names are those of Modules/gcmodule.c to 3.12 and of Python/gc.c and
// Python/gc_free_threading.c since; the collector calls nothing else that is written in Python but gc.callbacks, which
// run before and after.
Finalizer finalizer_of(const model::Still& still, const model::Thread& thread) {
  if (const auto collector = find_native_call(
          thread.frames, {"finalize_garbage", "handle_weakrefs", "delete_garbage", "call_weakref_callbacks",
                          "gc_collect_main", "gc_collect_internal", "collect"});
      collector && is_of_python(thread.frames[*collector])) {
    return {.frame = called_by(thread, *collector), .proven = true};
  }
  const auto of = std::ranges::find(still.interpreters, thread.interpreter.value_or(-1), &model::Interpreter::id);
  if (of == still.interpreters.end() || of->gc_collecting != true) {
    return {};
  }
  for (const model::Frame& frame : thread.frames) {
    if (frame.kind == model::FrameKind::python && frame.function == "__del__") {
      return {.frame = &frame};
    }
  }
  return {};
}

// Whether a thread waits for a lock of its own: find_reentry() knows more of that.
bool waits_for_itself(const model::Still& still, const model::Thread& thread) {
  const model::Resource* wanted = wanted_by(still, thread);
  return wanted != nullptr &&
         std::ranges::find(wanted->holders, thread.tid, &model::Holder::tid) != wanted->holders.end();
}

}  // namespace

void find_gc_finalizer(const model::Still& still, Findings& findings) {
  for (const model::Thread& thread : still.threads) {
    if (!thread.python || !thread.waiting_on || thread.waits_for_gil == true) {
      continue;
    }
    const Finalizer finalizer = finalizer_of(still, thread);
    if (finalizer.frame == nullptr || waits_for_itself(still, thread)) {
      continue;
    }
    const model::Severity severity = !waits_without_end(thread) ? model::Severity::note
                                     : finalizer.proven         ? model::Severity::certain
                                                                : model::Severity::likely;
    model::Finding finding{
        .id = "gc-finalizer",
        .severity = severity,
        .title = fmt::format("Garbage collection in thread {} stands still: the finalizer at {} waits", name_of(thread),
                             place_of(*finalizer.frame))};
    finding.evidence = {fmt::format("the collector runs {}", place_of(*finalizer.frame)),
                        fmt::format("thread {}{}: {}", name_of(thread), at_place(thread), thread.waiting_on->text),
                        "until it is back, this interpreter collects no other garbage"};
    finding.advice = {
        "wait for nothing in __del__ and in callbacks of weak references: they run in the middle of any code, "
        "also while its thread holds locks",
        "let a finalizer put what is to be done into a queue.SimpleQueue, and a thread of its own do it"};
    if (severity == model::Severity::likely) {
      finding.detail = "that the collector runs this finalizer is concluded: the collector is at work, and here is one";
    }
    add_tid(finding, thread.tid);
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::diagnose
