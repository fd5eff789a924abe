// Garbage collection that stands still, because the finalizer that it runs waits.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/findings/calls.h"
#include "analysis/findings/list.h"
#include "analysis/findings/words.h"

namespace stillframe::analysis {
namespace {

// The function that the collector calls back. The names are those of Modules/gcmodule.c to 3.12 and of Python/gc.c and
// Python/gc_free_threading.c since; the collector calls nothing else that is written in Python but gc.callbacks, which
// run before and after.
const model::Frame* finalizer_of(const model::Still& still, const model::Thread& thread) {
  if (const auto collector = find_native_call(
          thread.frames, {"finalize_garbage", "handle_weakrefs", "delete_garbage", "call_weakref_callbacks",
                          "gc_collect_main", "gc_collect_internal", "collect"})) {
    return called_by(thread, *collector);
  }
  const auto of = std::ranges::find(still.interpreters, thread.interpreter.value_or(-1), &model::Interpreter::id);
  if (of == still.interpreters.end() || of->gc_collecting != true) {
    return nullptr;
  }
  for (const model::Frame& frame : thread.frames) {
    if (frame.function == "__del__") {
      return &frame;
    }
  }
  return nullptr;
}

// Whether a thread waits for a lock of its own: find_reentry() knows more of that.
bool waits_for_itself(const model::Still& still, const model::Thread& thread) {
  if (!thread.wants || thread.wants->resource >= still.resources.size()) {
    return false;
  }
  const auto& holders = still.resources[thread.wants->resource].holders;
  return std::ranges::find(holders, thread.tid, &model::Holder::tid) != holders.end();
}

}  // namespace

void find_gc_finalizer(const model::Still& still, Findings& findings) {
  for (const model::Thread& thread : still.threads) {
    if (!thread.python || !thread.waiting_on || thread.waits_for_gil == true) {
      continue;
    }
    const model::Frame* finalizer = finalizer_of(still, thread);
    if (finalizer == nullptr || waits_for_itself(still, thread)) {
      continue;
    }
    model::Finding finding{
        .id = "gc-finalizer",
        .severity = waits_without_end(thread) ? model::Severity::certain : model::Severity::note,
        .title = fmt::format("Garbage collection in thread {} stands still: the finalizer at {} waits", name_of(thread),
                             place_of(*finalizer))};
    finding.evidence = {fmt::format("the collector runs {}", place_of(*finalizer)),
                        fmt::format("thread {}{}: {}", name_of(thread), at_place(thread), thread.waiting_on->text),
                        "until it is back, this interpreter collects no other garbage"};
    finding.advice = {
        "wait for nothing in __del__ and in callbacks of weak references: they run in the middle of any code, "
        "also while its thread holds locks",
        "let a finalizer put what is to be done into a queue.SimpleQueue, and a thread of its own do it"};
    finding.tids = {thread.tid.value_or(0)};
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::analysis
