#include "cpython/tasks/gevent/links.h"

#include <gtest/gtest.h>

#include <vector>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kBase = 40;          // bytes of greenlet.greenlet
constexpr std::uint64_t kOwn = 144;          // of gevent's
constexpr std::uint64_t kFirst = kBase / 8;  // the first word of gevent's own

class EveryLayoutGreenletLinks : public testing::EveryLayout {
 protected:
  Address compiled_class(std::string_view name, std::uint64_t size, const std::vector<Address>& bases = {}) {
    const Address at = python.type(name);
    python.set(at, layout.type.basicsize, size);
    std::vector<Address> order{at};
    order.insert(order.end(), bases.begin(), bases.end());
    python.set(at, layout.type.mro, python.tuple(order));
    return at;
  }
  // One of its words, as many as the object has.
  void put(Address object, std::uint64_t index, Address value) { python.memory.put(object + index * 8, value); }

  Address greenlet() { return python.object(greenlet_class); }
  Address method(std::string_view type, Address self) {
    const Address at = python.object(python.type(type));
    python.memory.put(at + layout.object.type.value() + 16, self);
    return at;
  }
  Address reference(Address object) {
    const Address at = python.object(python.type("weakref.ReferenceType"));
    python.memory.put(at + layout.object.type.value() + 8, object);
    return at;
  }
  GreenletLinks::Found of(Address one) { return GreenletLinks(instances, tasks).of(one); }

  Address base_class = compiled_class("greenlet.greenlet", kBase);
  Address greenlet_class = compiled_class("gevent._gevent_cgreenlet.Greenlet", kOwn, {base_class});
  Address job = greenlet();
  Address waiter = greenlet();
  Address spawner = greenlet();
  Address hub = greenlet();
  std::unordered_set<Address> tasks{job, waiter, spawner};
  Types types{objects};
  Instances instances{objects, types};
};
SF_EVERY_LAYOUT(EveryLayoutGreenletLinks);

TEST_P(EveryLayoutGreenletLinks, WhoWaitsAndWhoMadeIt) {
  const Address own = python.object(compiled_class("gevent._gevent_c_waiter.Waiter", 64));
  put(own, 5, hub);
  put(own, 6, spawner);
  put(job, kFirst + 4, reference(spawner));
  put(job, kFirst + 7,
      python.list({method("builtin_function_or_method", waiter), method("method", own),
                   method("builtin_function_or_method", waiter)}));
  const auto found = of(job);
  EXPECT_EQ(found.awaited_by, (std::vector<Address>{waiter, spawner}));
  EXPECT_EQ(found.spawner, spawner);
}

TEST_P(EveryLayoutGreenletLinks, OnlyWhatIsAGreenletIsTaken) {
  const Address stranger = python.object(python.type("app.Callback"));
  put(job, kFirst, reference(stranger));
  put(job, kFirst + 1, python.list({stranger, method("method", stranger), method("method", hub), Address{0xDEAD000}}));
  const auto found = of(job);
  EXPECT_TRUE(found.awaited_by.empty());
  EXPECT_EQ(found.spawner, 0U);
}

TEST_P(EveryLayoutGreenletLinks, NothingWhereSeveralCouldBeIt) {
  const Address links = python.list({method("method", waiter)});
  put(job, kFirst, links);
  put(job, kFirst + 1, links);
  put(job, kFirst + 2, reference(waiter));
  put(job, kFirst + 3, reference(spawner));
  EXPECT_TRUE(of(job).awaited_by.empty());
  EXPECT_EQ(of(job).spawner, 0U);
}

TEST_P(EveryLayoutGreenletLinks, OfOtherGreenletsNothing) {
  const Address plain = python.object(base_class);
  put(plain, kFirst, python.list({method("method", waiter)}));
  EXPECT_TRUE(of(plain).awaited_by.empty());
  EXPECT_TRUE(of(Address{0xDEAD000}).awaited_by.empty());
}

}  // namespace
}  // namespace stillframe::cpython
