#include "stillframe/session.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <type_traits>

#include "core_builder.h"
#include "fake_memory.h"
#include "temporary_folder.h"

namespace stillframe {
namespace {

static_assert(std::is_nothrow_move_constructible_v<Session>);
static_assert(!std::is_copy_constructible_v<Session>);

TEST(Session, SaysWhatCannotBeOpened) {
  EXPECT_EQ(Session::open(0).error().kind, ErrorKind::usage);
  EXPECT_EQ(Session::open(0x7ffffffe).error().kind, ErrorKind::not_found);
  EXPECT_EQ(Session::open("/nowhere/core").error().kind, ErrorKind::not_found);
  EXPECT_EQ(Session::open(CoreDescriptor{.fd = -1}).error().kind, ErrorKind::usage);
  EXPECT_EQ(Session::open(CallerMemory{}).error().kind, ErrorKind::usage);
}

TEST(Session, LooksAtAProcessWithoutPython) {
  auto session = Session::open(getpid());
  ASSERT_TRUE(session);
  const auto still = session->still();
  ASSERT_FALSE(still);
  EXPECT_EQ(still.error().kind, ErrorKind::not_python);
  EXPECT_EQ(session->inspect({"app.x"}).error().kind, ErrorKind::not_python);
  EXPECT_EQ(session->inspect({"app..x"}).error().kind, ErrorKind::usage);
  EXPECT_EQ(session->tasks().error().kind, ErrorKind::not_python);
}

TEST(Session, ReadsACoreFromADescriptorThatMayBeClosed) {
  const testing::TemporaryFolder folder;
  const std::string path =
      folder.add("core", testing::CoreBuilder().thread(7, SIGSEGV).memory(0x600000, "hhhh").build());
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  auto session = Session::open(CoreDescriptor{.fd = fd, .name = "mine"});
  close(fd);
  ASSERT_TRUE(session) << session.error().stopper;
  Session moved = std::move(*session);
  const auto still = moved.still({.native = NativeFrames::all});
  ASSERT_TRUE(still) << still.error().stopper;
  EXPECT_EQ(still->source.core, "mine");
  ASSERT_EQ(still->threads.size(), 1);
  EXPECT_EQ(still->threads[0].tid, 7);
  EXPECT_FALSE(still->python);
}

TEST(Session, ItsStillsComeBackFromTheirJson) {
  const testing::TemporaryFolder folder;
  auto session =
      Session::open(folder.add("core", testing::CoreBuilder().thread(7, SIGSEGV).memory(0x600000, "h").build()));
  ASSERT_TRUE(session);
  const auto still = session->still({.native = NativeFrames::all});
  ASSERT_TRUE(still);
  const std::string text = to_json(*still);
  EXPECT_NE(text.find(library_version()), std::string::npos);
  const auto read = still_from_json(text);
  ASSERT_TRUE(read) << read.error().stopper;
  EXPECT_EQ(read->tool_version, library_version());
  EXPECT_EQ(to_json(read->still, read->tool_version), text);
  EXPECT_EQ(still_from_json("{").error().kind, ErrorKind::damaged);
}

}  // namespace
}  // namespace stillframe
