#include "target/open_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace stillframe::target {
namespace {

using model::FileKind;

TEST(ParseFdLink, KnowsKindsByTheirNames) {
  EXPECT_EQ(parse_fd_link("/srv/app.log").kind, FileKind::file);
  EXPECT_EQ(parse_fd_link("/srv/app.log").path, "/srv/app.log");
  EXPECT_EQ(parse_fd_link("pipe:[3999952]").kind, FileKind::pipe);
  EXPECT_EQ(parse_fd_link("pipe:[3999952]").inode, 3999952U);
  EXPECT_FALSE(parse_fd_link("pipe:[3999952]").path);
  EXPECT_EQ(parse_fd_link("socket:[7]").kind, FileKind::socket);
  EXPECT_EQ(parse_fd_link("socket:[7]").inode, 7U);
  EXPECT_EQ(parse_fd_link("anon_inode:[eventfd]").kind, FileKind::eventfd);
  EXPECT_EQ(parse_fd_link("anon_inode:[timerfd]").kind, FileKind::timerfd);
  EXPECT_EQ(parse_fd_link("anon_inode:inotify").kind, FileKind::inotify);
  EXPECT_EQ(parse_fd_link("anon_inode:[signalfd]").kind, FileKind::signalfd);
  EXPECT_EQ(parse_fd_link("anon_inode:[pidfd]").kind, FileKind::pidfd);
  EXPECT_EQ(parse_fd_link("anon_inode:[eventpoll]").kind, FileKind::epoll);
  EXPECT_EQ(parse_fd_link("anon_inode:[io_uring]").kind, FileKind::io_uring);
  EXPECT_EQ(parse_fd_link("anon_inode:kvm-vm").kind, FileKind::other);
  EXPECT_EQ(parse_fd_link("net:[4026531840]").kind, FileKind::unknown);
  EXPECT_EQ(parse_fd_link("").kind, FileKind::unknown);
  EXPECT_EQ(parse_fd_link("pipe:").inode, 0U);
}

OpenFile with_info(std::string_view link, std::string_view text) {
  OpenFile file = parse_fd_link(link);
  parse_fdinfo(text, file);
  return file;
}

TEST(ParseFdinfo, TellsWhichEndOfAPipeItIs) {
  const auto reading = with_info("pipe:[3999952]", "pos:\t0\nflags:\t02000000\nmnt_id:\t16\nino:\t3999952\n");
  EXPECT_TRUE(reading.reads);
  EXPECT_FALSE(reading.writes);
  const auto writing = with_info("pipe:[3999952]", "pos:\t0\nflags:\t02000001\nmnt_id:\t16\nino:\t3999952\n");
  EXPECT_FALSE(writing.reads);
  EXPECT_TRUE(writing.writes);
  const auto both = with_info("/dev/pts/3", "flags:\t02000002\n");
  EXPECT_TRUE(both.reads && both.writes);
}

TEST(ParseFdinfo, ReadsWhatEachKindSays) {
  EXPECT_EQ(with_info("anon_inode:[eventfd]", "flags:\t02\nino:\t1038\neventfd-count:                1f\n").count, 31U);
  const auto timer =
      with_info("anon_inode:[timerfd]", "clockid: 1\nticks: 0\nit_value: (999, 500000000)\nit_interval: (0, 0)\n");
  ASSERT_TRUE(timer.timer_left);
  EXPECT_DOUBLE_EQ(*timer.timer_left, 999.5);
  EXPECT_FALSE(with_info("anon_inode:[timerfd]", "it_value: (0, 0)\n").timer_left) << "not set";
  EXPECT_EQ(with_info("anon_inode:inotify", "inotify wd:2 ino:3c4a3\ninotify wd:1 ino:3\n").count, 2U);
  EXPECT_EQ(with_info("anon_inode:[signalfd]", "sigmask:\t0000000000000200\n").signals, 0x200U);
  EXPECT_EQ(with_info("anon_inode:[pidfd]", "Pid:\t4934\nNSpid:\t4934\n").pid, 4934);
  EXPECT_EQ(with_info("anon_inode:[pidfd]", "Pid:\t-1\n").pid, -1);
}

TEST(ParseFdinfo, ListsWhatAnEpollInstanceWatches) {
  const auto epoll = with_info("anon_inode:[eventpoll]",
                               "tfd:        3 events:       19 data:                3  pos:0 ino:3d08d0 sdev:f\n"
                               "tfd:        6 events: 80000004 data:                6  pos:0 ino:3d08d1 sdev:9\n");
  ASSERT_EQ(epoll.interest.size(), 2U);
  EXPECT_EQ(epoll.interest[0].fd, 3);
  EXPECT_EQ(epoll.interest[0].events, 0x19U);
  EXPECT_EQ(epoll.interest[1].fd, 6);
  EXPECT_EQ(epoll.interest[1].events, 0x80000004U);
  EXPECT_TRUE(with_info("anon_inode:[eventpoll]", "tfd:\ntfd: 3\ntfd: 3 data: 4\n").interest.empty());
}

TEST(RefineKind, LooksAtTypeAndDevice) {
  const auto refined = [](std::string_view link, std::uint32_t mode, std::uint32_t major) {
    OpenFile file = parse_fd_link(link);
    refine_kind(mode, major, file);
    return file.kind;
  };
  EXPECT_EQ(refined("/tmp", S_IFDIR, 0), FileKind::directory);
  EXPECT_EQ(refined("/tmp/f", S_IFIFO, 0), FileKind::fifo);
  EXPECT_EQ(refined("/dev/pts/3", S_IFCHR, 136), FileKind::terminal);
  EXPECT_EQ(refined("/dev/tty", S_IFCHR, 5), FileKind::terminal);
  EXPECT_EQ(refined("/dev/null", S_IFCHR, 1), FileKind::device);
  EXPECT_EQ(refined("/dev/sda", S_IFBLK, 8), FileKind::device);
  EXPECT_EQ(refined("/a", S_IFREG, 0), FileKind::file);
  EXPECT_EQ(refined("pipe:[3]", S_IFIFO, 0), FileKind::pipe);
}

}  // namespace
}  // namespace stillframe::target
