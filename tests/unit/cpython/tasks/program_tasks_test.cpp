#include "cpython/tasks/program_tasks.h"

#include <gtest/gtest.h>

namespace stillframe::cpython {
namespace {

TEST(SchedulersOnStacks, AreToldByTheFilesOfCalls) {
  const Code own{.filename = "/srv/app/asyncio_tools.py"};
  const Code asyncio{.filename = "/usr/lib/python3.12/asyncio/base_events.py"};
  const Code trio{.filename = "/srv/venv/lib/trio/_core/_run.py"};
  const Code curio{.filename = "/srv/venv/lib/curio/kernel.py"};
  RawProcess process;
  process.interpreters.resize(2);
  process.interpreters[0].threads.resize(1);
  process.interpreters[0].threads[0].chain.frames = {{.code = &own}, {.code = nullptr}};
  EXPECT_FALSE(schedulers_on_stacks(process).any());
  process.interpreters[1].threads.resize(2);
  process.interpreters[1].threads[1].chain.frames = {{.code = &own}, {.code = &asyncio}, {.code = &asyncio}};
  EXPECT_EQ(schedulers_on_stacks(process), (Schedulers{.asyncio = true, .trio = false, .curio = false}));
  process.interpreters[0].threads[0].chain.frames.push_back({.code = &trio});
  EXPECT_EQ(schedulers_on_stacks(process), (Schedulers{.asyncio = true, .trio = true, .curio = false}));
  process.interpreters[0].threads[0].chain.frames = {{.code = &curio}};
  EXPECT_EQ(schedulers_on_stacks(process), (Schedulers{.asyncio = true, .trio = false, .curio = true}));
}

}  // namespace
}  // namespace stillframe::cpython
