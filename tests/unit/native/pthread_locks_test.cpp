#include "native/pthread_locks.h"

#include <gtest/gtest.h>
#include <linux/futex.h>

#include <vector>

#include "fake_memory.h"

namespace stillframe::native {
namespace {

using memory::Address;

constexpr Address kFutex = 0x1000;
const std::vector<target::Tid> kThreads{100, 101};

class PthreadLocks : public ::testing::Test {
 protected:
  void SetUp() override { memory.map(0, 0x2000); }

  void put_words(Address at, const std::vector<std::uint32_t>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      memory.put(at + i * 4, words[i]);
    }
  }

  std::optional<NativeLock> find(std::uint64_t expected, int operation = FUTEX_WAIT | FUTEX_PRIVATE_FLAG) {
    model::SystemCall call{.number = 202, .name = "futex"};
    call.arguments = {kFutex, static_cast<std::uint64_t>(operation), expected};
    return waited_mutex(memory, call, kThreads);
  }

  model::Thread waiting_in(std::vector<std::string_view> functions) {
    model::Thread thread{.tid = 100, .system_call = model::SystemCall{.name = "futex"}};
    thread.system_call->arguments[0] = kFutex;
    for (const auto function : functions) {
      thread.frames.push_back({.kind = model::FrameKind::native, .function = function});
    }
    return thread;
  }

  testing::FakeMemory memory;
};

TEST_F(PthreadLocks, AMutexOfGlibc) {
  put_words(kFutex, {2, 0, 101, 1, 0});
  const auto found = find(2);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->address, kFutex);
  EXPECT_EQ(found->owner, 101);
}

TEST_F(PthreadLocks, WhatIsNoMutex) {
  put_words(kFutex, {2, 0, 999, 1, 0});  // its owner is no thread
  EXPECT_FALSE(find(2));
  put_words(kFutex, {1, 0, 101, 1, 0});  // nobody waits
  EXPECT_FALSE(find(2));
  put_words(kFutex, {2, 0, 101, 1, 0xffff});  // no kind of mutex
  EXPECT_FALSE(find(2));
  put_words(kFutex, {2, 0, 101, 1, 0});
  EXPECT_FALSE(find(0));  // waits for a change of another value
  EXPECT_FALSE(find(2, FUTEX_WAKE));
}

TEST_F(PthreadLocks, AMutexThatInheritsPriorities) {
  put_words(kFutex, {0x80000000U | 100U, 0, 100, 1, 0x20});
  const auto found = find(0, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->address, kFutex);
  EXPECT_EQ(found->owner, 100);
}

TEST_F(PthreadLocks, AMutexOfMusl) {
  put_words(kFutex - 4, {1, 0x80000000U | 101U, 1, 0});
  const auto found = find(0x80000000U | 101U);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->address, kFutex - 4);
  EXPECT_EQ(found->owner, 101);
}

TEST_F(PthreadLocks, MemoryThatCannotBeRead) {
  model::SystemCall call{.number = 202, .name = "futex"};
  call.arguments = {0x900000, FUTEX_WAIT, 2};
  EXPECT_FALSE(waited_mutex(memory, call, kThreads));
  call.arguments = {0xfffffffffffffffe, FUTEX_WAIT, 2};
  EXPECT_FALSE(waited_mutex(memory, call, kThreads));
}

TEST_F(PthreadLocks, TheFunctionsTellWhatItIs) {
  const NativeLock mutex{.address = kFutex, .owner = 101};
  const auto loader = waited_lock(
      memory, waiting_in({"main", "_dl_open", "_dl_add_to_namespace_list", "pthread_mutex_lock", "futex_wait"}), mutex,
      kThreads);
  ASSERT_TRUE(loader);
  EXPECT_EQ(loader->kind, model::ResourceKind::loader);
  EXPECT_EQ(loader->owner, 101);
  const auto guard = waited_lock(memory, waiting_in({"f", "__cxa_guard_acquire", "syscall"}), std::nullopt, kThreads);
  ASSERT_TRUE(guard);
  EXPECT_EQ(guard->kind, model::ResourceKind::static_guard);
  EXPECT_EQ(guard->owner, 0);
  const auto plain = waited_lock(memory, waiting_in({"f", "pthread_mutex_lock", "futex_wait"}), mutex, kThreads);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->kind, model::ResourceKind::mutex);
  EXPECT_FALSE(waited_lock(memory, waiting_in({"f", "futex_wait"}), std::nullopt, kThreads));
}

TEST_F(PthreadLocks, WhatNobodyHoldsIsNamedAsWhatItIs) {
  const auto kind_in = [&](std::vector<std::string_view> calls, std::optional<NativeLock> mutex) {
    const auto found = waited_lock(memory, waiting_in(std::move(calls)), mutex, kThreads);
    return found ? std::optional(found->kind) : std::nullopt;
  };
  EXPECT_EQ(kind_in({"f", "pthread_cond_wait@@GLIBC_2.3.2", "futex_wait"}, {}), model::ResourceKind::condition);
  EXPECT_EQ(kind_in({"f", "pthread_barrier_wait", "futex_wait"}, {}), model::ResourceKind::barrier);
  EXPECT_EQ(kind_in({"f", "__new_sem_wait_slow64", "do_futex_wait"}, {}), model::ResourceKind::semaphore);
  EXPECT_EQ(type_of(model::ResourceKind::condition), "pthread_cond_t");
  // Who was notified waits for the mutex again, in the same call.
  const NativeLock mutex{.address = kFutex, .owner = 101};
  EXPECT_EQ(kind_in({"f", "pthread_cond_wait", "__pthread_mutex_cond_lock", "futex_wait"}, mutex),
            model::ResourceKind::mutex);
}

TEST_F(PthreadLocks, TheWriterOfAReadWriteLock) {
  put_words(kFutex - 8, {0, 0, 3, 0, 0, 0, 101, 0});  // sleeps on its third word
  const auto found =
      waited_lock(memory, waiting_in({"f", "pthread_rwlock_rdlock", "futex_wait"}), std::nullopt, kThreads);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kind, model::ResourceKind::rwlock);
  EXPECT_EQ(found->address, kFutex - 8);
  EXPECT_EQ(found->owner, 101);
}

}  // namespace
}  // namespace stillframe::native
