#include "waits/thread_waits.h"

#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <map>

#include "cpython/fake_target.h"
#include "fake_memory.h"
#include "text/phrases.h"
#include "waits/argument_memory.h"
#include "waits/fake_surroundings.h"
#include "waits/phrases.h"

namespace stillframe::waits {
namespace {

using model::FileKind;
using model::OsState;
using target::OpenFile;
using testing::FakeMemory;
using testing::World;

constexpr std::int64_t kPid = 4211;

class WaitingTarget : public testing::FakeTarget {
 public:
  WaitingTarget(const FakeMemory& memory, World& world, bool lifeless)
      : FakeTarget(memory, {}, lifeless), world_(world) {}

  [[nodiscard]] Result<std::vector<target::ThreadInfo>> threads() const override { return now; }
  [[nodiscard]] std::optional<target::Syscall> syscall(target::Tid tid) const override {
    const auto at = calls.find(tid);
    return at == calls.end() ? std::nullopt : std::optional(at->second);
  }
  [[nodiscard]] std::unique_ptr<target::Surroundings> surroundings() const override {
    if (lifeless()) {
      return std::make_unique<target::Surroundings>();
    }
    return std::make_unique<testing::FakeSurroundings>(world_);
  }

  std::vector<target::ThreadInfo> now;
  std::map<target::Tid, target::Syscall> calls;

 private:
  World& world_;
};

// A still of threads that sleep, and the target as it is a moment later: nothing has moved.
class Waits : public ::testing::Test {
 protected:
  void add(std::string_view name, const std::array<std::uint64_t, 6>& arguments, OsState state = OsState::sleeping) {
    const target::Tid tid = kPid + static_cast<std::int64_t>(still.threads.size());
    const model::SystemCall call{.number = 1, .name = name, .arguments = arguments, .sp = 0x10, .pc = 0x20};
    still.threads.push_back({.tid = tid, .os_state = state, .system_call = call, .run_count = 7});
    now.push_back({.tid = tid, .inner_tid = tid, .state = state, .run_count = 7});
    calls[tid] = call;
  }

  void explain(bool lifeless = false) {
    still.source.pid = kPid;
    WaitingTarget target(memory, world, lifeless);
    target.now = now;
    target.calls = calls;
    add_thread_waits(target, still);
  }

  std::string text_of(std::size_t thread = 0) {
    const auto& waiting = still.threads.at(thread).waiting_on;
    return waiting ? waiting->text : "";
  }

  std::string explained(std::string_view name, const std::array<std::uint64_t, 6>& arguments) {
    add(name, arguments);
    explain();
    return text_of();
  }

  FakeMemory memory;
  World world;
  model::Still still;
  std::vector<target::ThreadInfo> now;
  std::map<target::Tid, target::Syscall> calls;
};

target::ProcessFacts worker(std::int64_t pid, OsState state = OsState::running) {
  return {.pid = pid, .inner_pid = pid, .inner_group = 1, .name = "worker.py", .state = state};
}

TEST_F(Waits, APipeAndWhoWritesToIt) {
  world.files[7] = {.kind = FileKind::pipe, .link = "pipe:[5]", .inode = 5, .reads = true};
  world.holders = {{.link = "pipe:[5]", .pid = 4213, .writes = true},
                   {.link = "pipe:[5]", .pid = 4214, .reads = true},
                   {.link = "pipe:[5]", .pid = kPid, .reads = true, .writes = true}};
  world.processes[4213] = worker(4213);
  EXPECT_EQ(explained("read", {7}), "reads from pipe 7 (written by 4213 worker.py, this process)");
  const auto& waiting = *still.threads[0].waiting_on;
  EXPECT_EQ(waiting.syscall, "read");
  ASSERT_EQ(waiting.files.size(), 1U);
  EXPECT_EQ(waiting.files[0].kind, FileKind::pipe);
  EXPECT_TRUE(waiting.files[0].to_read);
  ASSERT_EQ(waiting.files[0].processes.size(), 2U);
  EXPECT_EQ(waiting.files[0].processes[0].pid, 4213);
}

TEST_F(Waits, APipeAndWhoReadsIt) {
  world.files[7] = {.kind = FileKind::pipe, .link = "pipe:[5]", .inode = 5, .writes = true};
  world.holders = {{.link = "pipe:[5]", .pid = 4213, .writes = true}, {.link = "pipe:[5]", .pid = 4214, .reads = true}};
  EXPECT_EQ(explained("write", {7}), "writes to pipe 7 (read by 4214)");
}

TEST_F(Waits, AreSearchedForOnce) {
  world.files[7] = {.kind = FileKind::pipe, .link = "pipe:[5]", .inode = 5, .reads = true};
  world.files[8] = {.kind = FileKind::pipe, .link = "pipe:[6]", .inode = 6, .reads = true};
  add("read", {7});
  add("read", {7});
  add("read", {8});
  explain();
  EXPECT_EQ(world.searches, 1U);
  EXPECT_EQ(world.file_reads, 2U) << "each descriptor once";
}

TEST_F(Waits, NobodyIsSearchedForWithoutAPipe) {
  world.files[7] = {.kind = FileKind::file, .link = "/a", .path = "/a", .reads = true};
  EXPECT_EQ(explained("read", {7}), "reads from file 7 /a");
  EXPECT_EQ(world.searches, 0U);
}

TEST_F(Waits, TcpSockets) {
  world.files[4] = {.kind = FileKind::tcp, .link = "socket:[9]", .inode = 9, .protocol = "TCP"};
  world.sockets[9] = {.local = "127.0.0.1:8000", .state = "listening"};
  world.files[5] = {.kind = FileKind::tcp, .link = "socket:[8]", .inode = 8, .protocol = "TCP"};
  world.sockets[8] = {.local = "10.0.0.3:51234", .peer = "10.0.0.9:5432", .state = "established"};
  add("accept4", {4});
  add("recvfrom", {5});
  explain();
  EXPECT_EQ(text_of(0), "waits in accept on TCP 127.0.0.1:8000 (listening)");
  EXPECT_EQ(text_of(1), "waits in recv on TCP 10.0.0.3:51234 -> 10.0.0.9:5432 (established)");
}

TEST_F(Waits, UnixSocketsAndWhoIsAtTheOtherEnd) {
  world.files[4] = {.kind = FileKind::unix_socket, .link = "socket:[9]", .inode = 9, .protocol = "UNIX-STREAM"};
  world.sockets[9] = {.state = "connected", .peer_inode = 10};
  world.sockets[10] = {.path = "/run/x.sock"};
  world.holders = {{.link = "socket:[10]", .pid = 99, .reads = true, .writes = true}};
  world.processes[99] = worker(99);
  EXPECT_EQ(explained("recvmsg", {4}), "waits in recvmsg on Unix socket 4 /run/x.sock (connected to 99 worker.py)");
}

TEST_F(Waits, FilesOfEveryKind) {
  world.files[1] = {.kind = FileKind::terminal, .path = "/dev/pts/3"};
  world.files[2] = {.kind = FileKind::eventfd, .count = 0};
  world.files[3] = {.kind = FileKind::timerfd, .timer_left = 12.0};
  world.files[4] = {.kind = FileKind::inotify, .count = 1};
  world.files[5] = {.kind = FileKind::signalfd, .signals = 0x4200};
  world.files[6] = {.kind = FileKind::pidfd, .pid = 4934};
  world.files[7] = {.kind = FileKind::closed};
  world.files[8] = {.kind = FileKind::timerfd};
  world.files[9] = {.kind = FileKind::socket, .link = "socket:[3]", .protocol = "NETLINK"};
  world.files[10] = {.kind = FileKind::pidfd, .pid = -1};
  world.processes[4934] = worker(4934, OsState::sleeping);
  for (std::uint64_t fd = 1; fd <= 11; ++fd) {
    add("read", {fd});
  }
  explain();
  EXPECT_EQ(text_of(0), "reads from terminal 1 /dev/pts/3");
  EXPECT_EQ(text_of(1), "reads from eventfd 2 (count 0)");
  EXPECT_EQ(text_of(2), "reads from timerfd 3 (goes off in 12 s)");
  EXPECT_EQ(text_of(3), "reads from inotify 4 (1 watch)");
  EXPECT_EQ(text_of(4), "reads from signalfd 5 (SIGUSR1, SIGTERM)");
  EXPECT_EQ(text_of(5), "reads from pidfd 6 (process 4934 worker.py (sleeping))");
  EXPECT_EQ(text_of(6), "reads from fd 7 (closed)");
  EXPECT_EQ(text_of(7), "reads from timerfd 8 (not set)");
  EXPECT_EQ(text_of(8), "reads from socket 9 (NETLINK)");
  EXPECT_EQ(text_of(9), "reads from pidfd 10 (a process that has ended)");
  EXPECT_EQ(text_of(10), "reads from fd 11") << "nothing is known, or it may not be looked at";
}

TEST_F(Waits, WhatAnEpollInstanceWatches) {
  world.files[5] = {.kind = FileKind::epoll, .interest = {{.fd = 2, .events = 0x1}, {.fd = 3, .events = 0x4}}};
  world.files[2] = {.kind = FileKind::eventfd, .count = 0};
  world.files[3] = {.kind = FileKind::terminal, .path = "/dev/pts/3"};
  EXPECT_EQ(explained("epoll_wait", {5, 0, 10, 5000}),
            "waits in epoll on 2 fds: eventfd 2 (count 0), terminal 3 /dev/pts/3, for at most 5 s");
  const auto& files = still.threads[0].waiting_on->files;
  ASSERT_EQ(files.size(), 2U);
  EXPECT_TRUE(files[0].to_read && !files[0].to_write);
  EXPECT_TRUE(files[1].to_write && !files[1].to_read);
}

TEST_F(Waits, ThousandsOfWatchedFilesAreCounted) {
  OpenFile epoll{.kind = FileKind::epoll};
  for (int fd = 0; fd < 3000; ++fd) {
    epoll.interest.push_back({.fd = fd + 10, .events = 1});
  }
  world.files[5] = epoll;
  EXPECT_EQ(explained("epoll_wait", {5, 0, 10, 0xffffffff}),
            "waits in epoll on 3000 fds: fd 10, fd 11, fd 12, fd 13 and 2996 more");
  EXPECT_EQ(still.threads[0].waiting_on->file_count, 3000);
  EXPECT_EQ(still.threads[0].waiting_on->files.size(), 64U);
  EXPECT_LT(world.file_reads, 100U);
}

TEST_F(Waits, SleepsAndHowLongIsLeft) {
  memory.put(0x1000, std::array<std::int64_t, 2>{112, 0});
  world.clocks[CLOCK_MONOTONIC] = 100;
  add("clock_nanosleep", {CLOCK_MONOTONIC, TIMER_ABSTIME, 0x1000});
  add("nanosleep", {0x1000});
  add("clock_nanosleep", {CLOCK_REALTIME, TIMER_ABSTIME, 0x1000});
  explain();
  EXPECT_EQ(text_of(0), "sleeps, 12 s left");
  EXPECT_EQ(still.threads[0].waiting_on->seconds_left, 12.0);
  EXPECT_EQ(text_of(1), "sleeps for 112 s");
  EXPECT_EQ(still.threads[1].waiting_on->timeout, 112.0);
  EXPECT_FALSE(still.threads[1].waiting_on->seconds_left) << "nobody tells when it began";
  EXPECT_EQ(text_of(2), "sleeps") << "the clock is not known";
}

TEST_F(Waits, FutexesWithAndWithoutATimeout) {
  memory.put(0x1000, std::array<std::int64_t, 2>{112, 0});
  world.clocks[CLOCK_MONOTONIC] = 200;
  add("futex", {0x7f10, 128, 2, 0});
  add("futex", {0x7f10, 9 | 128, 0, 0x1000});
  explain();
  EXPECT_EQ(text_of(0), "waits on futex 0x7f10");
  EXPECT_EQ(still.threads[0].waiting_on->address, 0x7f10U);
  EXPECT_EQ(text_of(1), "waits on futex 0x7f10, 0 s left") << "the time is up, it only has not run yet";
}

TEST_F(Waits, ChildrenAndTheirStates) {
  world.children = {worker(4313), worker(4314, OsState::finished)};
  add("wait4", {4313});
  add("wait4", {~std::uint64_t{0}});
  add("wait4", {99});
  explain();
  EXPECT_EQ(text_of(0), "waits for child 4313 worker.py (running)");
  EXPECT_EQ(text_of(1), "waits for any child: 4313 worker.py (running), 4314 worker.py (ended)");
  EXPECT_EQ(text_of(2), "waits for child 99");
}

TEST_F(Waits, ChildrenAreMeantByTheirInnerIds) {
  auto child = worker(4313);
  child.inner_pid = 7;
  world.children = {child};
  EXPECT_EQ(explained("wait4", {7}), "waits for child 4313 worker.py (running)");
}

TEST_F(Waits, LocksAndWhoHoldsThem) {
  world.files[7] = {.kind = FileKind::file, .link = "/var/lock/x", .path = "/var/lock/x", .inode = 12};
  world.locks = {{.kind = target::LockKind::flock, .inode = 12, .holder = 99},
                 {.kind = target::LockKind::posix, .inode = 12, .holder = 98},
                 {.kind = target::LockKind::flock, .inode = 13, .holder = 97}};
  world.processes[99] = worker(99);
  add("flock", {7, 2});
  add("fcntl", {7, 7});
  add("fcntl", {7, 38});
  explain();
  EXPECT_EQ(text_of(0), "waits for a flock on /var/lock/x held by 99 worker.py");
  EXPECT_EQ(text_of(1), "waits for a POSIX lock on /var/lock/x taken by 98, which has ended");
  EXPECT_EQ(text_of(2), "waits for an open file description lock on /var/lock/x");
}

TEST_F(Waits, UninterruptibleOnesNameTheirChannel) {
  world.files[7] = {.kind = FileKind::file, .link = "/a", .path = "/a", .reads = true};
  world.channels[kPid] = "folio_wait_bit_common";
  world.channels[kPid + 1] = "rpc_wait_bit_killable";
  add("read", {7}, OsState::uninterruptible);
  add("", {}, OsState::uninterruptible);
  still.threads[1].system_call.reset();
  explain();
  EXPECT_EQ(text_of(0), "reads from file 7 /a (wait channel folio_wait_bit_common)");
  EXPECT_EQ(text_of(1),
            "waits outside of any system call, for memory or the disk (wait channel rpc_wait_bit_killable)");
  EXPECT_FALSE(still.threads[1].waiting_on->syscall);
}

TEST_F(Waits, NothingIsSaidOfThreadsThatRan) {
  add("read", {7}, OsState::running);
  explain();
  EXPECT_FALSE(still.threads[0].waiting_on);
}

TEST_F(Waits, NothingIsSaidOfThreadsThatHaveMovedOn) {
  for (int i = 0; i < 6; ++i) {
    add("read", {7});
  }
  now[0].run_count = 8;             // has run
  now[1].state = OsState::running;  // runs
  for (const std::size_t stopped : {2U, 3U}) {
    still.threads[stopped].run_count.reset();  // which a stop has changed: the call tells
  }
  calls.erase(kPid + 2);             // is in no call any more
  calls[kPid + 3].arguments[0] = 8;  // is in another one
  now.erase(now.begin() + 4);        // has ended
  explain();
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_FALSE(still.threads[i].waiting_on) << i;
  }
  EXPECT_EQ(text_of(5), "reads from fd 7");
}

TEST_F(Waits, AStopRestartsTheCall) {
  memory.put(0x1000, std::array<std::int64_t, 2>{5, 0});
  add("futex", {0x7f10, 128, 2, 0x1000});
  add("futex", {0x7f10, 128, 2, 0x1000});
  still.threads[0].run_count.reset();  // as of a thread that was stopped
  now[0].run_count = 9;
  calls[kPid].name = "restart_syscall";
  calls[kPid].number = 219;
  now[1].run_count = 9;  // this one was not stopped: it must have been somebody else
  calls[kPid + 1] = calls[kPid];
  explain();
  EXPECT_EQ(text_of(0), "waits on futex 0x7f10, for at most 5 s");
  EXPECT_FALSE(still.threads[1].waiting_on);
}

TEST_F(Waits, OfACoreOnlyWhatItHoldsIsSaid) {
  memory.put(0x1000, std::array<PollEntry, 2>{PollEntry{.fd = 3, .events = 1}, PollEntry{.fd = 9, .events = 1}});
  world.files[7] = {.kind = FileKind::pipe, .link = "pipe:[5]"};
  add("read", {7}, OsState::dead);
  add("poll", {0x1000, 2, 5000}, OsState::dead);
  add("wait4", {4313}, OsState::dead);
  add("epoll_wait", {5, 0, 0, 0xffffffff}, OsState::dead);
  calls.clear();
  explain(true);
  EXPECT_EQ(text_of(0), "reads from fd 7");
  EXPECT_EQ(text_of(1), "waits in poll on 2 fds: fd 3, fd 9, for at most 5 s");
  EXPECT_EQ(text_of(2), "waits for child 4313");
  EXPECT_EQ(text_of(3), "waits in epoll on fd 5");
  EXPECT_EQ(world.file_reads, 0U);
}

TEST_F(Waits, OtherCallsByTheirNames) {
  add("mmap", {});
  add("restart_syscall", {});
  add("", {});
  add("rt_sigtimedwait", {0x9000});
  add("semop", {5});
  add("io_getevents", {});
  explain();
  EXPECT_EQ(text_of(0), "in mmap");
  EXPECT_EQ(text_of(1), "in a restarted sleep, poll or futex wait");
  EXPECT_EQ(text_of(2), "in a system call without a name");
  EXPECT_EQ(text_of(3), "waits for a signal");
  EXPECT_EQ(text_of(4), "waits on System V semaphores 5");
  EXPECT_EQ(text_of(5), "waits for asynchronous disk I/O");
}

TEST(DurationInWords, IsShort) {
  EXPECT_EQ(text::duration_in_words(0), "0 s");
  EXPECT_EQ(text::duration_in_words(0.0001), "less than 1 ms");
  EXPECT_EQ(text::duration_in_words(0.35), "350 ms");
  EXPECT_EQ(text::duration_in_words(0.9996), "1 s");
  EXPECT_EQ(text::duration_in_words(1.5), "1.5 s");
  EXPECT_EQ(text::duration_in_words(2.0), "2 s");
  EXPECT_EQ(text::duration_in_words(9.96), "10 s");
  EXPECT_EQ(text::duration_in_words(1000), "1000 s");
  EXPECT_EQ(text::duration_in_words(12000), "3 h 20 min");
  EXPECT_EQ(text::duration_in_words(86400.0 * 30), "30 days");
}

}  // namespace
}  // namespace stillframe::waits
