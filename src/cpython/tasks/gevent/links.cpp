#include "cpython/tasks/gevent/links.h"

#include <algorithm>
#include <array>
#include <span>

#include "cpython/values/fields.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// Members of one compiled object that are looked at: a Greenlet has 13 (gevent 24.2 to 26.9).
constexpr std::uint64_t kMostMembers = 64;
constexpr std::size_t kMostLinks = 1'000'000;
// Of gevent/greenlet.py and gevent/_waiter.py, compiled and not.
constexpr std::array kGreenlets{"gevent._gevent_cgreenlet.Greenlet", "gevent.greenlet.Greenlet"};
constexpr std::array kWaiters{"gevent._gevent_c_waiter.Waiter", "gevent._waiter.Waiter"};

// The class of an object, or the base of it, that is called so; null: none is.
const Type* class_among(const Type& type, std::span<const char* const> names) {
  const auto known = [&](const Type* one) { return std::ranges::find(names, one->qualified) != names.end(); };
  if (known(&type)) {
    return &type;
  }
  const auto base = std::ranges::find_if(type.mro, known);
  return base == type.mro.end() ? nullptr : *base;
}

}  // namespace

GreenletLinks::Found GreenletLinks::of(Address greenlet) {
  const Members members = members_of(greenlet);
  Found found;
  if (members.links != 0) {
    read_links(members.links, found.awaited_by);
  }
  const Address spawner = members.spawner != 0 ? referred_to(members.spawner) : 0;
  if (spawner != greenlet) {
    found.spawner = spawner;
  }
  return found;
}

GreenletLinks::Members GreenletLinks::members_of(Address greenlet) {
  const Type* type = instances_.types().of(greenlet);
  const Type* own = type != nullptr ? class_among(*type, kGreenlets) : nullptr;
  if (own == nullptr) {
    return {};
  }
  if (const auto links = instances_.get(greenlet, "_links")) {  // not compiled
    return {.links = *links, .spawner = instances_.get(greenlet, "spawning_greenlet").value_or(0)};
  }
  constexpr std::array kBase{"greenlet.greenlet"};
  const Type* base = class_among(*own, kBase);
  return base != nullptr ? members_in(greenlet, base->basic_size, own->basic_size) : Members{};
}

// Of what a compiled Greenlet has of its own, only the links are a list while it runs, and only the one that made it is
// behind a weak reference. Where there are more of a kind, none is taken.
GreenletLinks::Members GreenletLinks::members_in(Address greenlet, std::uint64_t from, std::uint64_t to) {
  Members found;
  std::size_t lists = 0;
  std::size_t references = 0;
  for (const Address word : words(greenlet, from, to)) {
    const Type* type = word != 0 ? instances_.types().of(word) : nullptr;
    if (type == nullptr) {
      continue;
    }
    if (type->name == "list") {
      found.links = word;
      ++lists;
    } else if (type->name.starts_with("weakref") && referred_to(word) != 0) {
      found.spawner = word;
      ++references;
    }
  }
  return {.links = lists == 1 ? found.links : 0, .spawner = references == 1 ? found.spawner : 0};
}

void GreenletLinks::read_links(Address list, std::vector<Address>& awaited_by) {
  const Objects& objects = instances_.objects();
  std::unordered_set<Address> seen;
  const auto count = length_of(objects, list);
  const auto items = objects.pointer(list, objects.layout().list.items);
  for (std::uint64_t i = 0; count && items && i < *count && followed_ < kMostLinks; ++i, ++followed_) {
    const auto callback = objects.memory().get<Address>(*items + i * sizeof(Address));
    if (!callback) {
      return;
    }
    const Address waiter = waiting_by(*callback);
    if (waiter != 0 && seen.insert(waiter).second) {
      awaited_by.push_back(waiter);
    }
  }
}

// join() and get() link the method switch() of the greenlet itself; joinall() and wait() that of a Waiter, whose only
// greenlets are its hub and the one that waits. Both bound methods, of C and of Python code, have the object as their
// second member (PyCFunctionObject, PyMethodObject).
Address GreenletLinks::waiting_by(Address callback) {
  const Type* type = instances_.types().of(callback);
  if (type == nullptr || (type->name != "builtin_function_or_method" && type->name != "method")) {
    return 0;
  }
  const Address self = part(instances_.objects(), callback, 1).value_or(0);
  if (tasks_.contains(self)) {
    return self;
  }
  const Type* owner = self != 0 ? instances_.types().of(self) : nullptr;
  if (owner == nullptr || class_among(*owner, kWaiters) == nullptr) {
    return 0;
  }
  const auto members = words(self, word(instances_.objects(), 0).value(), owner->basic_size);
  const auto waiter = std::ranges::find_if(members, [&](Address one) { return tasks_.contains(one); });
  return waiter == members.end() ? 0 : *waiter;
}

std::vector<Address> GreenletLinks::words(Address object, std::uint64_t from, std::uint64_t to) {
  if (from >= to) {
    return {};
  }
  std::vector<Address> found(std::min((to - from) / sizeof(Address), kMostMembers));
  const bool whole =
      instances_.objects().memory().read(object + from, std::as_writable_bytes(std::span(found))).has_value();
  return whole ? found : std::vector<Address>();
}

// The first member of a weak reference is its object (PyWeakReference); 0: that is none of the greenlets.
Address GreenletLinks::referred_to(Address reference) {
  const Type* type = instances_.types().of(reference);
  if (type == nullptr || !type->name.starts_with("weakref")) {
    return 0;
  }
  const Address object = part(instances_.objects(), reference, 0).value_or(0);
  return tasks_.contains(object) ? object : 0;
}

}  // namespace stillframe::cpython
