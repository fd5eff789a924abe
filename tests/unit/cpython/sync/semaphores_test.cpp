#include "cpython/sync/semaphores.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "cpython/every_layout.h"
#include "cpython/fake_target.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

constexpr Address kHandle = 0x7fa000001000;
constexpr std::int32_t kRecursive = 0;
constexpr std::int32_t kCounting = 1;

class EveryLayoutSemaphore : public testing::EveryLayout {
 protected:
  Address semaphore(std::int32_t count, std::int32_t most, std::int32_t kind, Address handle = kHandle) {
    const Address made = python.object(type);
    python.set(made, word(objects, 0), handle);
    python.set(made, word(objects, 1), std::uint64_t{77});
    python.set(made, word(objects, 2), count);
    python.memory.put(made + word(objects, 2).value() + 4, most);
    python.set(made, word(objects, 3), kind);
    return made;
  }

  Address type = python.type("_multiprocessing.SemLock");
};

TEST_P(EveryLayoutSemaphore, WhatItSays) {
  python.memory.put(kHandle, std::uint32_t{0x80000000});  // musl: it is waited for
  const auto lock = semaphore_at(objects, semaphore(1, 1, kCounting));
  ASSERT_TRUE(lock);
  EXPECT_EQ(lock->handle, kHandle);
  EXPECT_EQ(lock->last_thread, 77U);
  EXPECT_EQ(lock->count, 1);
  EXPECT_EQ(lock->value, 0U);
  EXPECT_TRUE(lock->is_lock());
  EXPECT_TRUE(semaphore_at(objects, semaphore(2, 1, kRecursive))->is_lock());
  EXPECT_FALSE(semaphore_at(objects, semaphore(-1, 5, kCounting))->is_lock());
}

TEST_P(EveryLayoutSemaphore, NonsenseIsNone) {
  EXPECT_FALSE(semaphore_at(objects, 0x10));
  EXPECT_FALSE(semaphore_at(objects, python.text("no semaphore")));
  EXPECT_FALSE(semaphore_at(objects, semaphore(0, 0, kCounting)));
  EXPECT_FALSE(semaphore_at(objects, semaphore(0, 1, kCounting, 0)));
  const auto lost = semaphore_at(objects, semaphore(0, 1, kCounting));  // what is shared is not in the core
  ASSERT_TRUE(lost);
  EXPECT_FALSE(lost->value);
}

TEST_P(EveryLayoutSemaphore, FoundByWhatTheyLeadTo) {
  const Address wanted = semaphore(1, 1, kCounting);
  semaphore(1, 1, kCounting, kHandle + 4096);
  const Address stray = python.object(python.type("_thread.lock"));  // something else that has the address
  python.set(stray, word(objects, 0), kHandle);
  std::vector<target::Mapping> mappings;
  for (const auto& [begin, size] : python.pieces) {
    mappings.push_back({.begin = begin, .end = begin + size, .readable = true, .writable = true});
  }
  const testing::FakeTarget target(python.memory, mappings, false);
  const auto found = find_semaphores(target, objects, {kHandle});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().object, wanted);
}

SF_EVERY_LAYOUT(EveryLayoutSemaphore);

}  // namespace
}  // namespace stillframe::cpython
