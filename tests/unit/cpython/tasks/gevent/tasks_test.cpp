#include "cpython/tasks/gevent/tasks.h"

#include <gtest/gtest.h>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutGevent : public testing::EveryLayout {
 protected:
  // An object of that type with these attributes.
  Address instance(std::string_view type, const std::vector<std::pair<Address, Address>>& attributes = {}) {
    const Address of = python.type(type);
    python.set(of, layout.type.dictoffset, std::int64_t{128});
    const Address at = python.object(of);
    python.memory.put(at + 128, python.dict(attributes));
    return at;
  }
  RawTasks read(const std::vector<RawGreenlet>& greenlets, std::size_t most = 1000) {
    RawProcess process;
    process.interpreters.push_back({.address = 1, .threads = {}});
    process.interpreters[0].threads.push_back({.address = 0x7000, .thread_id = 77});
    RawTasks found;
    read_gevent(objects, process, {.greenlets = greenlets}, most, found);
    return found;
  }
  Address main = instance("greenlet.greenlet");
  Address hub = instance("gevent.hub.Hub", {{python.text("thread_ident"), python.integer(77)}});
  Address job = instance("gevent._gevent_cgreenlet.Greenlet", {{python.text("name"), python.text("job")}});
  Address stranger = instance("greenlet.greenlet");
};
SF_EVERY_LAYOUT(EveryLayoutGevent);

TEST_P(EveryLayoutGevent, AllThatTakeTurnsWithAHub) {
  const RawTasks found = read({{.address = main, .main = true, .main_greenlet = main, .suspended = true},
                               {.address = hub, .main_greenlet = main},
                               {.address = job, .main_greenlet = main, .suspended = true},
                               {.address = stranger, .main_greenlet = stranger, .suspended = true}});
  ASSERT_EQ(found.loops.size(), 1U);
  EXPECT_EQ(found.loops[0].scheduler, model::Scheduler::gevent);
  EXPECT_EQ(found.loops[0].loop.address, hub);
  EXPECT_EQ(found.loops[0].thread, 0x7000U);
  ASSERT_EQ(found.tasks.size(), 2U);
  EXPECT_EQ(found.tasks[0].name, "main greenlet");
  EXPECT_EQ(found.tasks[1].address, job);
  EXPECT_EQ(found.tasks[1].name, "job");
  EXPECT_EQ(found.tasks[1].type, "");
  EXPECT_EQ(found.tasks[1].wait.kind, model::WaitKind::unknown);
}

TEST_P(EveryLayoutGevent, TheOneThatRuns) {
  const RawTasks found =
      read({{.address = hub, .main_greenlet = main, .suspended = true}, {.address = job, .main_greenlet = main}});
  ASSERT_EQ(found.tasks.size(), 1U);
  EXPECT_EQ(found.tasks[0].state, model::TaskState::running);
  EXPECT_EQ(found.loops[0].running_task, job);
  EXPECT_EQ(found.loops[0].doing, model::LoopDoing::runs);
}

TEST_P(EveryLayoutGevent, NoneWithoutAHubAndNoMoreThanAsked) {
  EXPECT_TRUE(read({{.address = job, .main_greenlet = main, .suspended = true}}).tasks.empty());
  EXPECT_TRUE(read({{.address = hub}, {.address = job, .suspended = true}}).loops.empty());  // greenlet 1.x
  const RawTasks found = read({{.address = hub, .main_greenlet = main},
                               {.address = job, .main_greenlet = main, .suspended = true},
                               {.address = main, .main = true, .main_greenlet = main, .suspended = true}},
                              1);
  EXPECT_TRUE(found.tasks.empty());
  EXPECT_EQ(found.problems.size(), 1U);
}

}  // namespace
}  // namespace stillframe::cpython
