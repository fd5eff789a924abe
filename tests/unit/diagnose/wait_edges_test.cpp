// The wait-for graph, who can go on in it, and the chains that are read from it.
#include "diagnose/wait_edges.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "diagnose/stills.h"
#include "diagnose/wait_chains.h"
#include "model/tasks.h"

namespace stillframe::diagnose {
namespace {

using model::EdgeKind;
using model::NodeKind;
using model::Proof;
using model::ResourceKind;

std::vector<bool> going_on(model::Still& still, Wakers wakers = {}) {
  still.signals = model::SignalHandlers{};
  add_wait_graph(still);
  return can_go_on(still, WaitEdges(still), wakers);
}

TEST(WaitEdges, AHolderThatIsKnownIsCertainAndOneThatIsConcludedIsNot) {
  model::Still still = sleeping_threads(3);
  wait_without_end(still.threads[0]);
  wait_without_end(still.threads[1]);
  wait_for(still, 0, {.kind = ResourceKind::rlock, .holders = {{.tid = 102, .certain = true, .how = "its owner"}}});
  wait_for(still, 1, {.kind = ResourceKind::lock, .holders = {{.tid = 102, .how = "a with block"}}});
  add_wait_graph(still);
  const WaitEdges edges(still);
  const auto first = edges.from(*edges.find(NodeKind::resource, 0));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].kind, EdgeKind::held_by);
  EXPECT_EQ(first[0].proof, Proof::certain);
  EXPECT_EQ(first[0].to, 2U);
  const auto second = edges.from(*edges.find(NodeKind::resource, 1));
  ASSERT_EQ(second.size(), 2U);  // any thread may let go of a plain lock
  EXPECT_EQ(second[0].proof, Proof::concluded);
  EXPECT_EQ(edges.node(second[1].to).kind, NodeKind::any_thread);
}

TEST(GoingOn, WhereEveryThreadWaitsForAnotherOneNobodyDoes) {
  model::Still still = sleeping_threads(2);
  for (const std::size_t thread : {0U, 1U}) {
    wait_without_end(still.threads[thread]);
    wait_for(still, thread, {.kind = ResourceKind::queue});
  }
  const auto can = going_on(still);
  EXPECT_TRUE(std::ranges::none_of(can, [](bool one) { return one; }));
}

TEST(GoingOn, OneThatRunsCouldWakeAllOthers) {
  model::Still still = sleeping_threads(3);
  for (const std::size_t thread : {0U, 1U}) {
    wait_without_end(still.threads[thread]);
    wait_for(still, thread, {.kind = ResourceKind::event});
  }
  const auto can = going_on(still);
  EXPECT_TRUE(can[0] && can[1] && can[2]);
}

TEST(GoingOn, ALimitOfTimeEndsAWait) {
  model::Still still = sleeping_threads(1);
  wait_without_end(still.threads[0]);
  still.threads[0].waiting_on->timeout = 5;
  wait_for(still, 0, {.kind = ResourceKind::queue});
  EXPECT_TRUE(going_on(still)[0]);
}

TEST(GoingOn, WhatIsWaitedForOutsideMayCome) {
  model::Still still = sleeping_threads(2);
  sleep_in(still.threads[0], "recvfrom", "waits in recv");
  still.threads[0].waiting_on->files = {{.fd = 3, .kind = model::FileKind::tcp, .peer = "10.0.0.9:5432"}};
  wait_without_end(still.threads[1]);
  wait_for(still, 1, {.kind = ResourceKind::condition});
  const auto can = going_on(still);
  EXPECT_TRUE(can[0] && can[1]);
}

TEST(GoingOn, APipeThatOnlyThisProcessHasIsNoWayOut) {
  model::Still still = sleeping_threads(1);
  still.source.pid = 100;
  sleep_in(still.threads[0], "epoll_wait", "waits in epoll");
  still.threads[0].waiting_on->files = {{.fd = 4, .kind = model::FileKind::unix_socket, .processes = {{.pid = 100}}}};
  EXPECT_FALSE(going_on(still)[0]);
  still.threads[0].waiting_on->files[0].processes.push_back({.pid = 200});
  EXPECT_TRUE(going_on(still)[0]);
}

TEST(GoingOn, AThreadOfCCodeMayWakeUnlessItIsLeftOut) {
  model::Still still = sleeping_threads(2);
  wait_without_end(still.threads[0]);
  wait_for(still, 0, {.kind = ResourceKind::queue});
  still.threads[1].python = false;
  wait_without_end(still.threads[1]);
  EXPECT_TRUE(going_on(still)[0]);
  EXPECT_FALSE(going_on(still, {.native_threads = false})[0]);
}

TEST(GoingOn, ASemaphoreOfProcessesMayBeReleasedByAnother) {
  model::Still still = sleeping_threads(1);
  wait_without_end(still.threads[0]);
  wait_for(still, 0, {.kind = ResourceKind::semaphore, .type = "multiprocessing.synchronize.Semaphore"});
  EXPECT_TRUE(going_on(still)[0]);
}

TEST(WaitChains, LeadFromTheMainThreadToTheEndOfTheWait) {
  model::Still still = sleeping_threads(3);
  still.source.pid = 101;
  wait_without_end(still.threads[1]);
  wait_for(still, 1, {.kind = ResourceKind::lock, .name = "a", .holders = {{.tid = 100, .certain = true}}});
  sleep_in(still.threads[0], "recvfrom", "waits in recv on TCP");
  still.threads[0].waiting_on->files = {{.fd = 3, .kind = model::FileKind::tcp, .peer = "10.0.0.9:5432"}};
  add_wait_graph(still);
  add_wait_chains(still);
  ASSERT_EQ(still.chains.size(), 2U);
  const auto& links = still.chains[0].links;
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].who, "thread 101 \"Worker-1\"");
  EXPECT_EQ(links[0].where, "/srv/app.py:11 in work");
  EXPECT_EQ(links[0].ended_by, "thread 100 \"Worker-0\", which holds it");
  EXPECT_EQ(links[1].what, "waits in recv on TCP");
  EXPECT_EQ(links[1].ended_by, "the other end, 10.0.0.9:5432");
  EXPECT_FALSE(still.chains[1].links[0].waits);
}

TEST(WaitChains, ACircleEnds) {
  model::Still still = sleeping_threads(2);
  for (const std::size_t thread : {0U, 1U}) {
    wait_without_end(still.threads[thread]);
    wait_for(still, thread,
             {.kind = ResourceKind::lock, .holders = {{.tid = 101 - static_cast<int>(thread), .certain = true}}});
  }
  add_wait_graph(still);
  add_wait_chains(still);
  ASSERT_EQ(still.chains.size(), 1U);
  EXPECT_EQ(still.chains[0].links.size(), 2U);
}

TEST(WaitChains, EqualOnesAreOneAndIdleOnesComeLast) {
  model::Still still = sleeping_threads(1502);
  still.source.pid = 99;
  wait_without_end(still.threads[1501]);
  wait_for(still, 1501, {.kind = ResourceKind::event, .address = 0x10});
  for (std::size_t i = 0; i < 1501; ++i) {
    wait_without_end(still.threads[i]);
    still.threads[i].waiting_on->text = "waits for an item of queue " + std::to_string(i);
    still.threads[i].frames = {python_frame("/usr/lib/python3.12/concurrent/futures/thread.py", 81, "_worker")};
    wait_for(still, i, {.kind = ResourceKind::queue, .address = i});
    still.threads[i].wants->call = "SimpleQueue.get";
  }
  add_wait_graph(still);
  add_wait_chains(still);
  ASSERT_EQ(still.chains.size(), 2U);
  EXPECT_FALSE(still.chains[0].idle);
  EXPECT_TRUE(still.chains[1].idle);
  EXPECT_EQ(still.chains[1].count, 1501U);
  EXPECT_EQ(still.chains[1].others.size(), 4U);
  EXPECT_EQ(still.chains[1].links[0].where, "concurrent/futures/thread.py:81 in _worker");
}

model::Still with_waiting_tasks(std::uint32_t count) {
  model::Still still = sleeping_threads(1);
  still.source.pid = 100;
  sleep_in(still.threads[0], "epoll_wait", "waits in epoll");
  still.threads[0].waiting_on->files = {{.fd = 4, .kind = model::FileKind::unix_socket, .processes = {{.pid = 100}}}};
  still.tasks = std::make_shared<model::Tasks>();
  still.tasks->loops.push_back({.address = 0x1000, .tid = 100, .thread = 0, .doing = model::LoopDoing::waits});
  for (std::uint32_t i = 0; i < count; ++i) {
    still.tasks->places.push_back(python_frame("/srv/app.py", 10 + static_cast<int>(i), "work"));
    still.tasks->tasks.push_back({.address = 0x2000 + i,
                                  .name = "t" + std::to_string(i),
                                  .loop = 0,
                                  .frames = {i},
                                  .waits_for = {.kind = model::WaitKind::event, .text = "waits for the event 0x1"}});
  }
  return still;
}

TEST(WaitChains, GoThroughTheLoopToItsTasks) {
  model::Still still = with_waiting_tasks(3);
  still.tasks->tasks[0].awaits = {1};
  still.tasks->tasks[0].waits_for = {.kind = model::WaitKind::tasks, .text = "awaits t1"};
  still.tasks->tasks[1].awaited_by = {0};
  add_wait_graph(still);
  add_wait_chains(still);
  ASSERT_EQ(still.chains.size(), 1U);
  const auto& chain = still.chains[0];
  EXPECT_EQ(chain.links[0].what, "runs the event loop of asyncio, which waits for its 3 tasks");
  ASSERT_EQ(chain.branches.size(), 2U);
  ASSERT_EQ(chain.branches[0].links.size(), 2U);
  EXPECT_EQ(chain.branches[0].links[1].who, "task t1");
  EXPECT_EQ(chain.branches[0].links[1].where, "/srv/app.py:11 in work");
  EXPECT_EQ(chain.branches[1].links[0].who, "task t2");
}

TEST(WaitChains, TasksThatAwaitOneAnotherEnd) {
  model::Still still = with_waiting_tasks(2);
  for (const std::uint32_t task : {0U, 1U}) {
    still.tasks->tasks[task].awaits = {1 - task};
    still.tasks->tasks[task].awaited_by = {1 - task};
  }
  add_wait_graph(still);
  add_wait_chains(still);
  ASSERT_EQ(still.chains.size(), 1U);
  ASSERT_EQ(still.chains[0].branches.size(), 1U);
  EXPECT_EQ(still.chains[0].branches[0].links.size(), 3U);
}

TEST(WaitChains, TasksAtOnePlaceAreFolded) {
  model::Still still = with_waiting_tasks(40);
  for (model::Task& task : still.tasks->tasks) {
    task.frames = {0};
  }
  add_wait_graph(still);
  add_wait_chains(still);
  ASSERT_EQ(still.chains[0].branches.size(), 1U);
  EXPECT_EQ(still.chains[0].branches[0].count, 40U);
}

}  // namespace
}  // namespace stillframe::diagnose
