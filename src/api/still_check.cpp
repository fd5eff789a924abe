#include "api/still_check.h"

#include <cstdint>
#include <optional>
#include <span>

#include "model/check.h"
#include "model/tasks.h"

namespace stillframe::api {
namespace {

std::int64_t number(std::size_t value) {
  return static_cast<std::int64_t>(value);
}

void check_thread(const model::Still& still, const model::Thread& thread) {
  const std::int64_t tid = thread.tid.value_or(0);
  if (thread.wants) {
    SF_CHECK(thread.wants->resource < still.resources.size(), {"tid", tid},
             {"resource", number(thread.wants->resource)}, {"resources", number(still.resources.size())});
    SF_CHECK(!thread.wants->frame || *thread.wants->frame < thread.frames.size(), {"tid", tid},
             {"frame", number(thread.wants->frame.value_or(0))}, {"frames", number(thread.frames.size())});
  }
  SF_CHECK(thread.complete || thread.incomplete_reason.has_value(), {"tid", tid});
}

void check_resources(const model::Still& still) {
  for (const model::Resource& resource : still.resources) {
    for (const model::Holder& holder : resource.holders) {
      SF_CHECK(!holder.other || *holder.other < still.others.size(), {"other", number(holder.other.value_or(0))},
               {"others", number(still.others.size())});
    }
  }
}

void check_all(std::span<const std::uint32_t> indexes, std::size_t size) {
  for (const std::uint32_t index : indexes) {
    SF_CHECK(index < size, {"index", index}, {"size", number(size)});
  }
}

void check_one(std::optional<std::uint32_t> index, std::size_t size) {
  SF_CHECK(!index || *index < size, {"index", index.value_or(0)}, {"size", number(size)});
}

void check_tasks(const model::Still& still, const model::Tasks& tasks) {
  for (const model::TaskLoop& loop : tasks.loops) {
    check_one(loop.thread, still.threads.size());
    check_one(loop.running_task, tasks.tasks.size());
    check_all(loop.callback, tasks.places.size());
  }
  for (const model::Task& task : tasks.tasks) {
    check_one(task.loop, tasks.loops.size());
    check_one(task.parent, tasks.tasks.size());
    check_all(task.frames, tasks.places.size());
    check_all(task.awaits, tasks.tasks.size());
    check_all(task.awaited_by, tasks.tasks.size());
    check_all(task.waits_for.holders, tasks.tasks.size());
  }
}

}  // namespace

void check_fits_together(const model::Still& still) {
  for (const model::Thread& thread : still.threads) {
    check_thread(still, thread);
  }
  check_resources(still);
  if (still.tasks) {
    check_tasks(still, *still.tasks);
  }
  SF_CHECK(!still.consistency.consistent || still.consistency.method != model::Method::running);
}

}  // namespace stillframe::api
