#include "cpython/stacks/variables.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

constexpr std::uint32_t kOptimized = 1;
constexpr std::uint32_t kVariableArguments = 4;

// A function's variables as its code object declares them: arguments, other locals, cells, free variables.
struct Declared {
  std::vector<std::string> arguments;
  std::vector<std::string> locals;
  std::vector<std::string> cells;
  std::vector<std::string> free;
};

class EveryLayoutVariables : public testing::EveryLayout {
 protected:
  Address tuple_of(const std::vector<std::string>& names) {
    std::vector<Address> texts;
    for (const auto& name : names) {
      texts.push_back(python.text(name));
    }
    return python.tuple(texts);
  }

  // The last `variable` of the arguments are *args and **kwargs.
  void make_code(const Declared& declared, std::uint32_t flags = kOptimized, std::uint32_t variable = 0) {
    code.address = python.code("f", "f.py", 1);
    const auto count = static_cast<std::uint32_t>(declared.arguments.size());
    python.set(code.address, layout.code.flags, flags);
    python.set(code.address, layout.code.argcount, count - variable);
    std::vector<std::string> names = declared.arguments;
    names.insert(names.end(), declared.locals.begin(), declared.locals.end());
    python.set(code.address, layout.code.varnames, tuple_of(names));
    python.set(code.address, layout.code.cellvars, tuple_of(declared.cells));
    python.set(code.address, layout.code.freevars, tuple_of(declared.free));
    std::string kinds(names.size(), '\x20');
    names.insert(names.end(), declared.cells.begin(), declared.cells.end());
    kinds.append(declared.cells.size(), '\x40');
    names.insert(names.end(), declared.free.begin(), declared.free.end());
    kinds.append(declared.free.size(), '\x80');
    python.set(code.address, layout.code.localsplusnames, tuple_of(names));
    python.set(code.address, layout.code.localspluskinds, python.bytes(kinds));
  }

  void make_frame(const std::vector<std::uint64_t>& slots) {
    frame = {.address = python.frame(code.address, 0), .code = &code};
    const Offset at = python.light_frames() ? layout.frame.localsplus : layout.frame_object.localsplus;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      python.memory.put(frame.address + at.value() + i * sizeof(Address), slots[i]);
    }
  }

  // "x=1" for each, with the value of integers.
  std::vector<std::string> read() {
    list = variables.read(frame);
    std::vector<std::string> out;
    for (const Variable& one : list.list) {
      const auto value = one.number ? *one.number : static_cast<std::int64_t>(objects.integer(one.value).value_or(999));
      out.push_back(*one.name + "=" + std::to_string(value));
    }
    return out;
  }

  Variables variables{objects, 4};
  Code code;
  RawFrame frame;
  VariableList list;
};
SF_EVERY_LAYOUT(EveryLayoutVariables);

TEST_P(EveryLayoutVariables, ArgumentsAndLocalsInTheirOrder) {
  make_code({.arguments = {"a", "b", "rest"}, .locals = {"x", "y"}}, kOptimized | kVariableArguments, 1);
  make_frame({python.integer(1), python.integer(2), python.integer(3), python.integer(4), 0});
  EXPECT_EQ(read(), (std::vector<std::string>{"a=1", "b=2", "rest=3", "x=4"})) << "y is not set";
  EXPECT_TRUE(list.list[2].is_argument);
  EXPECT_EQ(list.list[2].kind, VariableKind::argument);
  EXPECT_FALSE(list.list[3].is_argument);
  EXPECT_EQ(list.list[3].kind, VariableKind::local);
  EXPECT_TRUE(list.whole);
}

TEST_P(EveryLayoutVariables, CellsAndFreeVariablesShowWhatTheyHold) {
  make_code({.arguments = {"a"}, .cells = {"c"}, .free = {"f", "unset"}});
  make_frame({python.integer(1), python.cell(python.integer(2)), python.cell(python.integer(3)), python.cell(0)});
  EXPECT_EQ(read(), (std::vector<std::string>{"a=1", "c=2", "f=3"}));
  EXPECT_EQ(list.list[1].kind, VariableKind::cell);
  EXPECT_EQ(list.list[2].kind, VariableKind::free);
}

TEST_P(EveryLayoutVariables, ACellThatIsNotMadeYetIsTheValueItself) {
  make_code({.cells = {"c"}});
  make_frame({python.integer(5)});
  EXPECT_EQ(read(), std::vector<std::string>{"c=5"});
}

TEST_P(EveryLayoutVariables, AnArgumentInACellIsStillAnArgumentInItsPlace) {
  if (layout.version >= PythonVersion{3, 11, 0}) {
    GTEST_SKIP() << "there it has one slot, which is both";
  }
  make_code({.arguments = {"a", "b"}, .locals = {"x"}, .cells = {"a"}});
  make_frame({0, python.integer(2), python.integer(3), python.cell(python.integer(1))});
  EXPECT_EQ(read(), (std::vector<std::string>{"a=1", "b=2", "x=3"}));
  EXPECT_EQ(list.list[0].kind, VariableKind::cell);
  EXPECT_TRUE(list.list[0].is_argument);
}

TEST_P(EveryLayoutVariables, TagsOfStackReferencesAreNoPartOfAnAddress) {
  if (layout.version < PythonVersion{3, 14, 0}) {
    GTEST_SKIP() << "not of this version";
  }
  make_code({.locals = {"a", "b", "c"}});
  make_frame({python.integer(1) | 1U, (std::uint64_t{42} << 2U) | 3U, 1});
  EXPECT_EQ(read(), (std::vector<std::string>{"a=1", "b=42"})) << "the word 1 is no object";
}

TEST_P(EveryLayoutVariables, NamesOfAModuleComeFromItsDictAndAreCounted) {
  make_code({}, 0);
  make_frame({});
  const Offset globals = python.light_frames() ? layout.frame.globals : layout.frame_object.globals;
  const Address one = python.integer(1);
  python.memory.put(frame.address + globals.value() + (python.light_frames() ? 16U : 8U),
                    python.dict({{python.text("__name__"), one},
                                 {python.text("a"), one},
                                 {python.text("b"), one},
                                 {python.text("c"), one},
                                 {python.text("d"), one},
                                 {python.text("e"), one}}));
  EXPECT_EQ(read(), (std::vector<std::string>{"a=1", "b=1", "c=1", "d=1"}));
  EXPECT_EQ(list.left_out, 1U);
}

TEST_P(EveryLayoutVariables, OfManyNamesOfAModuleDataComeFirst) {
  make_code({}, 0);
  make_frame({});
  const Offset globals = python.light_frames() ? layout.frame.globals : layout.frame_object.globals;
  const Address one = python.integer(1);
  const Address function = python.object(python.type("function"));
  const Address module = python.object(python.type("module"));
  const auto names = [&](const std::vector<std::pair<Address, Address>>& entries) {
    python.memory.put(frame.address + globals.value() + (python.light_frames() ? 16U : 8U), python.dict(entries));
    read();
    std::string all;
    for (const Variable& variable : list.list) {
      all += *variable.name;
    }
    return all;
  };
  EXPECT_EQ(names({{python.text("f"), function},
                   {python.text("m"), module},
                   {python.text("a"), one},
                   {python.text("c"), python.type_type},
                   {python.text("b"), one},
                   {python.text("g"), function}}),
            "abfm");
  EXPECT_EQ(list.left_out, 2U);
  EXPECT_EQ(names({{python.text("f"), function}, {python.text("a"), one}, {python.text("b"), 24}}), "fab")
      << "all have room, and stay in their order";
}

TEST_P(EveryLayoutVariables, HostileCountsCostTheFrameItsVariables) {
  make_code({.locals = {"a"}});
  const Address names =
      objects.pointer(code.address, python.light_frames() ? layout.code.localsplusnames : layout.code.varnames).value();
  for (const std::uint64_t hostile : {std::uint64_t{1} << 63U, std::uint64_t{1} << 40U, std::uint64_t{70'000}}) {
    python.set(names, layout.var_object.size_field, hostile);
    Variables fresh(objects, 4);
    make_frame({python.integer(1)});
    const auto found = fresh.read(frame);
    EXPECT_FALSE(found.whole);
    EXPECT_TRUE(found.list.empty());
  }
}

TEST_P(EveryLayoutVariables, OfALostCodeObjectNothingIsKnown) {
  make_code({.locals = {"a"}});
  make_frame({python.integer(1)});
  code.lost = true;
  EXPECT_TRUE(read().empty());
  EXPECT_FALSE(list.whole);
}

}  // namespace
}  // namespace stillframe::cpython
