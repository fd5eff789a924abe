#include "waits/world_stop_waits.h"

#include <algorithm>

#include "cpython/objects/objects.h"
#include "cpython/sync/world_stops.h"

namespace stillframe::waits {
namespace {

model::Holder holder(const KnownThread& thread, const char* how) {
  return {.tid = thread.shown->tid, .certain = true, .how = how, .frame = shown_frame(*thread.shown, 0)};
}

void want_standstill(const KnownThread& requester, const cpython::WorldStop& stop, WaitGraphBuilder& book,
                     model::Still& still) {
  const std::size_t index = book.enter(model::ResourceKind::standstill, stop.address).first;
  for (const KnownThread& thread : book.threads()) {
    if (std::ranges::find(stop.missing, thread.raw) != stop.missing.end()) {
      still.resources[index].holders.push_back(holder(thread, "it is attached to the interpreter"));
    }
  }
  requester.shown->wants = model::ResourceWait{
      .resource = index, .call = "the interpreter's own code", .frame = shown_frame(*requester.shown, 0)};
}

}  // namespace

void find_world_stops(const memory::MemorySource& memory, const cpython::Runtime& runtime,
                      const cpython::RawProcess& process, WaitGraphBuilder& book, model::Still& still) {
  const cpython::Objects objects(memory, runtime.layout);
  for (const cpython::WorldStop& stop : cpython::world_stops(objects, runtime, process)) {
    const auto requester = std::ranges::find(book.threads(), stop.requester, &KnownThread::raw);
    if (requester == book.threads().end()) {
      continue;
    }
    const std::size_t end = book.enter(model::ResourceKind::stop_the_world, 0).first;
    still.resources[end].holders.push_back(holder(*requester, "it has asked for the stop"));
    if (!stop.all_stand && !stop.missing.empty()) {
      want_standstill(*requester, stop, book, still);
    }
  }
}

}  // namespace stillframe::waits
