// collections.deque and itertools.count: containers and counters of C code.
#include <fmt/format.h>

#include <limits>

#include "cpython/objects/deque.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

bool write_deque(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  auto deque = Deque::at(objects, object.address);
  if (!deque) {
    return out.fail("its members make no sense");
  }
  // deque_repr(): its own name for subclasses from 3.7 on (bpo-33234 brought it with the list's).
  out.put(objects.layout().version >= PythonVersion{3, 7, 0} ? class_name(object.type) : "deque");
  if (!out.sequence("([", deque->length(), "]", [&](std::uint64_t) { return deque->next(); })) {
    return out.fail("its blocks cannot be read");
  }
  out.put(deque->most() >= 0 ? fmt::format(", maxlen={})", deque->most()) : ")");
  return true;
}

// countobject in Modules/itertoolsmodule.c: cnt, long_cnt, long_step. The number is in cnt while the step is 1 and it
// fits, else cnt is the greatest number there is.
bool write_count(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto number = objects.field<std::int64_t>(object.address, word(objects, 0));
  const auto step = part(objects, object.address, 2);
  if (!number) {
    return out.fail("its number cannot be read");
  }
  out.put(class_name(object.type));
  out.put("(");
  if (*number != std::numeric_limits<std::int64_t>::max()) {
    out.put(fmt::format("{})", *number));
    return true;
  }
  const auto counted = part(objects, object.address, 1);
  if (!counted || !step) {
    return out.fail("its number cannot be read");
  }
  out.item(*counted, "count");
  if (signed_integer(objects, step) != 1) {
    out.put(", ");
    out.item(*step, "step");
  }
  out.put(")");
  return true;
}

constexpr Kind kDequeKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "collections.deque", .write = write_deque, .cycle = "[...]"},
    {.name = "itertools.count", .write = write_count},
};

}  // namespace

std::span<const Kind> deque_kinds() {
  return kDequeKinds;
}

}  // namespace stillframe::cpython
