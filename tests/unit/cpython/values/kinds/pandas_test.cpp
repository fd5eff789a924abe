// pandas' frames, series and indexes: sound, cut and hostile.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/values/made_instances.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutPandas : public testing::Instances {
 protected:
  void SetUp() override {
    Instances::SetUp();
    const std::uint64_t head = layout.object.type.value() + 8;
    dtype_type = python.type("numpy.dtype");
    python.set(dtype_type, layout.type.basicsize, head + 80);  // numpy 1
    array_type = python.type("numpy.ndarray");
    for (const char* name : {"BlockManager", "Block", "BlockPlacement"}) {
      const Address made = python.type(std::string("pandas._libs.internals.") + name);
      python.set(made, layout.type.basicsize, head + 32);
      types.push_back(made);
    }
  }

  Address dtype(char kind, std::int32_t size) {
    const Address at = python.object(dtype_type);
    const Address members = at + layout.object.type.value() + 8;
    python.memory.put(members + 8, kind);
    python.memory.put(members + 10, '<');
    python.memory.put(members + 16, size);
    return at;
  }

  template <typename T>
  Address array(char kind, const std::vector<T>& values) {
    const Address data = python.allocate(values.size() * sizeof(T) + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      python.memory.put(data + i * sizeof(T), values[i]);
    }
    const Address shape = python.allocate(16);
    python.memory.put(shape, std::uint64_t{values.size()});
    python.memory.put(shape + 8, std::uint64_t{sizeof(T)});
    const Address at = python.object(array_type);
    set_word(at, 0, data);
    set_word(at, 1, 1);
    set_word(at, 2, shape);
    set_word(at, 3, shape + 8);
    set_word(at, 5, dtype(kind, sizeof(T)));
    return at;
  }

  Address range(std::uint64_t stop) {
    const Address at = python.object(python.type("range"));
    set_word(at, 0, integer(0));
    set_word(at, 1, integer(stop));
    set_word(at, 2, integer(1));
    set_word(at, 3, integer(stop));
    return instance("pandas.RangeIndex", {{"_range", at}, {"_name", none}});
  }

  Address slice(std::uint64_t start, std::uint64_t stop) {
    const Address at = python.object(python.type("slice"));
    set_word(at, 0, integer(start));
    set_word(at, 1, integer(stop));
    set_word(at, 2, integer(1));
    return at;
  }

  // As Cython makes them: a table of functions, then members.
  Address made_by_cython(std::size_t which, Address first, Address second) {
    const Address at = python.object(types[which]);
    set_word(at, 0, 0x40);
    set_word(at, 1, first);
    set_word(at, 2, second);
    return at;
  }
  Address block(Address places, Address values) { return made_by_cython(1, made_by_cython(2, places, 0), values); }
  Address manager(const std::vector<Address>& blocks, const std::vector<Address>& axes) {
    return made_by_cython(0, python.tuple(blocks), python.list(axes));
  }
  Address columns(const std::vector<std::string>& names) {
    std::vector<Address> objects_of;
    for (const std::string& name : names) {
      objects_of.push_back(python.text(name));
    }
    return instance("pandas.Index", {{"_data", array('O', objects_of)}, {"_name", none}});
  }
  std::string behind(Address object) {
    const std::string all = text(object);
    return all.substr(all.find(' ', all.find(" at 0x") + 4) + 1);
  }

  Address dtype_type = 0;
  Address array_type = 0;
  std::vector<Address> types;
};
SF_EVERY_LAYOUT(EveryLayoutPandas);

TEST_P(EveryLayoutPandas, Indexes) {
  EXPECT_EQ(text(range(3)), "RangeIndex(start=0, stop=3, step=1)");
  EXPECT_EQ(text(columns({"a", "b"})), "Index(['a', 'b'], dtype='object')");
  const Address numbers = array('i', std::vector<std::int64_t>{1, 2, 3});
  EXPECT_EQ(text(instance("pandas.Index", {{"_data", numbers}, {"_name", python.text("n")}})),
            "Index([1, 2, 3], dtype='int64', name='n')");
  EXPECT_EQ(text(instance("pandas.Index", {{"_data", numbers}, {"_name", python.text("token")}})),
            "Index(<redacted>, dtype='int64', name='token')");
  EXPECT_EQ(behind(instance("pandas.MultiIndex", {{"_levels", python.list({columns({"a"})})},
                                                  {"_codes", python.list({array('i', std::vector<std::int8_t>{0, 0})})},
                                                  {"_names", python.list({none})}})),
            "length=2 names=[" + text(none) + "] levels=[Index(['a'], dtype='object')]>");
}

TEST_P(EveryLayoutPandas, FramesBySliceAndByNumber) {
  const Address numbers = array('i', std::vector<std::int64_t>{1, 2, 3});
  const Address reals = array('f', std::vector<double>{0.5, 1, 2});
  const Address places = array('i', std::vector<std::int64_t>{0, 2});
  const Address of = manager({block(slice(1, 2), reals), block(places, numbers)}, {columns({"a", "b", "c"}), range(3)});
  const Address frame = instance("pandas.DataFrame", {{"_mgr", of}});
  EXPECT_EQ(behind(frame),
            "shape=(3, 3) columns=Index(['a', 'b', 'c'], dtype='object') dtypes=[int64, float64, int64] "
            "index=RangeIndex(start=0, stop=3, step=1)>");
  limits.max_items = 1;
  EXPECT_TRUE(behind(frame).contains(" dtypes=[int64, … 2 more] "));
}

TEST_P(EveryLayoutPandas, Series) {
  const Address numbers = array('i', std::vector<std::int64_t>{1, 2, 3});
  const Address of =
      instance("pandas.core.internals.managers.SingleBlockManager",
               {{"axes", python.list({range(3)})}, {"blocks", python.tuple({block(slice(0, 3), numbers)})}});
  EXPECT_EQ(behind(instance("pandas.Series", {{"_mgr", of}, {"_name", python.text("n")}})),
            "name='n' length=3 dtype=int64 values=[1, 2, 3] index=RangeIndex(start=0, stop=3, step=1)>");
  EXPECT_TRUE(behind(instance("pandas.Series", {{"_mgr", of}, {"_name", python.text("password")}}))
                  .contains("length=3 dtype=int64 values=<redacted> index="));
}

TEST_P(EveryLayoutPandas, WhatMakesNoSenseSaysSo) {
  EXPECT_TRUE(is_unreadable(instance("pandas.DataFrame", {})));
  EXPECT_TRUE(is_unreadable(instance("pandas.DataFrame", {{"_mgr", none}})));
  EXPECT_TRUE(is_unreadable(instance("pandas.DataFrame", {{"_mgr", manager({}, {range(1)})}})));
  EXPECT_TRUE(is_unreadable(instance("pandas.Series", {{"_mgr", manager({24}, {range(1)})}})));
  EXPECT_TRUE(is_unreadable(instance("pandas.Index", {})));
  EXPECT_TRUE(is_unreadable(instance("pandas.RangeIndex", {{"_range", none}})));
  EXPECT_TRUE(is_unreadable(instance("pandas.MultiIndex", {})));
  // Columns that no block has, blocks without end, and numbers of columns beyond them.
  const Address places = array('i', std::vector<std::int64_t>{-1, 7, std::numeric_limits<std::int64_t>::max()});
  const Address blocks = python.tuple({block(places, places), block(slice(0, std::uint64_t{1} << 62U), 24)});
  python.set(blocks, layout.var_object.size_field, std::uint64_t{1} << 40U);
  const Address of = made_by_cython(0, blocks, python.list({range(std::uint64_t{1} << 61U), range(1)}));
  limits.max_items = 2;
  EXPECT_TRUE(behind(instance("pandas.DataFrame", {{"_mgr", of}}))
                  .contains(" dtypes=[?, ?, … 2,305,843,009,213,693,950 more] "));
}

}  // namespace
}  // namespace stillframe::cpython
