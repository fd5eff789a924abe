#include "cpython/stacks/greenlets.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "cpython/every_layout.h"
#include "cpython/fake_greenlets.h"

namespace stillframe {
namespace {

using cpython::GreenletLayout;
using cpython::GreenletList;
using cpython::Offset;
using cpython::PythonVersion;
using cpython::RawGreenlet;
using memory::Address;

constexpr Address kNowhere = 0x7fff'dead'b000;
constexpr std::array kHostile = {Address{1}, Address{8}, kNowhere, Address{1} << 63U, ~Address{0} - 7, ~Address{0}};

class EveryLayoutGreenlets : public testing::EveryLayout, protected testing::FakeGreenlets {
 protected:
  EveryLayoutGreenlets() : FakeGreenlets(python) {}

  static std::vector<std::string> names(const RawGreenlet& greenlet) {
    std::vector<std::string> all;
    for (const auto& frame : greenlet.chain.frames) {
      all.push_back(frame.code->name);
    }
    return all;
  }
};
SF_EVERY_LAYOUT(EveryLayoutGreenlets);

TEST_P(EveryLayoutGreenlets, AreFoundWithTheirFrames) {
  const Address at = make_greenlet(type, record);
  const auto list = read();
  EXPECT_EQ(problem, std::nullopt);
  EXPECT_EQ(list.not_understood, 0);
  ASSERT_EQ(list.greenlets.size(), 1);
  const RawGreenlet& greenlet = list.greenlets[0];
  EXPECT_EQ(greenlet.address, at);
  EXPECT_TRUE(greenlet.suspended);
  EXPECT_FALSE(greenlet.main);
  EXPECT_EQ(greenlet.stack_saved, kSaved);
  EXPECT_EQ(names(greenlet), (std::vector<std::string>{"park", "run"}));
  EXPECT_EQ(greenlet.chain.broken, std::nullopt);
  if (fields.relinked) {
    EXPECT_EQ(greenlet.chain.frames[1].c_stack_mark, stack + 256 + 64);
  }
}

TEST_P(EveryLayoutGreenlets, OfSubclassesAreFoundToo) {
  const Address subclass = python.type("Hub");
  python.set(subclass, layout.type.base, type);
  const Address other = python.type("Other");  // does not derive from it, whatever is said
  const Offset subclasses = layout.type.mro.value() + 16;
  if (layout.version.major >= 3) {
    python.set(type, subclasses, python.dict({{python.integer(subclass), 0x10}, {python.integer(other), 0x10}}));
  } else {
    const Address items = python.allocate(64);
    const Address reference = python.object(python.type("weakref"));
    python.memory.put(reference + layout.object.type.value() + 8, subclass);
    python.memory.put(items, reference);
    const Address list = python.object(python.type("list"));
    python.set(list, layout.list.items, items);
    python.set(list, layout.var_object.size_field, ~std::uint64_t{0});
    python.set(type, subclasses, list);
  }
  python.set(subclass, subclasses, python.dict({{python.integer(type), 0x10}, {python.integer(subclass), 0x10}}));
  const Address at = make_greenlet(subclass, record);
  make_greenlet(other, python.allocate(512));
  const auto list = read();
  ASSERT_EQ(list.greenlets.size(), 1);
  EXPECT_EQ(list.greenlets[0].address, at);
  EXPECT_EQ(list.greenlets[0].type, subclass);
}

TEST_P(EveryLayoutGreenlets, ThatWaitForNothingAreLeftOut) {
  make_greenlet(type, record);
  set(fields.stack_start, 0);  // ended
  EXPECT_TRUE(read().greenlets.empty());
  set(fields.stack_stop, 0);  // not begun
  EXPECT_TRUE(read().greenlets.empty());
  EXPECT_EQ(read().not_understood, 0);
}

TEST_P(EveryLayoutGreenlets, WithoutAFrameRun) {
  make_greenlet(type, record);
  set(fields.top_frame, 0);
  const auto list = read();
  ASSERT_EQ(list.greenlets.size(), 1);
  EXPECT_FALSE(list.greenlets[0].suspended);
  EXPECT_TRUE(list.greenlets[0].chain.frames.empty());
}

TEST_P(EveryLayoutGreenlets, OfAnEndedThreadAreLeftOut) {
  make_greenlet(type, record);
  const Address main_record = python.allocate(512);
  const Address main = make_greenlet(type, main_record);
  python.set(main_record, fields.stack_stop, ~Address{0});
  python.set(main_record, fields.stack_start, Address{1});
  set(fields.main_greenlet, main);
  EXPECT_TRUE(read().greenlets.empty());
  // With a thread that runs the main one.
  const Address thread = python.allocate(64);
  python.memory.put(thread, std::array{main, main});
  python.set(main_record, fields.thread_state, thread);
  const auto list = read();
  ASSERT_EQ(list.greenlets.size(), 2);
  EXPECT_EQ(std::ranges::count_if(list.greenlets, &RawGreenlet::suspended), 1);
}

// Whatever stands in a record: no stack is shown but the true one, or the inner part of it, marked.
TEST_P(EveryLayoutGreenlets, WithHostileRecordsShowNothingWrong) {
  make_greenlet(type, record);
  const std::vector<std::string> whole_stack = {"park", "run"};
  for (const Offset field : {fields.self, fields.stack_start, fields.stack_stop, fields.stack_copy, fields.stack_saved,
                             fields.top_frame, fields.current_frame, fields.cframe, fields.main_greenlet}) {
    if (!field.present()) {
      continue;
    }
    const auto kept = python.memory.get<Address>(record + field.value()).value_or(0);
    for (const Address hostile : kHostile) {
      set(field, hostile);
      const auto list = read();
      ASSERT_LE(list.greenlets.size(), 1);
      for (const RawGreenlet& greenlet : list.greenlets) {
        auto shown = names(greenlet);
        EXPECT_TRUE(shown == whole_stack || greenlet.chain.broken || !greenlet.suspended) << field.value();
        shown.resize(std::min(shown.size(), whole_stack.size()));
        EXPECT_TRUE(std::ranges::equal(shown, std::span(whole_stack).first(shown.size())));
      }
    }
    set(field, kept);
  }
}

TEST_P(EveryLayoutGreenlets, WithABrokenChainSaySo) {
  make_greenlet(type, record);
  const Offset link = python.light_frames() ? layout.frame.previous : layout.frame_object.back;
  for (const Address hostile : {park, run, kNowhere, Address{1} << 63U}) {
    python.set(run, link, hostile);
    const auto list = read();
    ASSERT_LE(list.greenlets.size(), 1);
    for (const RawGreenlet& greenlet : list.greenlets) {
      EXPECT_TRUE(greenlet.chain.broken) << hostile;
      EXPECT_LT(greenlet.chain.frames.size(), 20);
    }
  }
}

TEST_P(EveryLayoutGreenlets, WithATopFrameOfAnotherTypeAreNamed) {
  make_greenlet(type, record);
  python.set(top_frame, layout.object.type, python.type("list"));
  const auto list = read();
  EXPECT_TRUE(list.greenlets.empty());
  EXPECT_EQ(list.not_understood, 1);
}

TEST_P(EveryLayoutGreenlets, OfUnknownVersionsAreNotLookedFor) {
  make_greenlet(type, record);
  for (const PythonVersion other : {PythonVersion{0, 4, 17}, PythonVersion{4, 0, 0}, PythonVersion{1, 1, 3}}) {
    import(other);
    EXPECT_TRUE(read().greenlets.empty());
    EXPECT_TRUE(problem);
  }
}

TEST_P(EveryLayoutGreenlets, ProgramsWithoutTheModuleHaveNone) {
  make_greenlet(type, record);
  python.set(interpreter, layout.interpreter.modules, python.dict({}));
  EXPECT_TRUE(read().greenlets.empty());
  EXPECT_EQ(problem, std::nullopt);
}

}  // namespace
}  // namespace stillframe
