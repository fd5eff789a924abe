#include "cpython/tasks/program_tasks.h"

#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "text/schedulers.h"

namespace stillframe::cpython {
namespace {

// In the order of model::Scheduler.
constexpr std::array kSchedulers{
#define SF_SCHEDULER(id, ...) &id##_scheduler,
#include "model/schedulers.def"
#undef SF_SCHEDULER
};

}  // namespace

Schedulers schedulers_at_work(const RawProcess& process, const GreenletList& greenlets) {
  Schedulers found;
  for (const SchedulerEntry* one : kSchedulers) {
    found.set(std::to_underlying(one->id), one->by_greenlets && !greenlets.greenlets.empty());
  }
  std::unordered_set<const Code*> seen;
  for (const RawInterpreter& interpreter : process.interpreters) {
    for (const RawThread& thread : interpreter.threads) {
      for (const RawFrame& frame : thread.chain.frames) {
        if (frame.code == nullptr || !seen.insert(frame.code).second) {
          continue;
        }
        for (const SchedulerEntry* one : kSchedulers) {
          if (!one->by_greenlets && text::is_file_of(one->id, frame.code->filename)) {
            found.set(std::to_underlying(one->id));
          }
        }
      }
    }
  }
  return found;
}

ProgramTasks::ProgramTasks(const target::Target& target, const Objects& objects,
                           const std::vector<Address>& interpreters, Schedulers wanted) {
  for (const SchedulerEntry* one : kSchedulers) {
    if (wanted.test(std::to_underlying(one->id))) {
      readers_.push_back(one->find(target, objects, interpreters));
    }
  }
}

RawTasks ProgramTasks::read(const TaskSource& from) const {
  RawTasks found;
  for (const auto& reader : readers_) {
    reader->read(from, found);
  }
  return found;
}

}  // namespace stillframe::cpython
