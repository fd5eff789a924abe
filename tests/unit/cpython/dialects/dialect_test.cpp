#include "cpython/dialects/dialect.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

constexpr PythonVersion line(std::uint8_t minor, std::uint8_t micro = 0) {
  return {.major = 3, .minor = minor, .micro = micro};
}

TEST(Dialects, AreOneForEachLineOfVersions) {
  EXPECT_EQ(&dialect_of(line(12)), &dialect_of(line(12, 9)));
  for (const Layout* one : all_layouts()) {
    for (const Layout* other : all_layouts()) {
      EXPECT_EQ(&dialect_of(*one) == &dialect_of(*other), is_same_line(one->version, other->version));
    }
  }
}

TEST(Dialects, OfUnknownVersionsAreTheNearest) {
  const PythonVersion newest = std::ranges::max(all_layouts(), {}, &Layout::version)->version;
  for (const PythonVersion newer : {line(newest.minor + 1), line(255), PythonVersion{4, 0, 0}}) {
    EXPECT_EQ(&dialect_of(newer), &dialect_of(newest));
  }
  for (const PythonVersion older : {PythonVersion{}, PythonVersion{1, 5, 2}, PythonVersion{2, 6, 0}}) {
    EXPECT_EQ(&dialect_of(older), &dialect_of(PythonVersion{2, 7, 18}));
  }
}

TEST(KnownVersions, HaveANewestOneOfTheirMajorVersion) {
  const PythonVersion newest = std::ranges::max(all_layouts(), {}, &Layout::version)->version;
  EXPECT_EQ(newest_before(line(newest.minor + 1)), line(newest.minor));
  EXPECT_EQ(newest_before(line(6)), std::nullopt);
  EXPECT_EQ(newest_before({4, 0, 0}), std::nullopt);
  EXPECT_TRUE(is_too_old(line(5, 10)));
  EXPECT_FALSE(is_too_old(line(6)));
}

// A dialect says how a format works, a layout where its members stand: what one says must be there in the other.
class EveryDialect : public testing::EveryLayout {
 protected:
  const Dialect& dialect = dialect_of(layout);
};

TEST_P(EveryDialect, FitsTheLayoutOfStacks) {
  EXPECT_EQ(dialect.frames.interpreter_frames, layout.frame.executable.present());
  EXPECT_EQ(dialect.frames.interpreter_frames, layout.frame_object.frame.present());
  EXPECT_EQ(dialect.frames.interpreter_frames, !layout.frame_object.localsplus.present());
  EXPECT_EQ(dialect.code.exception_table, dialect.code.with_except_start != 0);
  EXPECT_EQ(dialect.code.line_table == LineTable::location_table, layout.code.code_adaptive.present());
  EXPECT_EQ(dialect.generators.state_home == GeneratorStateHome::generator, layout.generator.state.present());
  EXPECT_EQ(dialect.generators.state_home == GeneratorStateHome::frame_object, layout.frame_object.state.present());
  if (dialect.frames.entry_mark == EntryMark::cframe) {
    EXPECT_TRUE(layout.thread.cframe.present());
    EXPECT_TRUE(layout.cframe.previous.present());
  }
  const FrameStates& states = dialect.generators.states;
  EXPECT_LE(states.not_started, states.executing);
  EXPECT_LE(states.first_delegating, states.last_delegating);
  if (dialect.generators.delegation == Delegation::state) {
    EXPECT_GT(states.first_delegating, states.not_started);
    EXPECT_LT(states.last_delegating, states.executing);
  }
}

TEST_P(EveryDialect, FitsTheLayoutOfObjects) {
  EXPECT_EQ(dialect.objects.text == TextFormat::wide_array, layout.unicode.legacy_str.present());
  EXPECT_EQ(dialect.objects.two_integer_types, layout.small_integer.value.present());
  EXPECT_EQ(dialect.dicts.managed == ManagedAttributesFormat::inline_values, layout.dict_values.capacity.present());
  EXPECT_EQ(dialect.dicts.values_keep_order, layout.dict_values.size != 0);
  EXPECT_EQ(dialect.objects.reference_counts != ReferenceCounts::whole_word, layout.integer.tag.present());
}

TEST_P(EveryDialect, FitsTheLayoutOfTheRuntime) {
  EXPECT_EQ(dialect.runtime.debug_offsets, layout.debug_offsets.size != 0);
  EXPECT_EQ(dialect.gil.home == GilHome::runtime, layout.runtime.gil.present());
  EXPECT_EQ(dialect.gil.home == GilHome::interpreter, layout.interpreter.gil.present());
  EXPECT_EQ(dialect.gil.home == GilHome::unknown, !layout.gil.locked.present());
  EXPECT_EQ(dialect.gil.drop_request == DropRequest::interpreter, layout.interpreter.gil_drop_request.present());
  EXPECT_EQ(dialect.gil.drop_request == DropRequest::thread, layout.thread.eval_breaker.present());
  EXPECT_EQ(dialect.gil.collector_in_interpreter, layout.interpreter.gc_collecting.present());
  EXPECT_EQ(dialect.sync.parking_lot, layout.interpreter.stop_the_world.present());
}

// Members of a future behind one another, each in a word of its own.
TEST_P(EveryDialect, HasNoTwoMembersOfAFutureInOnePlace) {
  const FutureWords& future = dialect.tasks.future;
  std::vector<int> words{future.callbacks, future.exception, future.result,
                         future.state,     future.waits_for, future.coroutine};
  for (const int optional : {future.first_callback, future.name, future.must_cancel, future.awaited_by}) {
    if (optional != 0) {
      words.push_back(optional);
    }
  }
  std::ranges::sort(words);
  EXPECT_EQ(std::ranges::adjacent_find(words), words.end());
  EXPECT_EQ(future.must_cancel == 0, future.bits_behind_state != 0);
  EXPECT_EQ(future.awaited_by != 0, dialect.tasks.lists_in_threads);
}

SF_EVERY_LAYOUT(EveryDialect);

}  // namespace
}  // namespace stillframe::cpython
