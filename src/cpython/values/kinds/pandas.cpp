// pandas, 1.5 to 3.1: frames and series by shape, columns and types; indexes, and the arrays beneath them. Of their
// elements none is read that is not shown.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "cpython/values/c_members.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/pandas_values.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostBlocks = 10'000;
// Columns whose types are looked for, and numbers of columns that are read for that.
constexpr std::uint64_t kMostColumns = 10'000;
constexpr std::uint64_t kMostPlaces = 100'000;

// A BlockManager (pandas/_libs/internals.pyx), or a SingleBlockManager, Python code: what a frame or series keeps its
// data in.
struct Manager {
  std::vector<Address> axes;  // the columns, if it is a frame's; then the index
  Address blocks = 0;         // a tuple
  std::uint64_t block_count = 0;
};

std::optional<Manager> manager_of(Printer& out, const Fields& fields) {
  const Objects& objects = out.objects();
  const auto at = fields.at("_mgr", "_data");
  const auto axes =
      at ? attribute_or_member(out, *at, "axes", [](const Type& one) { return one.has(kListSubclass); }) : std::nullopt;
  const auto blocks =
      axes ? attribute_or_member(out, *at, "blocks", [](const Type& one) { return one.has(kTupleSubclass); })
           : std::nullopt;
  const auto count = blocks ? length_of(objects, *blocks) : std::nullopt;
  const auto axis_count = count ? length_of(objects, *axes) : std::nullopt;
  const auto items = axis_count ? objects.pointer(*axes, objects.layout().list.items) : std::nullopt;
  if (!items || *axis_count == 0 || *axis_count > 2) {
    return std::nullopt;
  }
  Manager manager{.blocks = *blocks, .block_count = std::min(*count, kMostBlocks)};
  for (std::uint64_t i = 0; i < *axis_count; ++i) {
    const auto axis = read_at<Address>(out, *items + i * sizeof(Address));
    if (!axis) {
      return std::nullopt;
    }
    manager.axes.push_back(*axis);
  }
  return manager;
}

std::optional<Address> block_at(Printer& out, const Manager& manager, std::uint64_t index) {
  return read_at<Address>(out, manager.blocks + out.objects().layout().tuple.items.value() + index * sizeof(Address));
}

// Calls `visit` with each number below `end` that a BlockPlacement (_libs/internals.pyx) holds: a slice, or an array.
void for_each_place(Printer& out, Address placement, std::uint64_t end, std::uint64_t& budget,
                    const std::function<void(std::uint64_t)>& visit) {
  const Objects& objects = out.objects();
  if (const auto slice = member_where(out, placement, [](const Type& one) { return one.name == "slice"; })) {
    const auto start = signed_integer(objects, part(objects, *slice, 0));
    const auto stop = signed_integer(objects, part(objects, *slice, 1));
    const auto step = signed_integer(objects, part(objects, *slice, 2)).value_or(1);
    if (!start || !stop || *start < 0 || *stop < 0 || step <= 0) {
      return;
    }
    const std::uint64_t last = std::min(end, static_cast<std::uint64_t>(*stop));
    for (auto at = static_cast<std::uint64_t>(*start); at < last && budget > 0;
         at += static_cast<std::uint64_t>(step), --budget) {
      visit(at);
    }
    return;
  }
  const auto at = member_where(out, placement, is_ndarray);
  const auto array = at ? numpy_array(out, *at) : std::nullopt;
  if (!array || array->lengths.size() != 1 || array->type.size != 8) {
    return;
  }
  for (std::uint64_t i = 0; std::cmp_less(i, array->lengths[0]) && budget > 0; ++i, --budget) {
    const auto place = read_at<std::uint64_t>(out, element_at(*array, i));
    if (place && *place < end) {
      visit(*place);
    }
  }
}

// The array that each of the first columns stands in; 0 where that was not found.
std::vector<Address> arrays_of_columns(Printer& out, const Manager& manager, std::uint64_t count) {
  std::vector<Address> arrays(std::min(count, kMostColumns));
  std::uint64_t budget = kMostPlaces;
  for (std::uint64_t i = 0; i < manager.block_count; ++i) {
    const auto block = block_at(out, manager, i);
    const auto values = block ? attribute_or_member(out, *block, "values", is_array) : std::nullopt;
    const auto is_placement = [](const Type& one) { return class_name(one) == "BlockPlacement"; };
    const auto placement = values ? attribute_or_member(out, *block, "_mgr_locs", is_placement) : std::nullopt;
    if (placement) {
      for_each_place(out, *placement, arrays.size(), budget, [&](std::uint64_t at) { arrays[at] = *values; });
    }
  }
  return arrays;
}

std::string number_or_unknown(std::optional<std::uint64_t> number) {
  return number ? fmt::format("{}", *number) : "?";
}

bool write_data_frame(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto manager = manager_of(out, fields);
  if (!manager || manager->axes.size() != 2) {
    return out.fail("its columns cannot be read");
  }
  const auto columns = index_length(out, manager->axes[0]);
  const auto rows = index_length(out, manager->axes[1]);
  out.head(object);
  out.put(fmt::format(" shape=({}, {}) ", number_or_unknown(rows), number_or_unknown(columns)));
  out.attribute("columns", manager->axes[0]);
  out.put(" dtypes=[");
  const std::uint64_t shown = std::min(columns.value_or(0), out.limits().max_items);
  const std::vector<Address> arrays = arrays_of_columns(out, *manager, shown);
  out.each(columns.value_or(0), [&](std::uint64_t i) {
    i < arrays.size() && arrays[i] != 0 ? put_dtype(out, values_of(out, arrays[i])) : out.put("?");
    return true;
  });
  out.put("] ");
  out.attribute("index", manager->axes[1]);
  out.put(">");
  return true;
}

bool has_secret_name(Printer& out, const Fields& fields) {
  const auto name = fields.text("_name");
  return name && out.hides(*name);
}

void put_name(Printer& out, const Fields& fields, std::string_view before) {
  const auto name = fields.at("_name");
  if (name && !fields.is_none("_name")) {
    out.put(before);
    out.attribute("name", *name);
  }
}

// " length=3 dtype=int64 values=[1, 2, 3]"
bool put_described(Printer& out, const PandasValues& values, bool secret) {
  out.put(fmt::format(" length={} dtype=", number_or_unknown(values.length)));
  put_dtype(out, values);
  if (!values.shown()) {
    return true;
  }
  // Moments of a time zone are kept, and shown, as those of UTC.
  out.put(values.zone != 0 ? " utc=" : " values=");
  if (secret) {
    out.put(kRedacted);
    return true;
  }
  return put_values(out, values) || out.fail("its values cannot be read");
}

bool write_series(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto manager = manager_of(out, fields);
  const auto block = manager && manager->block_count == 1 ? block_at(out, *manager, 0) : std::nullopt;
  const auto array = block ? attribute_or_member(out, *block, "values", is_array) : std::nullopt;
  if (!array) {
    return out.fail("its values cannot be found");
  }
  out.head(object);
  put_name(out, fields, " ");
  if (!put_described(out, values_of(out, *array), has_secret_name(out, fields))) {
    return false;
  }
  out.put(" ");
  out.attribute("index", manager->axes.back());
  out.put(">");
  return true;
}

// Whether repr() shows no more than elements, type and name.
bool is_simple_index(const Instance& object, const PandasValues& values) {
  constexpr std::array<std::string_view, 4> kSimple{"Index", "Int64Index", "UInt64Index", "Float64Index"};
  return std::ranges::find(kSimple, class_name(object.type)) != kSimple.end() && values.shown() && values.zone == 0;
}

bool write_index(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto data = fields.at("_data");
  if (!data) {
    return out.fail("it has no data");
  }
  const PandasValues values = values_of(out, *data);
  const bool secret = has_secret_name(out, fields);
  if (!is_simple_index(object, values)) {
    out.head(object);
    put_name(out, fields, " ");
    if (!put_described(out, values, secret)) {
      return false;
    }
    out.put(">");
    return true;
  }
  out.put(fmt::format("{}(", class_name(object.type)));
  if (secret) {
    out.put(kRedacted);
  } else if (!put_values(out, values)) {
    return out.fail("its values cannot be read");
  }
  out.put(", dtype='");
  put_dtype(out, values);
  out.put("'");
  put_name(out, fields, ", ");
  out.put(")");
  return true;
}

bool write_range_index(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const Fields fields(out, object);
  const auto range = fields.at("_range");
  const auto bound = [&](std::uint32_t i) {
    return range ? signed_integer(objects, part(objects, *range, i)) : std::nullopt;
  };
  const auto start = bound(0);
  const auto stop = bound(1);
  const auto step = bound(2);
  if (!start || !stop || !step) {
    return out.fail("it has no range");
  }
  out.put(fmt::format("RangeIndex(start={}, stop={}, step={}", *start, *stop, *step));
  put_name(out, fields, ", ");
  out.put(")");
  return true;
}

bool write_multi_index(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto levels = fields.at("_levels");
  const auto names = fields.at("_names");
  if (!levels || !names) {
    return out.fail("it has no levels");
  }
  out.head(object);
  out.put(fmt::format(" length={} ", number_or_unknown(index_length(out, object.address))));
  out.attribute("names", *names);
  out.put(" ");
  out.attribute("levels", *levels);
  out.put(">");
  return true;
}

bool write_extension_array(Printer& out, const Instance& object) {
  out.head(object);
  if (!put_described(out, values_of(out, object.address), false)) {
    return false;
  }
  out.put(">");
  return true;
}

// A list that does not change; its __repr__ puts its name around (core/indexes/frozen.py).
bool write_frozen_list(Printer& out, const Instance& object) {
  const Kind* list = kind_named("list");
  out.put("FrozenList(");
  if (list == nullptr || !list->write(out, object)) {
    return false;
  }
  out.put(")");
  return true;
}

bool write_no_value(Printer& out, const Instance&) {
  out.put("<NA>");
  return true;
}

bool write_no_time(Printer& out, const Instance&) {
  out.put("NaT");
  return true;
}

// From 3.0 on classes name the module that they are to be imported from.
constexpr Kind kPandasKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "pandas.core.frame.DataFrame", .write = write_data_frame, .python_repr = true},
    {.name = "pandas.DataFrame", .write = write_data_frame, .python_repr = true},
    {.name = "pandas.core.series.Series", .write = write_series, .python_repr = true},
    {.name = "pandas.Series", .write = write_series, .python_repr = true},
    {.name = "pandas.core.indexes.base.Index", .write = write_index, .python_repr = true},
    {.name = "pandas.Index", .write = write_index, .python_repr = true},
    {.name = "pandas.core.indexes.range.RangeIndex", .write = write_range_index, .python_repr = true},
    {.name = "pandas.RangeIndex", .write = write_range_index, .python_repr = true},
    {.name = "pandas.core.indexes.multi.MultiIndex", .write = write_multi_index, .python_repr = true},
    {.name = "pandas.MultiIndex", .write = write_multi_index, .python_repr = true},
    {.name = "pandas.core.arrays.base.ExtensionArray", .write = write_extension_array, .python_repr = true},
    {.name = "pandas.api.extensions.ExtensionArray", .write = write_extension_array, .python_repr = true},
    {.name = "pandas.core.indexes.frozen.FrozenList", .write = write_frozen_list, .python_repr = true},
    {.name = "pandas.api.typing.FrozenList", .write = write_frozen_list, .python_repr = true},
    {.name = "pandas._libs.missing.NAType", .write = write_no_value, .python_repr = true},
    {.name = "pandas.api.typing.NAType", .write = write_no_value, .python_repr = true},
    {.name = "pandas._libs.tslibs.nattype.NaTType", .write = write_no_time, .python_repr = true},
    {.name = "pandas.api.typing.NaTType", .write = write_no_time, .python_repr = true},
};

}  // namespace

std::span<const Kind> pandas_kinds() {
  return kPandasKinds;
}

}  // namespace stillframe::cpython
