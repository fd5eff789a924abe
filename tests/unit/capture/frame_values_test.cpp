#include "capture/frame_values.h"

#include <gtest/gtest.h>

#include <string_view>

#include "cpython/fake_python.h"
#include "whole_pages.h"

namespace stillframe::capture {
namespace {

using cpython::Address;

// A frame whose only variable is an int.
class FrameValuesTest : public ::testing::Test {
 protected:
  FrameValuesTest() {
    python.set(python.integer_type, python.layout.type.flags, cpython::kLongSubclass);
    code.address = python.code("f", "f.py", 1);
    python.set(code.address, python.layout.code.flags, std::uint32_t{1});
    python.set(code.address, python.layout.code.localsplusnames, python.tuple({python.text("count")}));
    python.set(code.address, python.layout.code.localspluskinds, python.bytes("\x20"));
    value = python.integer(1);
    chain.frames = {{.address = python.frame(code.address, 0), .code = &code}};
    python.memory.put(chain.frames[0].address + python.layout.frame.localsplus.value(), value);
  }

  void set(std::uint32_t number) { python.set(value, python.layout.integer.digits, number); }

  // Reads as a still does once more: the pages of the reading before are copied anew.
  void read(const cpython::FrameChain& frames) {
    memory.renew(memory.pages());
    values.begin();
    values.read(frames);
  }
  // Lives as long as the FrameValues.
  std::string_view shown() {
    model::Frame frame;
    EXPECT_TRUE(values.put(chain.frames[0], frame));
    EXPECT_EQ(frame.locals->size(), 1U);
    return frame.locals->empty() ? "" : frame.locals->front().value;
  }

  testing::FakePython python{*cpython::find_layout({3, 12, 0}, {})};
  testing::WholePages pages{python.memory};
  memory::CapturedMemory memory{pages};
  ValueOptions options;
  FrameValues values{memory, python.layout, options};
  cpython::Code code;
  cpython::FrameChain chain;
  Address value = 0;
};

TEST_F(FrameValuesTest, WhatHasChangedIsReadAnew) {
  values.begin();
  values.read(chain);
  EXPECT_EQ(shown(), "1");
  read(chain);
  EXPECT_EQ(shown(), "1");
  set(2);
  read(chain);
  EXPECT_EQ(shown(), "2");
}

TEST_F(FrameValuesTest, WhatHasNotChangedIsKept) {
  values.begin();
  values.read(chain);
  const char* kept = shown().data();
  read(chain);
  EXPECT_EQ(shown().data(), kept) << "written down once";
  set(2);
  read(chain);
  EXPECT_NE(shown().data(), kept);
}

TEST_F(FrameValuesTest, AChangeWhileAFrameWasNotReadIsSeen) {
  values.begin();
  values.read(chain);
  set(2);
  read({});
  read(chain);
  EXPECT_EQ(shown(), "2");
}

// 3.14+: the frame itself holds small ints, as tagged references.
TEST(FrameValuesOf314, ASecretNumberIsHidden) {
  testing::FakePython python{*cpython::find_layout({3, 14, 0}, {})};
  cpython::Code code{.address = python.code("f", "f.py", 1)};
  python.set(code.address, python.layout.code.flags, std::uint32_t{1});
  python.set(code.address, python.layout.code.localsplusnames, python.tuple({python.text("pin_token")}));
  python.set(code.address, python.layout.code.localspluskinds, python.bytes("\x20"));
  const cpython::FrameChain chain{.frames = {{.address = python.frame(code.address, 0), .code = &code}}};
  python.memory.put(chain.frames[0].address + python.layout.frame.localsplus.value(), std::uint64_t{1234U << 2U | 3U});
  memory::CapturedMemory memory{python.memory};
  const ValueOptions options;
  FrameValues values{memory, python.layout, options};
  values.begin();
  values.read(chain);
  model::Frame frame;
  EXPECT_TRUE(values.put(chain.frames[0], frame));
  ASSERT_EQ(frame.locals->size(), 1U);
  EXPECT_EQ(frame.locals->front().value, "<redacted>");
}

TEST_F(FrameValuesTest, APageThatWasNotKeptIsReadAnew) {
  memory::CapturedMemory small(pages, memory::CapturedMemory::kPageSize);
  FrameValues of_small(small, python.layout, options);
  of_small.begin();
  of_small.read(chain);
  set(2);
  small.renew(small.pages());
  of_small.begin();
  of_small.read(chain);
  model::Frame frame;
  EXPECT_TRUE(of_small.put(chain.frames[0], frame));
  EXPECT_FALSE(small.changed());
  EXPECT_EQ(frame.locals->front().value, "2");
}

}  // namespace
}  // namespace stillframe::capture
