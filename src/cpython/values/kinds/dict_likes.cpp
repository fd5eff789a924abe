// Mappings of the library: OrderedDict, defaultdict, Counter, ChainMap, the User classes, os.environ.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "cpython/objects/utf8.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/text_repr.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostEntries = std::uint64_t{1} << 42U;
// Counts that are read to be put in order; a larger Counter is shown in the order of its dict.
constexpr std::uint64_t kMostSorted = 10'000;

// The first keys of an OrderedDict, in its order; nothing where its list makes no sense.
// From 3.5 on _odictobject in Objects/odictobject.c: od_first behind the dict, a list of nodes key, hash, next, prev.
std::optional<std::vector<Address>> linked_keys(const Objects& objects, Address dict, std::uint64_t count) {
  std::vector<Address> keys;
  auto node = objects.pointer(dict, objects.layout().dict.size);
  while (keys.size() < count) {
    const auto key = node && *node != 0 ? objects.memory().get<Address>(*node) : std::unexpected(memory::Fault{});
    if (!key) {
      return std::nullopt;
    }
    keys.push_back(*key);
    node = objects.pointer(*node, 2 * std::uint32_t{sizeof(Address)});
  }
  return keys;
}

// 2.7's is a class of Python code (Lib/collections.py): __root is a list [previous, next, key], in a ring of such.
std::optional<std::vector<Address>> ring_keys(const Printer& out, const Instance& object, std::uint64_t count) {
  const Objects& objects = out.objects();
  const auto item = [&](Address list, std::uint32_t index) -> std::optional<Address> {
    const auto items = objects.pointer(list, objects.layout().list.items);
    return items ? objects.pointer(*items, index * std::uint32_t{sizeof(Address)}) : std::nullopt;
  };
  std::vector<Address> keys;
  const auto root = Fields(out, object).at("_OrderedDict__root");
  auto link = root ? item(*root, 1) : std::nullopt;
  while (keys.size() < count) {
    const auto key = link && *link != *root ? item(*link, 2) : std::nullopt;
    if (!key) {
      return std::nullopt;
    }
    keys.push_back(*key);
    link = item(*link, 1);
  }
  return keys;
}

// The values of those keys, found by the keys' addresses.
std::unordered_map<Address, Address> values_of(const Objects& objects, Address dict, const std::vector<Address>& keys) {
  std::unordered_map<Address, Address> values;
  for (const Address key : keys) {
    values.emplace(key, 0);
  }
  std::size_t missing = values.size();
  if (missing > 0) {
    objects.for_each_entry(dict, [&](Address key, Address value) {
      if (const auto wanted = values.find(key); wanted != values.end() && wanted->second == 0) {
        wanted->second = value;
        --missing;
      }
      return missing > 0;
    });
  }
  return values;
}

void put_ordered(Printer& out, const std::vector<Address>& keys, std::unordered_map<Address, Address>& values,
                 std::uint64_t length, bool as_pairs) {
  out.put(as_pairs ? "([" : "({");
  const std::size_t start = out.position();
  for (const Address key : keys) {
    out.separate(start);
    if (!out.room()) {
      break;
    }
    if (as_pairs) {
      out.put("(");
      out.pair(key, values[key], ", ");
      out.put(")");
    } else {
      out.pair(key, values[key]);
    }
  }
  if (keys.size() < length) {
    out.separate(start);
    out.more(length - keys.size());
  }
  out.put(as_pairs ? "])" : "})");
}

bool write_ordered_dict(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const Layout& layout = objects.layout();
  const auto length = length_of(objects, object.address);
  if (!length || *length > kMostEntries) {
    return out.fail("its length is impossible");
  }
  const std::uint64_t shown = std::min({*length, out.limits().max_items, kMostEntries});
  const auto keys =
      layout.version.major < 3 ? ring_keys(out, object, shown) : linked_keys(objects, object.address, shown);
  if (!keys) {
    return out.fail("its order cannot be read");
  }
  out.put(class_name(object.type));
  if (*length == 0) {
    out.put("()");
    return true;
  }
  auto values = values_of(objects, object.address, *keys);
  // odict_repr(): pairs until 3.11, then a dict.
  put_ordered(out, *keys, values, *length, layout.version < PythonVersion{3, 12, 0});
  return true;
}

// The dict that an object of a class derived from dict is, or another object as a dict.
bool put_dict(Printer& out, const Instance& object) {
  static const Kind* const dict = kind_named("dict");
  return dict != nullptr && dict->write(out, object);
}

// defdictobject in Modules/_collectionsmodule.c: default_factory behind the dict.
bool write_default_dict(Printer& out, const Instance& object) {
  const auto factory = out.objects().pointer(object.address, out.objects().layout().dict.size);
  if (!factory) {
    return out.fail("its factory cannot be read");
  }
  // defdict_repr(): its own name for subclasses from 3.7 on.
  out.put(out.objects().layout().version >= PythonVersion{3, 7, 0} ? class_name(object.type) : "defaultdict");
  out.put("(");
  *factory == 0 ? out.put("None") : out.item(*factory, "default_factory");
  out.put(", ");
  if (!put_dict(out, object)) {
    return false;
  }
  out.put(")");
  return true;
}

struct Counted {
  Address key = 0;
  Address value = 0;
  double count = 0;
};

// The number that a Counter holds for a key; nothing for what is no number, which sorts in a way of its own.
std::optional<double> count_of(const Objects& objects, Address value) {
  if (const auto number = signed_integer(objects, value)) {
    return static_cast<double>(*number);
  }
  const auto type = objects.type_of(value);
  const auto number = type && objects.type_name(*type) == "float"
                          ? objects.field<double>(value, objects.layout().floating.value)
                          : std::nullopt;
  return number && !std::isnan(*number) ? number : std::nullopt;
}

// Entries with the highest counts first, as most_common() has them; nothing where they stay in the dict's order.
std::optional<std::vector<Counted>> by_count(const Objects& objects, Address dict, std::uint64_t length) {
  std::vector<Counted> entries;
  bool comparable = length <= kMostSorted;
  const bool whole = comparable && objects.for_each_entry(dict, [&](Address key, Address value) {
    const auto count = count_of(objects, value);
    comparable = count.has_value() && entries.size() < length;
    if (comparable) {
      entries.push_back({.key = key, .value = value, .count = *count});
    }
    return comparable;
  });
  if (!whole || !comparable) {
    return std::nullopt;
  }
  std::ranges::stable_sort(entries, std::ranges::greater(), &Counted::count);
  return entries;
}

// Lib/collections/__init__.py (2.7: Lib/collections.py), Counter.__repr__.
bool write_counter(Printer& out, const Instance& object) {
  const auto length = length_of(out.objects(), object.address);
  if (!length) {
    return out.fail("its length cannot be read");
  }
  out.put(class_name(object.type));
  out.put("(");
  const auto entries = by_count(out.objects(), object.address, *length);
  if (*length > 0 && !entries && !put_dict(out, object)) {
    return false;
  }
  if (*length > 0 && entries) {
    out.put("{");
    const std::size_t start = out.position();
    std::uint64_t shown = 0;
    for (; shown < entries->size() && shown < out.limits().max_items; ++shown) {
      out.separate(start);
      if (!out.room()) {
        break;
      }
      out.pair((*entries)[shown].key, (*entries)[shown].value);
    }
    if (shown >= out.limits().max_items && shown < entries->size()) {
      out.separate(start);
      out.more(entries->size() - shown);
    }
    out.put("}");
  }
  out.put(")");
  return true;
}

bool write_chain_map(Printer& out, const Instance& object) {
  const auto maps = Fields(out, object).at("maps");
  const auto length = maps ? length_of(out.objects(), *maps) : std::nullopt;
  const auto items = maps ? out.objects().pointer(*maps, out.objects().layout().list.items) : std::nullopt;
  if (!length || !items) {
    return out.fail("it has no list of maps");
  }
  out.put(class_name(object.type));
  return out.sequence("(", *length, ")", [&](std::uint64_t i) {
    const auto map = out.objects().memory().get<Address>(*items + i * sizeof(Address));
    return map ? std::optional(*map) : std::nullopt;
  });
}

// UserDict, UserList, UserString: repr() is that of what they wrap.
bool write_wrapper(Printer& out, const Instance& object) {
  const auto data = Fields(out, object).at("data");
  if (!data) {
    return out.fail("it has no data");
  }
  out.item(*data, "data");
  return true;
}

// A bytes object of os.environ as the text that a program gets: UTF-8, and what is none as lone surrogates.
std::optional<std::u32string> environment_text(const Printer& out, Address bytes) {
  constexpr std::uint64_t kMostText = std::uint64_t{1} << 20U;
  const auto raw = out.objects().bytes(bytes, kMostText);
  return raw ? std::optional(from_utf8(*raw)) : std::nullopt;
}

void put_variable(Printer& out, Address key, Address value, bool as_bytes) {
  const auto name = as_bytes ? std::nullopt : environment_text(out, key);
  const auto text = name ? environment_text(out, value) : std::nullopt;
  if (!text) {
    out.pair(key, value);
    return;
  }
  std::string quoted;
  append_text_repr(quoted, *name);
  const bool hidden = out.hides(quoted);
  out.note_entry(quoted, value, hidden);
  put_quoted(out, *name);
  out.put(": ");
  hidden ? out.put(kRedacted) : put_quoted(out, *text);
}

// os._Environ of 3.x (Lib/os.py) keeps bytes in _data; `decodekey` is a class where they are no text (os.environb).
bool write_environment(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto data = fields.at("_data");
  const auto decode = fields.at("decodekey");
  const Type* decoder = decode ? out.types().of(*decode) : nullptr;
  const auto count = data ? length_of(out.objects(), *data) : std::nullopt;
  if (!count || decoder == nullptr) {
    return out.fail("it has no data");
  }
  out.put("environ({");
  const std::size_t start = out.position();
  std::uint64_t shown = 0;
  const bool whole = out.objects().for_each_entry(*data, [&](Address key, Address value) {
    out.separate(start);
    if (shown++ >= out.limits().max_items) {
      out.more(*count - std::min(*count, shown - 1));
      return false;
    }
    if (!out.room()) {
      return false;
    }
    put_variable(out, key, value, decoder->has(kTypeSubclass));
    return true;
  });
  out.put("})");
  return whole || out.fail("its data cannot be read");
}

constexpr Kind kDictLikeKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "collections.OrderedDict", .write = write_ordered_dict, .cycle = "..."},
    {.name = "collections.defaultdict", .write = write_default_dict, .cycle = "defaultdict(..., {...})"},
    {.name = "collections.Counter", .write = write_counter, .python_repr = true},
    {.name = "collections.ChainMap", .write = write_chain_map, .cycle = "...", .python_repr = true},
    {.name = "collections.UserDict", .write = write_wrapper, .cycle = "{...}", .python_repr = true},
    {.name = "collections.UserList", .write = write_wrapper, .cycle = "[...]", .python_repr = true},
    {.name = "os._Environ", .write = write_environment, .python_repr = true},
    {.name = "collections.UserString", .write = write_wrapper, .python_repr = true},
};

}  // namespace

std::span<const Kind> dict_like_kinds() {
  return kDictLikeKinds;
}

}  // namespace stillframe::cpython
