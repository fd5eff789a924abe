#include "text/program_code.h"

#include <gtest/gtest.h>

#include <vector>

namespace stillframe::text {

using model::Frame;
using model::FrameKind;
using model::Thread;
namespace {

Frame python_frame(std::string_view file) {
  return {.function = "run", .file = file};
}

TEST(ProgramCode, PythonsOwnModulesAndInstalledPackagesAreLibraryAndAllElseIsTheProgram) {
  EXPECT_TRUE(is_library(python_frame("/usr/lib/python3.12/queue.py")));
  EXPECT_TRUE(is_library(python_frame("/opt/py/lib/python2.7/threading.py")));
  EXPECT_TRUE(is_library(python_frame("<frozen runpy>")));
  EXPECT_TRUE(is_library(python_frame("/usr/lib/python3/dist-packages/trio/_core/_run.py")));
  EXPECT_TRUE(is_library(python_frame("/usr/lib64/python3.9/queue.py")));
  EXPECT_TRUE(is_library(python_frame("/opt/py/lib/python312.zip/queue.py")));
  EXPECT_TRUE(is_library(python_frame("/usr/lib/python3.12/site-packages/shop/till.py")));
  EXPECT_TRUE(is_library(python_frame("/usr/lib/python3/dist-packages/shop/till.py")));
  EXPECT_FALSE(is_library(python_frame("/home/me/src/shop/till.py")));
  EXPECT_FALSE(is_library(python_frame("/usr/local/bin/shop")));
  EXPECT_FALSE(is_library(python_frame("/srv/lib/pythonic/till.py")));
  EXPECT_FALSE(is_library(python_frame("<stdin>")));
}

TEST(ProgramCode, OriginsAreToldByWhereAFileLies) {
  EXPECT_EQ(origin_of("/usr/lib/python3.12/asyncio/events.py"), CodeOrigin::library);
  EXPECT_EQ(origin_of("/usr/lib/python3.12/site-packages/redis/asyncio/client.py"), CodeOrigin::package);
  EXPECT_EQ(origin_of("/srv/shop/asyncio/till.py"), CodeOrigin::program);
  EXPECT_EQ(origin_of("/usr/lib/python3.12/site-packages/gevent/hub.py"), CodeOrigin::library);
  EXPECT_EQ(origin_of("/usr/lib/python3.12/site-packages/celery/gevent/pool.py"), CodeOrigin::package);
  EXPECT_EQ(origin_of("<stdin>"), CodeOrigin::program);
}

TEST(ProgramCode, APlaceInAPackageIsFollowedByTheLineThatCalledIt) {
  const auto call = [](std::string_view file, int line, std::string_view function) {
    return Frame{.function = function, .file = file, .line = line};
  };
  const Frame own = call("/srv/app.py", 14, "report");
  const Frame package = call("/usr/lib/python3.12/site-packages/urllib3/connection.py", 638, "connect");
  const Frame library = call("/usr/lib/python3.12/socket.py", 707, "readinto");
  const std::vector<Frame> inside{own, package, library};
  EXPECT_EQ(own_place_in_words(inside), "urllib3/connection.py:638 in connect, called from /srv/app.py:14 in report");
  const std::vector<Frame> called_back{package, own, library};
  EXPECT_EQ(own_place_in_words(called_back), "/srv/app.py:14 in report");
  const std::vector<Frame> alone{library};
  EXPECT_EQ(own_place_in_words(alone), "socket.py:707 in readinto");
  EXPECT_EQ(own_place_in_words(std::vector<Frame>{}), "");
}

TEST(ProgramCode, NativeFramesAndFramesWithoutFileAreNoLibrary) {
  EXPECT_FALSE(is_library({.kind = FrameKind::native, .file = "/usr/lib/python3.12/queue.py"}));
  EXPECT_FALSE(is_library({.function = "run"}));
}

TEST(ProgramCode, TheInnermostCallOfTheProgramElseOfTheLibrary) {
  const Frame library = python_frame("/usr/lib/python3.12/queue.py");
  const Frame inner = python_frame("/usr/lib/python3.12/threading.py");
  const Frame own = python_frame("/srv/app.py");
  const Frame native{.kind = FrameKind::native, .function = "poll"};
  const Thread both{.frames = {library, own, inner, native}};
  EXPECT_EQ(own_frame(both), &both.frames[1]);
  const Thread none{.frames = {library, inner, native}};
  EXPECT_EQ(own_frame(none), &none.frames[1]);
  const Thread only_native{.frames = {native}};
  EXPECT_EQ(own_frame(only_native), nullptr);
}

}  // namespace
}  // namespace stillframe::text
