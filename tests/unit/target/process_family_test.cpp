#include "target/process_family.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <iterator>
#include <utility>

#include "child_process.h"
#include "target/proc_files.h"

namespace stillframe::target {
namespace {

// What a process comes to a moment after it has said that it is ready.
template <typename Question>
bool comes_true(const Question& question) {
  for (int i = 0; i < 2000; ++i) {
    if (question()) {
      return true;
    }
    usleep(1000);
  }
  return false;
}

TEST(PipeSleeps, OfAProcessThatReads) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const testing::ChildProcess child([&](const auto& ready) {
    ready();
    char letter = 0;
    (void)!read(ends[0], &letter, 1);
  });
  ASSERT_TRUE(child.ready());
  ASSERT_TRUE(comes_true([&] { return process_sleeps(child.pid()).at_pipes.size() == 1; }));
  const PipeSleep sleep = process_sleeps(child.pid()).at_pipes.front();
  EXPECT_EQ(sleep.tid, child.pid());
  EXPECT_EQ(sleep.fd, ends[0]);
  EXPECT_FALSE(sleep.writes);
  EXPECT_TRUE(sleep.link.starts_with("pipe:["));
  EXPECT_EQ(process_sleeps(child.pid()).at_pipes.front(), sleep);
  close(ends[0]);
  close(ends[1]);
}

TEST(PipeSleeps, OfAProcessThatWrites) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const testing::ChildProcess child([&](const auto& ready) {
    ready();
    const std::array<char, 4096> page{};
    while (write(ends[1], page.data(), page.size()) > 0) {
    }
  });
  ASSERT_TRUE(child.ready());
  ASSERT_TRUE(comes_true([&] { return process_sleeps(child.pid()).at_pipes.size() == 1; }));
  EXPECT_TRUE(process_sleeps(child.pid()).at_pipes.front().writes);
  close(ends[0]);
  close(ends[1]);
}

TEST(PipeSleeps, NothingOfOtherCallsAndProcesses) {
  const testing::ChildProcess child(testing::sleep_for_good);
  ASSERT_TRUE(child.ready());
  EXPECT_TRUE(process_sleeps(child.pid()).at_pipes.empty());
  EXPECT_EQ(process_sleeps(child.pid()).going_on, 1U) << "a signal may wake it";
  EXPECT_EQ(process_sleeps(-1).threads, 0U);
}

// A file that this process and the children that it then has have mapped.
class SharedFile {
 public:
  SharedFile() : file_(std::tmpfile()) {
    (void)!ftruncate(fileno(file_), 4096);
    at_ = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file_), 0);
    fstat(fileno(file_), &status_);
  }
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  SharedFile(SharedFile&&) = delete;
  SharedFile& operator=(SharedFile&&) = delete;
  ~SharedFile() {
    unmap();
    (void)std::fclose(file_);
  }
  void unmap() {
    if (at_ != nullptr) {
      munmap(std::exchange(at_, nullptr), 4096);
    }
  }
  // As /proc/PID/maps has them.
  [[nodiscard]] std::uint64_t device() const {
    for (const Mapping& mapping : parse_maps(read_proc_file("/proc/self/maps").value_or(""))) {
      if (mapping.inode == status_.st_ino && mapping.begin == std::bit_cast<Address>(at_)) {
        return mapping.device;
      }
    }
    return 0;
  }
  [[nodiscard]] std::uint64_t inode() const { return status_.st_ino; }

 private:
  std::FILE* file_;
  void* at_ = nullptr;
  struct stat status_{};
};

std::vector<std::int64_t> pids_of(const Sharers& sharers) {
  std::vector<std::int64_t> pids;
  std::ranges::transform(sharers.processes, std::back_inserter(pids), &ProcessFacts::pid);
  return pids;
}

TEST(WhoSharesAFile, ParentsChildrenAndSiblings) {
  SharedFile file;
  const std::uint64_t device = file.device();
  const testing::ChildProcess one(testing::sleep_for_good);
  const testing::ChildProcess two(testing::sleep_for_good);
  const testing::ChildProcess without([&](const auto& ready) {
    file.unmap();
    testing::sleep_for_good(ready);
  });
  ASSERT_TRUE(one.ready() && two.ready() && without.ready());
  EXPECT_EQ(pids_of(family_sharers(getpid(), device, file.inode())), (std::vector<std::int64_t>{one.pid(), two.pid()}));
  EXPECT_EQ(pids_of(family_sharers(one.pid(), device, file.inode())), (std::vector<std::int64_t>{two.pid(), getpid()}));
  EXPECT_TRUE(family_sharers(getpid(), device + 1, file.inode()).processes.empty());
}

TEST(WhoSharesAFile, EverybodyWhoHasIt) {
  const SharedFile file;
  const std::uint64_t device = file.device();
  const testing::ChildProcess child(testing::sleep_for_good);
  ASSERT_TRUE(child.ready());
  EXPECT_EQ(pids_of(all_sharers(child.pid(), device, file.inode())), (std::vector<std::int64_t>{getpid()}));
  // A number made up may be that of a file that another program has mapped: here, the next test's.
  SharedFile unshared;
  unshared.unmap();
  EXPECT_TRUE(all_sharers(child.pid(), device, unshared.inode()).processes.empty());
}

TEST(SameProgramStart, IsKeptByForkAndEndsWithExec) {
  const testing::ChildProcess forked(testing::sleep_for_good);
  ASSERT_TRUE(forked.ready());
  EXPECT_TRUE(same_program_start(forked.pid(), getpid()));
  const testing::ChildProcess executed([](const auto& ready) {
    ready();
    execl("/bin/sleep", "sleep", "1000", nullptr);
  });
  ASSERT_TRUE(executed.ready());
  EXPECT_TRUE(comes_true([&] { return !same_program_start(executed.pid(), getpid()); }));
  EXPECT_FALSE(same_program_start(getpid(), 1));
  EXPECT_FALSE(same_program_start(-1, -2));
}

TEST(Descendants, ChildrenStandBeforeTheirOwn) {
  const testing::ChildProcess child([](const auto& ready) {
    const testing::ChildProcess grandchild(testing::sleep_for_good);
    testing::sleep_for_good(ready);
  });
  ASSERT_TRUE(child.ready());
  const auto found = descendants_of(getpid());
  const auto first = std::ranges::find(found, child.pid(), &ProcessFacts::pid);
  const auto second = std::ranges::find(found, child.pid(), &ProcessFacts::parent);
  ASSERT_NE(first, found.end());
  ASSERT_NE(second, found.end());
  EXPECT_LT(first, second);
  EXPECT_EQ(first->parent, getpid());
  kill(static_cast<pid_t>(second->pid), SIGKILL);
}

}  // namespace
}  // namespace stillframe::target
