#include "cpython/sync/world_stops.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutWorldStop : public testing::EveryLayout {
 protected:
  EveryLayoutWorldStop() {
    runtime_.version = layout.version;
    runtime_.layout = layout;
    RawInterpreter interpreter;
    interpreter.address = python.allocate(layout.interpreter.size);
    for (const std::int32_t state : {1, 1, 2, 0}) {  // attached, attached, suspended, detached
      RawThread thread;
      thread.address = python.allocate(2048);
      python.set(thread.address, layout.thread.state, state);
      interpreter.threads.push_back(std::move(thread));
    }
    process_.interpreters.push_back(std::move(interpreter));
  }

  [[nodiscard]] bool has_them() const {
    return layout.build.free_threaded && layout.interpreter.stop_the_world.present();
  }
  [[nodiscard]] const std::vector<RawThread>& threads() const { return process_.interpreters[0].threads; }

  // mutex, requested, world_stopped, is_global, stop_event; then the count and who has asked.
  void put(bool requested, bool stopped, Address requester) {
    if (layout.interpreter.stop_the_world.present()) {
      const Address at = process_.interpreters[0].address + layout.interpreter.stop_the_world.value();
      python.memory.put(at, std::uint8_t{1});
      python.memory.put(at + 1, std::uint8_t{requested});
      python.memory.put(at + 2, std::uint8_t{stopped});
      python.memory.put(at + 8, std::int64_t{1});
      python.memory.put(at + 16, requester);
    }
  }

  Runtime runtime_;
  RawProcess process_;
};

TEST_P(EveryLayoutWorldStop, WhoHasAskedAndWhoIsMissing) {
  put(true, false, threads()[0].address);
  const auto stops = world_stops(objects, runtime_, process_);
  ASSERT_EQ(stops.size(), has_them() ? 1U : 0U);
  if (has_them()) {
    EXPECT_EQ(stops[0].requester, threads().data());
    ASSERT_EQ(stops[0].missing.size(), 1U);
    EXPECT_EQ(stops[0].missing[0], &threads()[1]);
    EXPECT_FALSE(stops[0].all_stand);
  }
}

TEST_P(EveryLayoutWorldStop, NoneWhereNobodyHasAsked) {
  EXPECT_TRUE(world_stops(objects, runtime_, process_).empty());
  put(false, false, threads()[0].address);
  EXPECT_TRUE(world_stops(objects, runtime_, process_).empty());
  put(true, false, 0x1234);  // no thread
  EXPECT_TRUE(world_stops(objects, runtime_, process_).empty());
}

SF_EVERY_LAYOUT(EveryLayoutWorldStop);

}  // namespace
}  // namespace stillframe::cpython
