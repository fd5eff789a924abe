#include "resolve/native_ids.h"

#include <gtest/gtest.h>

#include "cpython/fake_target.h"
#include "fake_memory.h"

namespace stillframe::resolve {
namespace {

using cpython::Address;
using target::Tid;

constexpr Address kGlibcTid = 0x2d0;

// Threads of a core that the library and, from 3.11 on, the interpreter know by the number they had.
class Matches : public ::testing::Test {
 protected:
  struct Made {
    Tid own = 0;
    std::optional<Tid> native_id;
    bool frames = true;
  };

  void make(const std::vector<Made>& made, const std::vector<Tid>& of_the_core) {
    cpython::RawInterpreter interpreter;
    for (const Made& one : made) {
      const Address at = 0x10000 * (1 + interpreter.threads.size());
      bytes.map(at, 4096);
      bytes.put(at + kGlibcTid, static_cast<std::int32_t>(one.own));
      cpython::RawThread thread{.address = at + 2048, .thread_id = at, .native_id = one.native_id};
      thread.chain.frames.resize(one.frames ? 1 : 0);
      interpreter.threads.push_back(std::move(thread));
    }
    process.interpreters = {std::move(interpreter)};
    for (const Tid tid : of_the_core) {
      threads.push_back({.tid = tid, .inner_tid = tid});
    }
  }

  // As a match by the thread pointer gives it: thread i of the interpreter is thread i of the core.
  std::vector<std::string> doubts(const std::vector<std::optional<Tid>>& matched) {
    std::unordered_map<Address, Tid> found;
    for (std::size_t i = 0; i < matched.size(); ++i) {
      if (matched[i]) {
        found.emplace(process.interpreters[0].threads[i].address, *matched[i]);
      }
    }
    return doubtful_matches(process, core, threads, found);
  }

  testing::FakeMemory bytes;
  testing::FakeTarget core{bytes, {}, true};
  cpython::RawProcess process;
  std::vector<target::ThreadInfo> threads;
};

TEST_F(Matches, ThatHoldGiveNoDoubt) {
  make({{11, 11}, {12, 12}, {13, 13}}, {11, 12, 13});
  EXPECT_TRUE(doubts({11, 12, 13}).empty());
}

TEST_F(Matches, ANumberThatTheThreadItselfContradictsIsDoubtful) {
  make({{11, 11}, {12, 12}, {13, 13}}, {11, 999, 13});
  const auto told = doubts({11, 999, 13});
  ASSERT_EQ(told.size(), 1);
  EXPECT_NE(told[0].find("calls a thread 999 that called itself 12"), std::string::npos);
}

TEST_F(Matches, BeforePython311TheLibraryAloneContradicts) {
  make({{11}, {12}, {13}}, {11, 999, 13});
  EXPECT_EQ(doubts({11, 999, 13}).size(), 1);
  EXPECT_TRUE(doubts({11, 12, 13}).empty());
}

TEST_F(Matches, ADamagedStructureDoesNotOutvoteTheCore) {
  make({{11, 11}, {12, 777}, {13, 13}}, {11, 12, 13});
  EXPECT_TRUE(doubts({11, 12, 13}).empty()) << "the library agrees with the core";
}

TEST_F(Matches, OtherNumbersAllOverAreAnotherNamespace) {
  make({{1, 1}, {2, 2}, {3, 3}}, {5001, 5002, 5003});
  EXPECT_TRUE(doubts({5001, 5002, 5003}).empty());
}

TEST_F(Matches, AThreadWithFramesThatTheCoreLacksIsDoubtful) {
  make({{11, 11}, {12, 12}}, {11});
  const auto told = doubts({11, std::nullopt});
  ASSERT_EQ(told.size(), 1);
  EXPECT_NE(told[0].find("called itself 12"), std::string::npos);
}

TEST_F(Matches, AThreadStateWithoutFramesNeedsNoThread) {
  make({{11, 11}, {12, 12, false}}, {11});
  EXPECT_TRUE(doubts({11, std::nullopt}).empty());
}

}  // namespace
}  // namespace stillframe::resolve
