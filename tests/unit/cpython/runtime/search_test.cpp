#include "cpython/runtime/search.h"

#include <gtest/gtest.h>

#include "cpython/every_layout.h"
#include "cpython/fake_target.h"
#include "cpython/runtime/sys_module.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

constexpr Address kUnmapped = 0x7fff'dead'b000;

class EveryLayoutSearch : public testing::EveryLayout {
 protected:
  void SetUp() override {
    python.link(interpreter, {thread});
    set_version(version_text());
  }

  [[nodiscard]] std::string version_text() const {
    return std::to_string(layout.version.major) + "." + std::to_string(layout.version.minor) + ".4 (main, May 9) [GCC]";
  }

  void set_version(std::string_view version) {
    python.set(interpreter, layout.interpreter.sysdict, python.dict({{python.text("version"), python.text(version)}}));
  }

  [[nodiscard]] testing::FakeTarget target() const {
    std::vector<target::Mapping> mappings;
    for (const auto& [begin, size] : python.pieces) {
      mappings.push_back({.begin = begin, .end = begin + size, .readable = true, .writable = true});
    }
    // What cannot be read is passed over.
    mappings.push_back({.begin = kUnmapped, .end = kUnmapped + 0x3000, .readable = true, .writable = true});
    return testing::FakeTarget(python.memory, std::move(mappings), true);
  }

  Address interpreter = python.interpreter();
  Address thread = python.thread(interpreter, 0, 0x7f00'0000'1000);
  Runtime runtime = python.runtime(interpreter);
};
SF_EVERY_LAYOUT(EveryLayoutSearch);

TEST_P(EveryLayoutSearch, FindsTheInterpreterWithoutSymbols) {
  const auto found = search_interpreters(target(), python.memory, {&layout}, SearchScope::everything);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->interpreter, interpreter);
  EXPECT_EQ(found->layout, &layout);
}

TEST_P(EveryLayoutSearch, AsksSysForTheVersion) {
  const auto version = sys_version(objects, interpreter);
  ASSERT_TRUE(version);
  EXPECT_EQ(version->number, (PythonVersion{layout.version.major, layout.version.minor, 4}));
  EXPECT_EQ(version->build, "(main, May 9) [GCC]");
  set_version("3.999 of the future");
  EXPECT_FALSE(sys_version(objects, interpreter)) << "no minor version is that high";
  set_version("");
  EXPECT_FALSE(sys_version(objects, interpreter));
  python.set(interpreter, layout.interpreter.sysdict, kUnmapped);
  EXPECT_FALSE(sys_version(objects, interpreter));
}

TEST_P(EveryLayoutSearch, TakesNoInterpreterOfAnotherVersion) {
  set_version("1.5.2");
  EXPECT_FALSE(looks_like_interpreter(python.memory, layout, interpreter));
  EXPECT_FALSE(search_interpreters(target(), python.memory, {&layout}, SearchScope::everything));
}

TEST_P(EveryLayoutSearch, TakesNoThreadThatDoesNotPointBack) {
  EXPECT_TRUE(looks_like_interpreter(python.memory, layout, interpreter));
  python.set(thread, layout.thread.interp, kUnmapped);
  EXPECT_FALSE(looks_like_interpreter(python.memory, layout, interpreter));
}

TEST_P(EveryLayoutSearch, TakesADamagedInterpreterWhoseThreadsFitTogether) {
  set_version("1.5.2");
  EXPECT_FALSE(looks_like_damaged_interpreter(python.memory, layout, interpreter));
  python.memory.lose(*objects.pointer(interpreter, layout.interpreter.sysdict), 64);
  EXPECT_FALSE(looks_like_interpreter(python.memory, layout, interpreter));
  EXPECT_TRUE(looks_like_damaged_interpreter(python.memory, layout, interpreter));
  const auto found =
      search_interpreters(target(), python.memory, {&layout}, SearchScope::everything, looks_like_damaged_interpreter);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->interpreter, interpreter);

  const Address other = python.thread(interpreter, 0, 0x7f00'0000'2000);
  python.link(interpreter, {other, thread});
  EXPECT_TRUE(looks_like_damaged_interpreter(python.memory, layout, interpreter));
  python.set(thread, layout.thread.thread_id, std::uint64_t{0x1001});
  EXPECT_FALSE(looks_like_damaged_interpreter(python.memory, layout, interpreter)) << "no struct pthread is there";
  python.set(thread, layout.thread.thread_id, std::uint64_t{0x1000});
  python.set(thread, layout.thread.next, other);
  EXPECT_FALSE(looks_like_damaged_interpreter(python.memory, layout, interpreter)) << "a cycle";
  python.set(thread, layout.thread.next, kUnmapped);
  EXPECT_FALSE(looks_like_damaged_interpreter(python.memory, layout, interpreter));
}

TEST_P(EveryLayoutSearch, NothingLooksLikeAnInterpreterInNowhere) {
  for (const Address hostile : {Address{0}, Address{8}, kUnmapped, Address{1} << 63U, ~Address{0}, ~Address{7}}) {
    EXPECT_FALSE(looks_like_interpreter(python.memory, layout, hostile)) << hostile;
  }
}

TEST_P(EveryLayoutSearch, FindsThreadsOfALostInterpreter) {
  EXPECT_EQ(search_threads(target(), python.memory, layout, interpreter), (std::vector<Address>{thread}));
}

}  // namespace
}  // namespace stillframe::cpython
