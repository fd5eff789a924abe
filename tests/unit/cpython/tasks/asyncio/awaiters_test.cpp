#include "cpython/tasks/asyncio/awaiters.h"

#include <gtest/gtest.h>

#include "cpython/tasks/asyncio/every_asyncio_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutAwaiters : public testing::EveryAsyncioLayout {
 protected:
  std::vector<Address> of(Address awaited) {
    Types types(objects);
    Instances instances(objects, types);
    return Awaiters(instances).of(awaited, future_class(instances, awaited));
  }
  // A function within a function whose cells hold these.
  Address closure(std::string_view file, const std::vector<Address>& contents) {
    const bool late = layout.version >= PythonVersion{3, 10, 0};
    const Address at = python.object(python.type("function"));
    std::vector<Address> cells;
    for (const Address content : contents) {
      cells.push_back(python.cell(content));
    }
    python.memory.put(asyncio.word(at, late ? 4 : 0), python.code("_done_callback", file, 1));
    python.memory.put(asyncio.word(at, late ? 7 : 4), python.tuple(cells));
    return at;
  }
  static constexpr std::string_view kLibrary = "/usr/lib/python3/asyncio/tasks.py";

  const Address parent = asyncio.task(1, 0, 0);
  const Address task = asyncio.task(1, 0, 0);
};
INSTANTIATE_TEST_SUITE_P(CPython, EveryLayoutAwaiters, testing::asyncio_layouts(), testing::name_of_layout);

TEST_P(EveryLayoutAwaiters, ByItsWakeUp) {
  asyncio.set_callback(task, asyncio.wakeup(parent));
  EXPECT_EQ(of(task), std::vector<Address>{parent});
}

TEST_P(EveryLayoutAwaiters, ThroughFuturesOfTheLibrary) {
  const Address outer = asyncio.future(1);
  const Address outermost = asyncio.future(1);
  asyncio.set_callback(task, closure(kLibrary, {python.integer(1), outer}));
  asyncio.set_callback(outer, closure(kLibrary, {outermost}));
  asyncio.set_callback(outermost, asyncio.wakeup(parent));
  EXPECT_EQ(of(task), std::vector<Address>{parent});
}

TEST_P(EveryLayoutAwaiters, NotThroughFunctionsOfTheProgram) {
  const Address outer = asyncio.future(1);
  asyncio.set_callback(task, closure("/srv/app.py", {outer}));
  asyncio.set_callback(outer, asyncio.wakeup(parent));
  EXPECT_TRUE(of(task).empty());
}

TEST_P(EveryLayoutAwaiters, OtherMethodsOfTasksWakeNobody) {
  if (layout.version < PythonVersion{3, 8, 0}) {
    GTEST_SKIP() << "a wake-up is a type of its own there";
  }
  const Address cancel = asyncio.wakeup(parent);
  const Address definition = python.memory.get<Address>(asyncio.word(cancel, 0)).value();
  python.memory.put_text(python.memory.get<Address>(definition).value(), std::string_view("cancel\0", 7));
  asyncio.set_callback(task, cancel);
  EXPECT_TRUE(of(task).empty());
}

TEST_P(EveryLayoutAwaiters, CirclesOfFuturesEnd) {
  const Address one = asyncio.future(1);
  const Address other = asyncio.future(1);
  asyncio.set_callback(task, closure(kLibrary, {one}));
  asyncio.set_callback(one, closure(kLibrary, {other, one}));
  asyncio.set_callback(other, closure(kLibrary, {one, parent}));
  EXPECT_EQ(of(task), std::vector<Address>{parent});
}

TEST_P(EveryLayoutAwaiters, HostileCallbacks) {
  asyncio.set_callback(task, 0xDEAD000);
  EXPECT_TRUE(of(task).empty());
  const Address list = python.list({});
  python.set(list, layout.var_object.size_field, ~std::uint64_t{0});
  python.memory.put(asyncio.word(task, 3), list);
  EXPECT_TRUE(of(task).empty());
}

TEST_P(EveryLayoutAwaiters, AsTheInterpreterNotesIt) {
  if (layout.version < PythonVersion{3, 14, 0}) {
    GTEST_SKIP() << "not of this version";
  }
  python.memory.put(asyncio.word(task, 10), parent);
  EXPECT_EQ(of(task), std::vector<Address>{parent});
  const Address third = asyncio.task(1, 0, 0);
  python.memory.put(asyncio.word(task, 10), asyncio.set({parent, third}));
  python.memory.put(asyncio.word(task, 11) + 5, std::uint8_t{1});  // awaited_by_is_set
  EXPECT_EQ(of(task), (std::vector<Address>{parent, third}));
}

}  // namespace
}  // namespace stillframe::cpython
