#include "target/live_target.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "child_process.h"
#include "temporary_folder.h"

namespace stillframe::target {
namespace {

using testing::ChildProcess;
using testing::sleep_for_good;
using testing::TemporaryFolder;

std::string read_all(const FileHandle& file) {
  std::string text(100, '\0');
  const ssize_t got = pread(file.fd(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

TEST(LiveTarget, SaysWhatItIs) {
  const ChildProcess child(sleep_for_good);
  const auto target = open_process(child.pid());
  ASSERT_TRUE(target) << target.error().stopper;
  const auto& source = (*target)->source();
  EXPECT_EQ(source.kind, model::SourceKind::process);
  EXPECT_EQ(source.pid, child.pid());
  EXPECT_EQ(source.executable, std::filesystem::read_symlink("/proc/self/exe").string());
  EXPECT_FALSE(source.command_line.empty());
  EXPECT_FALSE((*target)->lifeless());
  EXPECT_FALSE((*target)->crash());
  EXPECT_TRUE(std::ranges::is_sorted((*target)->mappings(), {}, &Mapping::begin));
  ASSERT_TRUE((*target)->started_at());
  EXPECT_NEAR(*(*target)->started_at(), static_cast<double>(std::time(nullptr)), 3600.0);
  EXPECT_FALSE((*target)->registers(child.pid()));
  EXPECT_EQ((*target)->threads()->size(), 1U);
}

// A child that does one thing each time it is told to, and is asleep again when it has.
void maps_and_becomes_sleep(const std::function<void()>& ready) {
  sigset_t told;
  sigemptyset(&told);
  sigaddset(&told, SIGUSR1);
  sigprocmask(SIG_BLOCK, &told, nullptr);
  ready();
  int signal = 0;
  sigwait(&told, &signal);
  static_cast<void>(mmap(nullptr, std::size_t{1} << 20U, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  sigwait(&told, &signal);
  execl("/bin/sleep", "sleep", "1000", nullptr);
}

// What refresh() says after the child was told to go on; it does so in its own time.
std::optional<Change> change_after(const ChildProcess& child, Target& target) {
  kill(child.pid(), SIGUSR1);
  for (int tries = 0; tries < 5000; ++tries) {
    const auto change = target.refresh(true);
    if (!change || *change != Change::none) {
      return change ? std::optional(*change) : std::nullopt;
    }
    usleep(1000);
  }
  return Change::none;
}

TEST(LiveTarget, FollowsWhatAProgramMapsAndBecomes) {
  ChildProcess child(maps_and_becomes_sleep);
  const auto target = open_process(child.pid());
  ASSERT_TRUE(target);
  EXPECT_EQ((*target)->refresh(false), Change::none);
  EXPECT_EQ((*target)->refresh(true), Change::none);
  const std::size_t mappings = (*target)->mappings().size();
  EXPECT_EQ(change_after(child, **target), Change::mappings);
  EXPECT_GE((*target)->mappings().size(), mappings);
  EXPECT_EQ((*target)->refresh(true), Change::none);
  EXPECT_EQ(change_after(child, **target), Change::program);
  child.end();
  const auto gone = (*target)->refresh(false);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::gone);
}

TEST(LiveTarget, OpensTheMappedExecutable) {
  const ChildProcess child(sleep_for_good);
  const auto target = open_process(child.pid());
  const auto mappings = (*target)->mappings();
  const auto own = std::ranges::find(mappings, *(*target)->source().executable, &Mapping::path);
  ASSERT_NE(own, mappings.end());
  const auto file = (*target)->open_mapped(*own);
  ASSERT_TRUE(file);
  struct stat opened{};
  struct stat exe{};
  ASSERT_EQ(fstat(file->fd(), &opened), 0);
  ASSERT_EQ(stat("/proc/self/exe", &exe), 0);
  EXPECT_EQ(opened.st_ino, exe.st_ino);
}

TEST(LiveTarget, OpensRegularFilesOnly) {
  const TemporaryFolder folder;
  folder.add("mod.py", "text");
  ASSERT_EQ(mkfifo(folder.path("pipe").c_str(), 0600), 0);
  const ChildProcess child([&](const auto& ready) {
    (void)!chdir(folder.path().c_str());
    sleep_for_good(ready);
  });
  const auto target = open_process(child.pid());
  const std::string name_of_folder = std::filesystem::path(folder.path()).filename();
  EXPECT_EQ(read_all(*(*target)->open_file(folder.path("mod.py"))), "text");
  EXPECT_EQ(read_all(*(*target)->open_file("mod.py")), "text");
  EXPECT_EQ(read_all(*(*target)->open_file("./../" + name_of_folder + "/mod.py")), "text");
  for (const std::string& name :
       {folder.path("pipe"), folder.path(), folder.path("none"), std::string("/dev/null"), std::string("<string>"),
        std::string(), std::string("mod.py\0x", 8), std::string(10'000, 'a')}) {
    const auto file = (*target)->open_file(name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().kind, ErrorKind::not_found);
  }
}

TEST(LiveTarget, StaysBelowTheTargetsRoot) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root may change its root";
  }
  const TemporaryFolder folder;
  const std::string jail = folder.path("jail");
  folder.add("secret", "outside");
  folder.add("jail/srv/app.py", "inside");
  std::filesystem::create_symlink("/srv/app.py", jail + "/absolute");
  std::filesystem::create_symlink("../../secret", jail + "/climbing");
  const ChildProcess child([&](const auto& ready) {
    (void)!chroot(jail.c_str());
    (void)!chdir("/srv");
    sleep_for_good(ready);
  });
  const auto target = open_process(child.pid());
  ASSERT_TRUE(target);
  for (const char* name : {"/srv/app.py", "/absolute", "app.py", "/../srv/app.py"}) {
    const auto file = (*target)->open_file(name);
    ASSERT_TRUE(file) << name;
    EXPECT_EQ(read_all(*file), "inside") << name;
  }
  for (const char* name : {"/climbing", "/../secret", "../../secret"}) {
    EXPECT_FALSE((*target)->open_file(name)) << name;
  }
}

TEST(LiveTarget, TakesAnyThreadsIdForTheProcess) {
  const ChildProcess child([](const auto& ready) {
    std::thread([] {
      while (true) {
        pause();
      }
    }).detach();
    sleep_for_good(ready);
  });
  const auto threads = (*open_process(child.pid()))->threads();
  ASSERT_EQ(threads->size(), 2U);
  EXPECT_EQ((*open_process((*threads)[1].tid))->source().pid, child.pid());
}

TEST(LiveTarget, ReadsOnWhereTheMainThreadHasEnded) {
  static const int kAnswer = 42;
  const ChildProcess child([](const auto& ready) {
    std::thread([ready] {
      // Until the main thread is a zombie.
      while (std::ifstream("/proc/self/stat").good()) {
        std::ifstream stat("/proc/self/stat");
        std::string text;
        std::getline(stat, text);
        if (text.contains(") Z ")) {
          break;
        }
      }
      sleep_for_good(ready);
    }).detach();
    syscall(SYS_exit, 0);
  });
  ASSERT_TRUE(child.ready());
  const auto target = open_process(child.pid());
  ASSERT_TRUE(target) << target.error().stopper;
  EXPECT_EQ((*target)->memory().get<int>(reinterpret_cast<Address>(&kAnswer)), 42);
  EXPECT_EQ((*target)->threads()->size(), 2U);
  EXPECT_FALSE((*target)->mappings().empty());
}

TEST(LiveTarget, SaysWhyItCannotBeOpened) {
  EXPECT_EQ(open_process(0).error().kind, ErrorKind::usage);
  EXPECT_EQ(open_process(-5).error().kind, ErrorKind::usage);
  EXPECT_EQ(open_process(0x7ffffffe).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace stillframe::target
