#include "cpython/sync/work_queue.h"

#include <gtest/gtest.h>

#include <vector>

#include "cpython/every_layout.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutWorkQueue : public testing::EveryLayout {
 protected:
  [[nodiscard]] bool ring() const { return layout.version >= PythonVersion{3, 13, 0}; }

  Address work_item(Address future) { return python.instance(python.dict({{python.text("future"), future}})); }

  // A queue of which the first `taken` items have been taken already.
  Address queue(std::vector<Address> items, std::uint64_t taken) {
    const Address made = python.object(python.type("_queue.SimpleQueue"));
    if (!ring()) {
      python.set(made, word(objects, 2), python.list(items));
      python.set(made, word(objects, 3), taken);
      return made;
    }
    // The ring goes round: the next item stands behind those that are put in last.
    std::vector<Address> turned(items.begin() + static_cast<std::ptrdiff_t>(taken), items.end());
    const std::uint64_t capacity = 8;
    const Address table = python.allocate(capacity * sizeof(Address));
    for (std::uint64_t i = 0; i < turned.size(); ++i) {
      python.memory.put(table + ((6 + i) % capacity) * sizeof(Address), turned[i]);
    }
    python.set(made, word(objects, 2), std::uint64_t{6});  // get_idx
    python.set(made, word(objects, 3), table);
    python.set(made, word(objects, 4), capacity);
    python.set(made, word(objects, 5), std::uint64_t{turned.size()});
    return made;
  }
};

TEST_P(EveryLayoutWorkQueue, FuturesOfWhatNobodyHasTaken) {
  std::vector<Address> futures;
  std::vector<Address> items;
  for (int i = 0; i < 5; ++i) {
    futures.push_back(python.object(python.type("Future")));
    items.push_back(work_item(futures.back()));
  }
  const std::vector<Address> left(futures.begin() + 2, futures.end());
  EXPECT_EQ(futures_in(objects, queue(items, 2)), left);
  EXPECT_TRUE(futures_in(objects, queue(items, 5)).empty());
}

TEST_P(EveryLayoutWorkQueue, ItemsThatAreNoWork) {
  const Address future = python.object(python.type("Future"));
  const std::vector<Address> items{python.integer(1), work_item(future), python.text("None")};
  EXPECT_EQ(futures_in(objects, queue(items, 0)), std::vector<Address>{future});
}

TEST_P(EveryLayoutWorkQueue, NonsenseEndsIt) {
  EXPECT_TRUE(futures_in(objects, 0x10).empty());
  EXPECT_TRUE(futures_in(objects, python.text("no queue")).empty());
  const Address broken = python.object(python.type("_queue.SimpleQueue"));
  for (std::uint32_t i = 0; i < 6; ++i) {
    python.set(broken, word(objects, i), std::uint64_t{0} - 1);
  }
  EXPECT_TRUE(futures_in(objects, broken).empty());
  const Address empty = python.object(python.type("_queue.SimpleQueue"));
  EXPECT_TRUE(futures_in(objects, empty).empty());
}

SF_EVERY_LAYOUT(EveryLayoutWorkQueue);

}  // namespace
}  // namespace stillframe::cpython
