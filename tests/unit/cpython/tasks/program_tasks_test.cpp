#include "cpython/tasks/program_tasks.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace stillframe::cpython {
namespace {

Schedulers only(std::initializer_list<model::Scheduler> list) {
  Schedulers found;
  for (const model::Scheduler one : list) {
    found.set(std::to_underlying(one));
  }
  return found;
}

TEST(SchedulersAtWork, AreToldByTheFilesOfCalls) {
  using enum model::Scheduler;
  const Code own{.filename = "/srv/app/asyncio_tools.py"};
  const Code of_asyncio{.filename = "/usr/lib/python3.12/asyncio/base_events.py"};
  const Code of_trio{.filename = "/srv/venv/lib/trio/_core/_run.py"};
  const Code of_curio{.filename = "/srv/venv/lib/curio/kernel.py"};
  RawProcess process;
  process.interpreters.resize(2);
  process.interpreters[0].threads.resize(1);
  process.interpreters[0].threads[0].chain.frames = {{.code = &own}, {.code = nullptr}};
  EXPECT_TRUE(schedulers_at_work(process, {}).none());
  process.interpreters[1].threads.resize(2);
  process.interpreters[1].threads[1].chain.frames = {{.code = &own}, {.code = &of_asyncio}, {.code = &of_asyncio}};
  EXPECT_EQ(schedulers_at_work(process, {}), only({asyncio}));
  process.interpreters[0].threads[0].chain.frames.push_back({.code = &of_trio});
  EXPECT_EQ(schedulers_at_work(process, {}), only({asyncio, trio}));
  process.interpreters[0].threads[0].chain.frames = {{.code = &of_curio}};
  EXPECT_EQ(schedulers_at_work(process, {}), only({asyncio, curio}));
}

TEST(SchedulersAtWork, AreToldByGreenlets) {
  using enum model::Scheduler;
  GreenletList greenlets;
  greenlets.greenlets.resize(1);
  EXPECT_EQ(schedulers_at_work({}, greenlets), only({gevent}));
}

// The entries stand in the registry by their numbers.
TEST(ProgramTasks, HaveAReaderForEachScheduler) {
  std::size_t index = 0;
#define SF_SCHEDULER(name, ...) EXPECT_EQ(std::to_underlying(name##_scheduler.id), index++);
#include "model/schedulers.def"
#undef SF_SCHEDULER
  EXPECT_EQ(index, model::kSchedulers);
}

}  // namespace
}  // namespace stillframe::cpython
