// set and frozenset.
#include "cpython/objects/set_table.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

bool put_elements(Printer& out, const SetTable& table) {
  const std::size_t start = out.position();
  std::uint64_t shown = 0;
  const bool whole = table.each([&](Address key) {
    if (shown >= out.limits().max_items || shown >= table.used()) {
      return false;
    }
    out.separate(start);
    if (!out.room()) {
      shown = table.used();
      return false;
    }
    out.item(key);
    ++shown;
    return shown < table.used();
  });
  if (!whole) {
    return out.fail("its elements cannot be read");
  }
  if (shown < table.used()) {
    out.separate(start);
    out.more(table.used() - shown);
  }
  return true;
}

// set_repr() in Objects/setobject.c.
bool write_set(Printer& out, const Instance& object) {
  const SetTable table(out.objects(), object.address);
  if (!table.sound()) {
    return out.fail("its table makes no sense");
  }
  const bool old = out.objects().layout().version.major < 3;
  if (table.used() == 0 && !old) {
    out.put(object.type.name);
    out.put("()");
    return true;
  }
  const bool bare = !old && object.type.name == "set";
  if (!bare) {
    out.put(object.type.name);
    out.put("(");
  }
  out.put(old ? "[" : "{");
  if (!put_elements(out, table)) {
    return false;
  }
  out.put(old ? "]" : "}");
  out.put(bare ? "" : ")");
  return true;
}

constexpr Kind kSetKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "set", .write = write_set, .cycle = "set(...)"},
    {.name = "frozenset", .write = write_set, .cycle = "frozenset(...)"},
};

}  // namespace

std::span<const Kind> set_kinds() {
  return kSetKinds;
}

}  // namespace stillframe::cpython
