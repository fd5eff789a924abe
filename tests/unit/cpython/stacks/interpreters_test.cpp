#include "cpython/stacks/interpreters.h"

#include <gtest/gtest.h>

#include "cpython/every_layout.h"
#include "cpython/stacks/thread_names.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

constexpr Address kNoInterpreter = 0x7fff'dead'b000;

class EveryLayoutInterpreters : public testing::EveryLayout {
 protected:
  RawProcess read(const ChainLimits& limits = {}) {
    CodeCache codes(objects, python.code_type, limits);
    return InterpreterReader(objects, runtime, codes).read();
  }

  Address code = python.code("work", "/srv/app.py", 3);
  Address interpreter = python.interpreter();
  Address main_thread = python.thread(interpreter, python.frame(code, 0), 0x7f00'0000'1000);
  Address worker = python.thread(interpreter, python.frame(code, python.frame(code, 0)), 0x7f00'0000'2000);
  Runtime runtime = python.runtime(interpreter);

  void SetUp() override { python.link(interpreter, {worker, main_thread}); }
};
SF_EVERY_LAYOUT(EveryLayoutInterpreters);

TEST_P(EveryLayoutInterpreters, ReadsThreadsOldestFirst) {
  const auto process = read();
  EXPECT_EQ(process.state, model::PythonState::running);
  EXPECT_EQ(process.broken, std::nullopt);
  ASSERT_EQ(process.interpreters.size(), 1);
  const auto& found = process.interpreters.front();
  EXPECT_EQ(found.broken, std::nullopt);
  ASSERT_EQ(found.threads.size(), 2);
  EXPECT_EQ(found.threads[0].address, main_thread);
  EXPECT_EQ(found.threads[0].thread_id, 0x7f00'0000'1000);
  EXPECT_EQ(found.threads[0].chain.frames.size(), 1);
  EXPECT_EQ(found.threads[1].address, worker);
  EXPECT_EQ(found.threads[1].chain.frames.size(), 2);
  EXPECT_EQ(list_threads(objects, interpreter), (std::vector<Address>{worker, main_thread}));
}

TEST_P(EveryLayoutInterpreters, TakesInNoMoreThreadsThanItShall) {
  const auto process = read({.threads = 1});
  const auto& found = process.interpreters.front();
  ASSERT_EQ(found.threads.size(), 1);
  EXPECT_EQ(found.threads[0].address, worker) << "the newest";
  EXPECT_TRUE(found.limited);
  EXPECT_EQ(found.broken,
            "there are more than 1 thread states, and the oldest are missing; --max-threads raises the limit");
  EXPECT_FALSE(read({.threads = 2}).interpreters.front().broken);
}

TEST_P(EveryLayoutInterpreters, TakesInNoMoreCallsThanItShall) {
  const auto process = read({.frames = 1});
  const auto& threads = process.interpreters.front().threads;
  ASSERT_TRUE(threads[0].chain.broken);
  EXPECT_EQ(describe(*threads[0].chain.broken),
            "all threads together have more than 1 calls; --max-frames raises the limit")
      << "the oldest thread is read last";
  EXPECT_EQ(threads[1].chain.frames.size(), 1);
  ASSERT_TRUE(threads[1].chain.broken);
  EXPECT_EQ(describe(*threads[1].chain.broken), "it has more than 1 calls; --max-frames raises the limit");
  EXPECT_TRUE(is_limit(*threads[1].chain.broken));
  EXPECT_FALSE(read({.frames = 2}).interpreters.front().threads[1].chain.broken);
}

TEST_P(EveryLayoutInterpreters, NamesThreadsFromTheThreadingModule) {
  const bool mangled = layout.version.major < 3;
  const Address yes = python.integer(1);
  const Address boolean = python.type("bool");
  python.set(boolean, layout.type.flags, std::uint64_t{1} << 23U);  // Py_TPFLAGS_INT_SUBCLASS, for 2.7
  python.set(yes, layout.object.type, boolean);
  const Address thread =
      python.instance(python.dict({{python.text(mangled ? "_Thread__name" : "_name"), python.text("loader")},
                                   {python.text(mangled ? "_Thread__daemonic" : "_daemonic"), yes}}));
  const Address active = python.dict({{python.integer(0x7f00'0000'2000), thread}, {python.integer(1), kNoInterpreter}});
  const Address module = python.module(python.dict({{python.text("_active"), active}}));
  python.set(interpreter, layout.interpreter.modules, python.dict({{python.text("threading"), module}}));
  const auto table = find_thread_table(objects, interpreter);
  ASSERT_EQ(table, active);
  auto process = read();
  read_thread_names(objects, *table, process.interpreters.front());
  EXPECT_EQ(process.interpreters.front().threads[0].name, std::nullopt);
  EXPECT_EQ(process.interpreters.front().threads[1].name, "loader");
  EXPECT_EQ(process.interpreters.front().threads[0].daemon, std::nullopt);
  EXPECT_EQ(process.interpreters.front().threads[1].daemon, true);
  python.set(interpreter, layout.interpreter.modules, kNoInterpreter);
  EXPECT_FALSE(find_thread_table(objects, interpreter));
}

TEST_P(EveryLayoutInterpreters, CutsCyclesOfThreads) {
  for (const Address back_to : {main_thread, worker}) {
    python.set(main_thread, layout.thread.next, back_to);
    const auto process = read();
    EXPECT_TRUE(process.interpreters.front().broken);
    EXPECT_LT(process.interpreters.front().threads.size(), 12);
    EXPECT_LT(list_threads(objects, interpreter).size(), 12);
  }
}

TEST_P(EveryLayoutInterpreters, CutsCyclesOfInterpreters) {
  python.set(interpreter, layout.interpreter.next, interpreter);
  const auto process = read();
  EXPECT_TRUE(process.broken);
  EXPECT_LT(process.interpreters.size(), 12);
}

TEST_P(EveryLayoutInterpreters, AThreadThatCannotBeReadCostsOnlyWhatIsBehindIt) {
  python.set(worker, layout.thread.next, kNoInterpreter);
  const auto process = read();
  ASSERT_EQ(process.interpreters.size(), 1);
  EXPECT_TRUE(process.interpreters.front().broken);
  EXPECT_EQ(process.interpreters.front().threads.size(), 1);
}

TEST_P(EveryLayoutInterpreters, AThreadOfAnotherInterpreterIsNotTaken) {
  python.set(worker, layout.thread.interp, kNoInterpreter);
  const auto process = read();
  EXPECT_TRUE(process.interpreters.front().broken);
  EXPECT_TRUE(process.interpreters.front().threads.empty());
}

TEST_P(EveryLayoutInterpreters, AListThatWasChangedMeanwhileSaysSo) {
  if (!layout.thread.prev.present()) {
    GTEST_SKIP() << "2.7 links threads one way";
  }
  python.set(main_thread, layout.thread.prev, kNoInterpreter);
  const auto process = read();
  EXPECT_TRUE(process.interpreters.front().broken);
  EXPECT_EQ(process.interpreters.front().threads.size(), 2);
}

TEST_P(EveryLayoutInterpreters, NoInterpreterYetOrAnyMore) {
  python.memory.put(runtime.interpreters_head_at, Address{0});
  const auto process = read();
  EXPECT_TRUE(process.interpreters.empty());
  EXPECT_EQ(process.broken, std::nullopt);
}

TEST_P(EveryLayoutInterpreters, AHeadInNowhereIsMarked) {
  for (const Address hostile : {kNoInterpreter, Address{1} << 63U, ~Address{0}, ~Address{0} - 4096, Address{1}}) {
    python.memory.put(runtime.interpreters_head_at, hostile);
    EXPECT_TRUE(read().broken) << hostile;
  }
  runtime.interpreters_head_at = kNoInterpreter;
  EXPECT_TRUE(read().broken);
}

TEST_P(EveryLayoutInterpreters, SaysWhoHoldsTheGil) {
  Address gil = 0;
  if (layout.build.free_threaded || !layout.gil.locked.present()) {
    GTEST_SKIP() << "no GIL, or one that keeps no holder";
  }
  if (layout.interpreter.gil.present() && layout.version >= PythonVersion{3, 12, 0}) {
    gil = python.allocate(256);
    python.set(interpreter, layout.interpreter.gil, gil);
  } else {
    gil = runtime.runtime + layout.runtime.gil.value();
  }
  python.set(gil, layout.gil.locked, std::int32_t{1});
  python.set(gil, layout.gil.last_holder, worker);
  auto process = read();
  EXPECT_EQ(process.interpreters.front().gil_locked, true);
  EXPECT_EQ(process.interpreters.front().threads[0].holds_gil, false);
  EXPECT_EQ(process.interpreters.front().threads[1].holds_gil, true);
  python.set(gil, layout.gil.locked, std::int32_t{-1});
  process = read();
  EXPECT_EQ(process.interpreters.front().gil_locked, false);
  EXPECT_EQ(process.interpreters.front().threads[1].holds_gil, false);
}

// Every word of every structure, one after another, becomes something it must not be. Nothing may crash or hang, and
// nothing that is left out may go unsaid: fewer threads or frames than there are come with a mark.
TEST_P(EveryLayoutInterpreters, AnyTornWordEndsInAnAnswer) {
  const auto table = python.dict({{python.integer(0x7f00'0000'2000), python.instance(python.dict({}))}});
  const auto whole = read();
  ASSERT_EQ(whole.broken, std::nullopt);
  const auto pieces = python.pieces;
  for (const auto& [begin, size] : pieces) {
    for (Address at = begin; size <= 1024 && at < begin + size; at += 8) {
      const auto kept = python.memory.get<Address>(at);
      ASSERT_TRUE(kept);
      for (const Address torn : {Address{1} << 63U, ~Address{0}, at, begin + 64, kNoInterpreter, Address{0}}) {
        python.memory.put(at, torn);
        const std::size_t before = python.memory.reads;
        auto process = read();
        for (RawInterpreter& one : process.interpreters) {
          read_thread_names(objects, table, one);
        }
        EXPECT_LT(python.memory.reads - before, 20'000) << at;
      }
      python.memory.put(at, *kept);
    }
  }
}

}  // namespace
}  // namespace stillframe::cpython
