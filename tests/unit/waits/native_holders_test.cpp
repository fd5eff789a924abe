#include "waits/native_holders.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace stillframe::waits {
namespace {

using model::ResourceKind;

model::Thread thread_in(std::int64_t tid, std::initializer_list<std::string_view> calls,
                        std::string_view library = "/srv/libshop.so") {
  model::Thread thread{.tid = tid};
  for (const std::string_view call : calls) {
    thread.frames.push_back({.kind = model::FrameKind::native, .function = call, .library = library});
  }
  return thread;
}

// Its first thread waits for a resource of that kind.
model::Still waiting(ResourceKind kind, std::vector<model::Thread> threads) {
  model::Still still;
  still.resources.push_back({.kind = kind, .address = 0x1000});
  still.threads = std::move(threads);
  still.threads.front().wants = model::ResourceWait{.resource = 0};
  return still;
}

TEST(NativeHolders, WhoRunsTheInitialiserOfAStaticVariable) {
  model::Still still = waiting(ResourceKind::static_guard,
                               {thread_in(1, {"main", "Shop::instance", "__cxa_guard_acquire", "syscall"}),
                                thread_in(2, {"serve", "Shop::instance", "Shop::Shop", "read"}),
                                thread_in(3, {"serve", "Shop::instance", "__cxa_guard_acquire", "syscall"})});
  find_native_holders(still);
  EXPECT_EQ(still.resources[0].name, "Shop::instance");
  ASSERT_EQ(still.resources[0].holders.size(), 1U);
  EXPECT_EQ(still.resources[0].holders[0].tid, 2);
  EXPECT_EQ(still.resources[0].holders[0].frame, 1U);
  EXPECT_FALSE(still.resources[0].holders[0].certain);
}

TEST(NativeHolders, AnInitialiserThatNeedsItself) {
  model::Still still =
      waiting(ResourceKind::static_guard,
              {thread_in(1, {"Shop::instance", "Shop::Shop", "Shop::instance", "__cxa_guard_acquire", "syscall"})});
  find_native_holders(still);
  ASSERT_EQ(still.resources[0].holders.size(), 1U);
  EXPECT_EQ(still.resources[0].holders[0].tid, 1);
  EXPECT_EQ(still.resources[0].holders[0].frame, 0U);
}

TEST(NativeHolders, NobodyWhereItIsNotSure) {
  model::Still two = waiting(ResourceKind::static_guard,
                             {thread_in(1, {"Shop::instance", "__cxa_guard_acquire", "syscall"}),
                              thread_in(2, {"Shop::instance", "read"}), thread_in(3, {"Shop::instance", "write"})});
  find_native_holders(two);
  EXPECT_TRUE(two.resources[0].holders.empty());
  // Anybody may be in a function that calls others' functions.
  model::Still ffi = waiting(ResourceKind::static_guard,
                             {thread_in(1, {"ffi_call_unix64", "__cxa_guard_acquire", "syscall"}, "/lib/libffi.so.8"),
                              thread_in(2, {"ffi_call_unix64", "read"}, "/lib/libffi.so.8")});
  find_native_holders(ffi);
  EXPECT_TRUE(ffi.resources[0].holders.empty());
}

TEST(NativeHolders, ASignalHandlerInTheMiddleOfMalloc) {
  model::Still still = waiting(
      ResourceKind::arena,
      {thread_in(1, {"work", "_int_malloc", "__restore_rt", "handler", "malloc", "_int_malloc", "__lll_lock_wait"}),
       thread_in(2, {"work", "read"})});
  find_native_holders(still);
  ASSERT_EQ(still.resources[0].holders.size(), 1U);
  EXPECT_EQ(still.resources[0].holders[0].tid, 1);
  EXPECT_EQ(still.resources[0].holders[0].frame, 1U);
}

TEST(NativeHolders, ASignalHandlerWithinMallocItself) {
  for (const std::string_view name : {"__libc_malloc", "malloc", "__libc_free"}) {
    model::Still still =
        waiting(ResourceKind::arena,
                {thread_in(1, {"work", name, "__restore_rt", "handler", "__libc_malloc", "__lll_lock_wait_private"})});
    find_native_holders(still);
    ASSERT_EQ(still.resources[0].holders.size(), 1U) << name;
    EXPECT_EQ(still.resources[0].holders[0].frame, 1U);
  }
  // Who called malloc() and was interrupted in something else is not in its work.
  model::Still other = waiting(
      ResourceKind::arena,
      {thread_in(1, {"malloc", "hook", "__restore_rt", "handler", "__libc_malloc", "__lll_lock_wait_private"})});
  find_native_holders(other);
  EXPECT_TRUE(other.resources[0].holders.empty());
}

TEST(NativeHolders, AnotherThreadInTheMiddleOfMalloc) {
  model::Still still = waiting(ResourceKind::arena, {thread_in(1, {"work", "_int_free", "__lll_lock_wait"}),
                                                     thread_in(2, {"work", "_int_malloc", "sysmalloc", "mmap"})});
  find_native_holders(still);
  ASSERT_EQ(still.resources[0].holders.size(), 1U);
  EXPECT_EQ(still.resources[0].holders[0].tid, 2);
  model::Still several = waiting(ResourceKind::arena, {thread_in(1, {"_int_free", "__lll_lock_wait"}),
                                                       thread_in(2, {"_int_malloc"}), thread_in(3, {"_int_free"})});
  find_native_holders(several);
  EXPECT_TRUE(several.resources[0].holders.empty());
}

}  // namespace
}  // namespace stillframe::waits
