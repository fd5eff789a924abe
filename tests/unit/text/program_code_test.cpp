#include "text/program_code.h"

#include <gtest/gtest.h>

namespace stillframe::text {

using model::Frame;
using model::FrameKind;
using model::Thread;
namespace {

Frame python_frame(std::string_view file) {
  return {.function = "run", .file = file};
}

TEST(ProgramCode, PythonsOwnModulesAreLibraryAndWhatIsInstalledBesideThemIsNot) {
  EXPECT_TRUE(is_library(python_frame("/usr/lib/python3.12/queue.py")));
  EXPECT_TRUE(is_library(python_frame("/opt/py/lib/python2.7/threading.py")));
  EXPECT_TRUE(is_library(python_frame("<frozen runpy>")));
  EXPECT_TRUE(is_library(python_frame("/usr/lib/python3/dist-packages/trio/_core/_run.py")));
  EXPECT_FALSE(is_library(python_frame("/usr/lib/python3.12/site-packages/shop/till.py")));
  EXPECT_FALSE(is_library(python_frame("/usr/lib/python3/dist-packages/shop/till.py")));
  EXPECT_FALSE(is_library(python_frame("/srv/lib/pythonic/till.py")));
  EXPECT_FALSE(is_library(python_frame("<stdin>")));
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
