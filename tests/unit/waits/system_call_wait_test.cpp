#include "waits/system_call_wait.h"

#include <gtest/gtest.h>

#include <array>
#include <ctime>

#include "fake_memory.h"

namespace stillframe::waits {
namespace {

using testing::FakeMemory;
using Times = std::array<std::int64_t, 2>;

Wait decoded(std::string_view name, const std::array<std::uint64_t, 6>& arguments, const FakeMemory& memory = {}) {
  return decode({.number = 1, .name = name, .arguments = arguments}, ArgumentMemory(memory));
}

TEST(Decode, CallsOfOneFile) {
  const Wait read = decoded("read", {7, 0x1000, 10});
  EXPECT_EQ(read.operation, Operation::reads);
  EXPECT_EQ(read.syscall, "read");
  ASSERT_EQ(read.files.size(), 1U);
  EXPECT_EQ(read.files[0].fd, 7);
  EXPECT_TRUE(read.files[0].to_read);
  EXPECT_FALSE(read.files[0].to_write);
  EXPECT_TRUE(decoded("writev", {7}).files[0].to_write);
  EXPECT_EQ(decoded("recvfrom", {7}).operation, Operation::receives);
  EXPECT_EQ(decoded("accept4", {7}).way, "accept");
  EXPECT_EQ(decoded("connect", {7}).operation, Operation::connects);
  EXPECT_EQ(decoded("read", {0xffffffff00000007}).files[0].fd, 7) << "the kernel takes the lower half";
  EXPECT_TRUE(decoded("read", {0xffffffff}).files.empty());
}

TEST(Decode, CopiesFromOneFileToAnother) {
  const Wait sendfile = decoded("sendfile", {4, 5});
  ASSERT_EQ(sendfile.files.size(), 2U);
  EXPECT_EQ(sendfile.files[0].fd, 5);
  EXPECT_TRUE(sendfile.files[0].to_read);
  EXPECT_EQ(sendfile.files[1].fd, 4);
  EXPECT_EQ(decoded("splice", {4, 0, 5}).files[0].fd, 4);
}

TEST(Decode, Poll) {
  FakeMemory memory;
  memory.put(0x1000, std::array<PollEntry, 3>{PollEntry{.fd = 3, .events = 1}, PollEntry{.fd = -1, .events = 1},
                                              PollEntry{.fd = 9, .events = 4}});
  const Wait poll = decoded("poll", {0x1000, 3, 5000}, memory);
  EXPECT_EQ(poll.operation, Operation::polls);
  EXPECT_EQ(poll.way, "poll");
  EXPECT_EQ(poll.timeout, 5.0);
  ASSERT_EQ(poll.files.size(), 2U) << "snapshot ones are ignored";
  EXPECT_EQ(poll.file_count, 2U);
  EXPECT_TRUE(poll.files[0].to_read && !poll.files[0].to_write);
  EXPECT_TRUE(poll.files[1].to_write && !poll.files[1].to_read);
  EXPECT_FALSE(decoded("poll", {0x1000, 3, 0xffffffff}, memory).timeout) << "-1: for ever";
  const Wait lost = decoded("poll", {0x9000, 3, 5000}, memory);
  EXPECT_EQ(lost.operation, Operation::polls);
  EXPECT_TRUE(lost.files.empty());
  EXPECT_EQ(lost.file_count, 3U);
}

TEST(Decode, Ppoll) {
  FakeMemory memory;
  memory.put(0x1000, PollEntry{.fd = 3, .events = 1});
  memory.put(0x2000, Times{1, 0});
  EXPECT_EQ(decoded("ppoll", {0x1000, 1, 0x2000}, memory).timeout, 1.0);
  EXPECT_FALSE(decoded("ppoll", {0x1000, 1, 0}, memory).timeout);
  EXPECT_FALSE(decoded("ppoll", {0x1000, 1, 0}, memory).limited);
  EXPECT_TRUE(decoded("ppoll", {0x1000, 1, 0x99999000}, memory).limited) << "also where the time cannot be read";
}

TEST(Decode, Select) {
  FakeMemory memory;
  memory.put(0x1000, std::array<std::uint64_t, 16>{0x18});  // 3 and 4
  memory.put(0x2000, std::array<std::uint64_t, 16>{0x10});  // 4
  memory.put(0x3000, Times{5, 500'000});
  const Wait select = decoded("select", {5, 0x1000, 0x2000, 0, 0x3000}, memory);
  EXPECT_EQ(select.operation, Operation::polls);
  EXPECT_EQ(select.timeout, 5.5);
  ASSERT_EQ(select.files.size(), 2U);
  EXPECT_TRUE(select.files[0].to_read && !select.files[0].to_write);
  EXPECT_TRUE(select.files[1].to_read && select.files[1].to_write);
  EXPECT_EQ(decoded("pselect6", {5, 0x1000}, memory).files.size(), 2U);
}

TEST(Decode, ASelectOfNothingIsASleep) {
  FakeMemory memory;
  memory.put(0x3000, Times{1000, 0});
  EXPECT_EQ(decoded("select", {0, 0, 0, 0, 0x3000}, memory).operation, Operation::sleeps);
  EXPECT_EQ(decoded("select", {0, 0, 0, 0, 0x3000}, memory).timeout, 1000.0);
  EXPECT_EQ(decoded("select", {0, 0, 0, 0, 0}).operation, Operation::sleeps_for_ever);
  EXPECT_EQ(decoded("poll", {0, 0, 10}).operation, Operation::sleeps);
}

TEST(Decode, Epoll) {
  const Wait epoll = decoded("epoll_wait", {5, 0x1000, 10, 250});
  EXPECT_EQ(epoll.operation, Operation::watches);
  EXPECT_EQ(epoll.files[0].fd, 5);
  EXPECT_EQ(epoll.timeout, 0.25);
}

TEST(Decode, Sleeps) {
  FakeMemory memory;
  memory.put(0x1000, Times{12, 0});
  EXPECT_EQ(decoded("nanosleep", {0x1000}, memory).timeout, 12.0);
  EXPECT_EQ(decoded("clock_nanosleep", {CLOCK_MONOTONIC, 0, 0x1000}, memory).timeout, 12.0);
  const Wait until = decoded("clock_nanosleep", {CLOCK_MONOTONIC, TIMER_ABSTIME, 0x1000}, memory);
  EXPECT_FALSE(until.timeout);
  ASSERT_TRUE(until.deadline);
  EXPECT_EQ(until.deadline->clock, CLOCK_MONOTONIC);
  EXPECT_EQ(until.deadline->at, 12.0);
}

TEST(Decode, Futexes) {
  FakeMemory memory;
  memory.put(0x1000, Times{12, 0});
  constexpr std::uint64_t wait = 128;  // FUTEX_WAIT_PRIVATE
  constexpr std::uint64_t bitset = 9 | 128;
  constexpr std::uint64_t realtime = 256;
  const Wait plain = decoded("futex", {0x7000, wait, 2, 0x1000}, memory);
  EXPECT_EQ(plain.operation, Operation::awaits_futex);
  EXPECT_EQ(plain.address, 0x7000U);
  EXPECT_EQ(plain.timeout, 12.0);
  EXPECT_FALSE(decoded("futex", {0x7000, wait, 2, 0}, memory).timeout);
  EXPECT_EQ(decoded("futex", {0x7000, bitset, 0, 0x1000}, memory).deadline->clock, CLOCK_MONOTONIC);
  EXPECT_EQ(decoded("futex", {0x7000, bitset | realtime, 0, 0x1000}, memory).deadline->clock, CLOCK_REALTIME);
  EXPECT_EQ(decoded("futex", {0x7000, 129, 1}).operation, Operation::other) << "FUTEX_WAKE does not wait";
  EXPECT_EQ(decoded("futex_waitv", {0x7000, 3}).id, 3);
}

TEST(Decode, Children) {
  const Wait one = decoded("wait4", {4313});
  EXPECT_EQ(one.operation, Operation::awaits_child);
  EXPECT_EQ(one.children, Children::one);
  EXPECT_EQ(one.id, 4313);
  EXPECT_EQ(decoded("wait4", {~std::uint64_t{0}}).children, Children::any);
  const Wait group = decoded("wait4", {static_cast<std::uint64_t>(-77)});
  EXPECT_EQ(group.children, Children::group);
  EXPECT_EQ(group.id, 77);
  EXPECT_EQ(decoded("waitid", {0, 0}).children, Children::any);
  EXPECT_EQ(decoded("waitid", {1, 9}).children, Children::one);
  const Wait pidfd = decoded("waitid", {3, 9});
  EXPECT_EQ(pidfd.children, Children::pidfd);
  EXPECT_EQ(pidfd.files[0].fd, 9);
}

TEST(Decode, Locks) {
  EXPECT_EQ(decoded("flock", {7, 2}).lock, target::LockKind::flock);
  const Wait posix = decoded("fcntl", {7, 7});
  EXPECT_EQ(posix.operation, Operation::locks);
  EXPECT_EQ(posix.lock, target::LockKind::posix);
  EXPECT_EQ(decoded("fcntl", {7, 38}).lock, target::LockKind::open_file_description);
  EXPECT_EQ(decoded("fcntl", {7, 1}).operation, Operation::controls);
}

TEST(Decode, SignalsMessagesAndTheRest) {
  FakeMemory memory;
  memory.put(0x1000, std::uint64_t{0x4200});
  memory.map(0x2000, 0x1000);
  memory.put_text(0x2000, "/tmp/fifo");
  EXPECT_EQ(decoded("rt_sigtimedwait", {0x1000}, memory).signals, 0x4200U);
  EXPECT_EQ(decoded("pause", {}).operation, Operation::awaits_signal);
  EXPECT_EQ(decoded("msgrcv", {5}).operation, Operation::awaits_message);
  EXPECT_EQ(decoded("semop", {5}).id, 5);
  EXPECT_EQ(decoded("openat", {0, 0x2000}, memory).path, "/tmp/fifo");
  EXPECT_EQ(decoded("vfork", {}).operation, Operation::spawns);
  EXPECT_EQ(decoded("clone", {0x4011}).operation, Operation::spawns);
  EXPECT_EQ(decoded("clone", {0x11}).operation, Operation::other);
  EXPECT_EQ(decoded("mmap", {}).operation, Operation::other);
  EXPECT_EQ(decoded("", {}).operation, Operation::other);
}

TEST(Decode, ARestartedCallByTheCodeBeforeIt) {
  FakeMemory memory;
  memory.put(0x3000, Times{12, 0});
  memory.put_text(0x1000, std::string("\xb8\xe6\x00\x00\x00\x0f\x05", 7));  // clock_nanosleep
  memory.put_text(0x2000, std::string("\xb8\x00\x00\x00\x00\x0f\x05", 7));  // read is not restarted like that
  const ArgumentMemory arguments(memory);
  const Wait sleep = decode({.name = "restart_syscall", .arguments = {0, 0, 0x3000}, .pc = 0x1007}, arguments);
  EXPECT_EQ(sleep.operation, Operation::sleeps);
  EXPECT_EQ(sleep.syscall, "clock_nanosleep");
  EXPECT_EQ(sleep.timeout, 12.0);
  EXPECT_EQ(decode({.name = "restart_syscall", .pc = 0x2007}, arguments).operation, Operation::restarted);
  EXPECT_EQ(decode({.name = "restart_syscall", .pc = 0x9000}, arguments).operation, Operation::restarted);
}

TEST(Decode, SaysOnlyTheNameWhereTheFirstArgumentIsLost) {
  FakeMemory memory;
  const Wait wait =
      decode({.name = "epoll_pwait", .arguments = {5}, .first_argument_known = false}, ArgumentMemory(memory));
  EXPECT_EQ(wait.operation, Operation::other);
  EXPECT_EQ(wait.syscall, "epoll_pwait");
  EXPECT_TRUE(wait.files.empty());
}

}  // namespace
}  // namespace stillframe::waits
