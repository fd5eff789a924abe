#include "cpython/sync/object_mutexes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutObjectMutex : public testing::EveryLayout {
 protected:
  [[nodiscard]] bool has_them() const {
    return layout.build.free_threaded && layout.version >= PythonVersion{3, 13, 0};
  }

  // A critical section of one mutex, or of two.
  Address section(Address previous, Address mutex, Address second = 0) {
    const Address made = python.allocate(24);
    python.memory.put(made, previous);
    python.memory.put(made + 8, mutex);
    python.memory.put(made + 16, second);
    return made;
  }

  Address thread_in(Address tagged) {
    const Address thread = python.allocate(2048);
    if (layout.thread.native_thread_id.present()) {
      python.memory.put(thread + layout.thread.native_thread_id.value() + 16U, tagged);
    }
    return thread;
  }

  Types types{objects};
};

TEST_P(EveryLayoutObjectMutex, TheObjectThatHasIt) {
  const Address object = python.text("an object");
  EXPECT_EQ(object_of_mutex(objects, types, object + 10).has_value(), has_them());
  EXPECT_FALSE(object_of_mutex(objects, types, object + 11));
  EXPECT_FALSE(object_of_mutex(objects, types, 10));
  EXPECT_FALSE(object_of_mutex(objects, types, python.allocate(64) + 10));  // no object
}

TEST_P(EveryLayoutObjectMutex, ActiveSectionsHoldTheirs) {
  const Address outer = section(0, 0x1000);
  const Address left = section(outer, 0x2000) | 1U;  // let go of while it was detached
  const Address inner = section(left, 0x3000, 0x4000) | 2U;
  const std::vector<Address> held = mutexes_held(objects, thread_in(inner));
  EXPECT_EQ(held, has_them() ? (std::vector<Address>{0x3000, 0x4000, 0x1000}) : std::vector<Address>{});
  EXPECT_TRUE(mutexes_held(objects, thread_in(0)).empty());
}

TEST_P(EveryLayoutObjectMutex, NonsenseEndsIt) {
  const Address circle = section(0, 0x1000);
  python.memory.put(circle, circle);
  EXPECT_LE(mutexes_held(objects, thread_in(circle)).size(), 256U);
  EXPECT_TRUE(mutexes_held(objects, thread_in(0x10)).empty());
  EXPECT_TRUE(mutexes_held(objects, 0x10).empty());
}

TEST_P(EveryLayoutObjectMutex, WhoMayRun) {
  const Address thread = python.allocate(2048);
  const bool told = layout.thread.state.present();
  python.set(thread, layout.thread.state, std::int32_t{1});
  EXPECT_EQ(attachment_of(objects, thread), told ? Attachment::attached : Attachment::unknown);
  python.set(thread, layout.thread.state, std::int32_t{2});
  EXPECT_EQ(attachment_of(objects, thread), told ? Attachment::suspended : Attachment::unknown);
  python.set(thread, layout.thread.state, std::int32_t{9});
  EXPECT_EQ(attachment_of(objects, thread), Attachment::unknown);
  const Address state = thread + (told ? layout.thread.state.value() : 0);
  EXPECT_EQ(waits_for_the_world(objects, thread, state), told && has_them());
  EXPECT_FALSE(waits_for_the_world(objects, thread, state + 4));
}

SF_EVERY_LAYOUT(EveryLayoutObjectMutex);

}  // namespace
}  // namespace stillframe::cpython
