// dict, its views, and mappingproxy.
#include <algorithm>

#include "cpython/objects/dict_format.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// No dict has more entries: a table of this many fills the address space of a process.
constexpr std::uint64_t kMostProxyEntries = std::uint64_t{1} << 42U;
// Entries that are looked through for those that are shown: a dict from which most were deleted has many empty ones.
constexpr std::uint64_t kMostLookedThrough = std::uint64_t{1} << 20U;

enum class Shown : std::uint8_t { items, keys, values, pairs };

void put_entry(Printer& out, Shown what, Address key, Address value) {
  switch (what) {
    case Shown::items:
      out.pair(key, value);
      return;
    case Shown::keys:
      out.item(key);
      return;
    case Shown::values:
      out.item(value);
      return;
    case Shown::pairs:
      out.put("(");
      out.pair(key, value, ", ");
      out.put(")");
      return;
  }
}

// What stands between the braces or brackets.
bool put_entries(Printer& out, Address dict, Shown what) {
  const Objects& objects = out.objects();
  const auto used = objects.field<std::uint64_t>(dict, objects.layout().dict.used);
  auto table = dict_table(objects, dict, kMostProxyEntries);
  if (!used || !table) {
    return out.fail("its table makes no sense");
  }
  if (*used > table->count) {
    return out.fail("its length is impossible");
  }
  if (*used == 0) {
    return true;
  }
  table->count = std::min(table->count, kMostLookedThrough);
  const std::size_t start = out.position();
  std::uint64_t shown = 0;
  bool full = false;
  const bool whole = visit_entries(objects.memory(), *table, [&](Address key, Address value) {
    full = shown >= out.limits().max_items || shown >= *used;
    if (full) {
      return false;
    }
    out.separate(start);
    if (!out.room()) {
      shown = *used;
      return false;
    }
    put_entry(out, what, key, value);
    ++shown;
    return shown < *used;
  });
  if (!whole) {
    return out.fail("its entries cannot be read");
  }
  if (shown < *used) {
    out.separate(start);
    out.more(*used - shown);
  }
  return true;
}

bool write_dict(Printer& out, const Instance& object) {
  out.put("{");
  if (!put_entries(out, object.address, Shown::items)) {
    return false;
  }
  out.put("}");
  return true;
}

// _PyDictViewObject (Include/internal/pycore_dict.h; 2.7: dictviewobject in Objects/dictobject.c): the dict.
template <Shown kWhat>
bool write_view(Printer& out, const Instance& object) {
  const auto dict = part(out.objects(), object.address, 0);
  const Type* type = dict ? out.types().of(*dict) : nullptr;
  if (type == nullptr || (!type->has(kDictSubclass) && type->kind != kind_named("dict"))) {
    return out.fail("it is a view of no dict");
  }
  out.put(object.type.name);
  out.put("([");
  if (!put_entries(out, *dict, kWhat)) {
    return false;
  }
  out.put("])");
  return true;
}

// mappingproxyobject in Objects/descrobject.c (2.7: proxyobject): the mapping.
bool write_proxy(Printer& out, const Instance& object) {
  const auto mapping = part(out.objects(), object.address, 0);
  if (!mapping) {
    return out.fail("its mapping cannot be read");
  }
  out.put(out.objects().layout().version.major < 3 ? "dict_proxy(" : "mappingproxy(");
  out.item(*mapping, "mapping");
  out.put(")");
  return true;
}

constexpr Kind kMappingKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "dict", .write = write_dict, .cycle = "{...}"},
    {.name = "dict_keys", .write = write_view<Shown::keys>},
    {.name = "dict_values", .write = write_view<Shown::values>},
    {.name = "dict_items", .write = write_view<Shown::pairs>},
    {.name = "mappingproxy", .write = write_proxy},
    {.name = "dictproxy", .write = write_proxy},
};

}  // namespace

std::span<const Kind> mapping_kinds() {
  return kMappingKinds;
}

}  // namespace stillframe::cpython
