// Ranges, callables, classes, modules, code, exceptions, references, annotations.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/values/kinds.h"
#include "cpython/values/value_writing.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutLanguage : public testing::ValueWriting {
 protected:
  Address object(std::string_view type, const std::vector<std::uint64_t>& words) {
    const Address at = python.object(python.type(type));
    for (std::size_t i = 0; i < words.size(); ++i) {
      set_word(at, static_cast<std::uint32_t>(i), words[i]);
    }
    return at;
  }
  Address c_string(std::string_view letters) {
    const Address at = python.allocate(letters.size() + 1);
    python.memory.put_text(at, letters);
    return at;
  }
  Address function(std::string_view name) {
    const Address code = python.code(name, "/srv/app.py", 12);
    const Address text = python.text(name);
    if (layout.version >= PythonVersion{3, 10, 0}) {
      return object("function", {0, 0, text, text, code});
    }
    return is_old() ? object("function", {code, 0, 0, 0, 0, text})
                    : object("function", {code, 0, 0, 0, 0, 0, text, 0, 0, 0, 0, text});
  }
  Address exception(const std::vector<Address>& args) { return object("BaseException", {0, python.tuple(args)}); }

  Address one = python.integer(1);
  Address two = python.integer(2);
};
SF_EVERY_LAYOUT(EveryLayoutLanguage);

TEST_P(EveryLayoutLanguage, WritesRangesAndSlices) {
  EXPECT_EQ(text(object("range", {two, two, one})), "range(2, 2)");
  EXPECT_EQ(text(object("range", {one, two, two})), "range(1, 2, 2)");
  EXPECT_EQ(text(object("xrange", {0, 1, 5})), "xrange(5)");
  EXPECT_EQ(text(object("xrange", {2, 1, 5})), "xrange(2, 7)");
  EXPECT_EQ(text(object("xrange", {2, ~std::uint64_t{0}, 5})), "xrange(2, -3, -1)");
  EXPECT_EQ(text(object("slice", {one, two, one})), "slice(1, 2, 1)");
  EXPECT_TRUE(is_unreadable(object("slice", {one})));
  EXPECT_TRUE(is_unreadable(object("range", {one})));
}

TEST_P(EveryLayoutLanguage, WritesMemoryViews) {
  const Address data = c_string("abcdef");
  const std::vector<std::uint64_t> buffer{data, 0, 3, 1, std::uint64_t{1} << 32U, c_string("B"), 0, 0, 0};
  const Address at = python.object(python.type("memoryview"));
  const auto fill = [&](std::uint64_t length) {
    for (std::size_t i = 0; i < buffer.size(); ++i) {
      const Address start =
          is_old() ? at + layout.object.type.value() + 16 : at + layout.var_object.size_field.value() + 40;
      python.memory.put(start + i * 8, i == 2 ? length : buffer[i]);
    }
  };
  fill(3);
  EXPECT_EQ(text(at), fmt::format("<memory at {:#x} format='B' nbytes=3 bytes=b'abc'>", at));
  fill(std::uint64_t{1} << 30U);
  limits.max_string = std::uint64_t{1} << 40U;
  EXPECT_EQ(text(at), fmt::format("<memory at {:#x} format='B' nbytes=1073741824>", at));
  for (const std::uint64_t length : testing::kImpossible) {
    fill(length);
    EXPECT_TRUE(is_unreadable(at));
  }
  if (!is_old()) {
    python.memory.put(at + layout.var_object.size_field.value() + 24, std::uint32_t{1});
    EXPECT_EQ(text(at), fmt::format("<released memory at {:#x}>", at));
  }
}

TEST_P(EveryLayoutLanguage, WritesFunctionsWithTheirPlace) {
  const Address at = function("Shop.price");
  EXPECT_EQ(text(at), fmt::format("<function Shop.price at {:#x}, file '/srv/app.py', line 12>", at));
  EXPECT_TRUE(is_unreadable(object("function", {one, one, one, one, one})));
}

TEST_P(EveryLayoutLanguage, WritesMethods) {
  const Address of = python.python_class("Shop");
  const Address at = object(is_old() ? "instancemethod" : "method", {function("price"), one, of});
  EXPECT_EQ(text(at), is_old() ? "<bound method Shop.price of 1>" : "<bound method price of 1>");
  const Written written = write(at);
  ASSERT_EQ(written.children.size(), 2U);
  EXPECT_EQ(written.children[0].name, "__self__");
  EXPECT_EQ(written.children[1].name, "__func__");
  if (is_old()) {
    EXPECT_EQ(text(object("instancemethod", {function("price"), 0, of})), "<unbound method Shop.price>");
  }
}

TEST_P(EveryLayoutLanguage, WritesFunctionsOfC) {
  const Address definition = python.allocate(32);
  python.memory.put(definition, c_string("append"));
  EXPECT_EQ(text(object("builtin_function_or_method", {definition, 0})), "<built-in function append>");
  EXPECT_EQ(text(object("builtin_function_or_method", {definition, python.module(python.dict({}))})),
            "<built-in function append>");
  EXPECT_EQ(text(object("builtin_function_or_method", {definition, one})),
            fmt::format("<built-in method append of int object at {:#x}>", one));
  const Address owner = objects.type_of(one).value();
  EXPECT_EQ(text(object("method_descriptor", {owner, python.text("join")})), "<method 'join' of 'int' objects>");
  EXPECT_EQ(text(object("getset_descriptor", {owner, python.text("x")})), "<attribute 'x' of 'int' objects>");
  EXPECT_EQ(text(object("member_descriptor", {owner, python.text("x")})), "<member 'x' of 'int' objects>");
  EXPECT_EQ(text(object("wrapper_descriptor", {owner, python.text("x")})), "<slot wrapper 'x' of 'int' objects>");
  EXPECT_TRUE(is_unreadable(object("method_descriptor", {one, one})));
}

TEST_P(EveryLayoutLanguage, WritesClassesAndModules) {
  EXPECT_EQ(text(objects.type_of(one).value()), is_old() ? "<type 'int'>" : "<class 'int'>");
  EXPECT_EQ(text(python.python_class("Order")), "<class 'Order'>");
  const auto module = [&](const std::vector<std::pair<std::string_view, std::string_view>>& names) {
    std::vector<std::pair<Address, Address>> entries;
    for (const auto& [name, value] : names) {
      entries.emplace_back(python.text(name), python.text(value));
    }
    return python.module(python.dict(entries));
  };
  EXPECT_EQ(text(module({{"__name__", "x"}, {"__file__", "/srv/x.py"}})), "<module 'x' from '/srv/x.py'>");
  EXPECT_EQ(text(module({{"__name__", "x"}})), is_old() ? "<module 'x' (built-in)>" : "<module 'x'>");
  EXPECT_TRUE(is_unreadable(python.module(0)));
}

TEST_P(EveryLayoutLanguage, WritesCode) {
  const Address at = python.code("work", "/srv/app.py", 3);
  EXPECT_EQ(text(at), fmt::format("<code object work at {:#x}, file \"/srv/app.py\", line 3>", at));
  python.set(at, layout.code.name, Address{24});
  EXPECT_TRUE(is_unreadable(at));
}

TEST_P(EveryLayoutLanguage, WritesExceptions) {
  EXPECT_EQ(text(exception({})), "BaseException()");
  EXPECT_EQ(text(exception({one, two})), "BaseException(1, 2)");
  const bool comma = layout.version < PythonVersion{3, 7, 0};
  EXPECT_EQ(text(exception({one})), comma ? "BaseException(1,)" : "BaseException(1)");
  EXPECT_TRUE(is_unreadable(object("BaseException", {0, one})));
  EXPECT_TRUE(is_unreadable(object("BaseException", {0, 0})));
}

TEST_P(EveryLayoutLanguage, SaysWhatExceptionsCameFrom) {
  if (is_old()) {
    GTEST_SKIP() << "not of this version";
  }
  const std::uint32_t context = layout.version >= PythonVersion{3, 11, 0} ? 4 : 3;
  const Address cause = exception({});
  const Address at = exception({});
  set_word(at, context, cause);
  EXPECT_EQ(text(at), "BaseException() __context__=BaseException()");
  EXPECT_EQ(text(python.list({at})), "[BaseException()]");
  set_word(at, context + 2, 1);
  EXPECT_EQ(text(at), "BaseException()") << "raise … from None";
  set_word(at, context + 1, cause);
  EXPECT_EQ(text(at), "BaseException() __cause__=BaseException()");
}

TEST_P(EveryLayoutLanguage, WritesReferences) {
  const Address none = python.object(python.type("NoneType"));
  const Address dead = object("weakref", {none});
  EXPECT_EQ(text(dead), fmt::format("<weakref at {:#x}; dead>", dead));
  const Address live = object("weakref", {one});
  EXPECT_EQ(text(live), fmt::format("<weakref at {:#x}; to 'int' at {:#x}>", live, one));
  const Address named = object("weakref", {python.python_class("Order")});
  EXPECT_TRUE(text(named).ends_with(" (Order)>")) << text(named);
  EXPECT_TRUE(is_unreadable(object("weakref", {24})));
  const Address empty = python.cell(0);
  EXPECT_EQ(text(empty), fmt::format("<cell at {:#x}: empty>", empty));
  const Address cell = python.cell(one);
  EXPECT_EQ(text(cell), fmt::format("<cell at {:#x}: int object at {:#x} cell_contents=1>", cell, one));
  const Address capsule = object("PyCapsule", {0, c_string("a.b")});
  EXPECT_EQ(text(capsule), fmt::format("<capsule object \"a.b\" at {:#x}>", capsule));
  EXPECT_TRUE(is_unreadable(object("PyCapsule", {0, 3})));
}

TEST_P(EveryLayoutLanguage, WritesAnnotations) {
  const Address integer = objects.type_of(one).value();
  const Address list = objects.type_of(python.list({})).value();
  EXPECT_EQ(text(object("types.GenericAlias", {list, python.tuple({integer})})), "list[int]");
  EXPECT_EQ(text(object("types.GenericAlias", {list, python.tuple({})})), "list[()]");
  EXPECT_EQ(text(object("types.UnionType", {python.tuple({integer, list})})), "int | list");
  EXPECT_TRUE(is_unreadable(object("types.UnionType", {one})));
  EXPECT_EQ(text(object("types.SimpleNamespace", {python.dict({{python.text("b"), one}})})), "namespace(b=1)");
  limits.max_items = 1;
  const Address both = python.dict({{python.text("b"), one}, {python.text("c"), two}});
  EXPECT_EQ(text(object("types.SimpleNamespace", {both})), "namespace(b=1, … 1 more)");
  limits.max_items = 16;
  limits.max_text = 1;
  EXPECT_EQ(text(object("types.SimpleNamespace", {both})), "namespace(…)");
  limits.max_text = 2000;
  EXPECT_TRUE(is_unreadable(object("types.SimpleNamespace", {24})));
}

TEST_P(EveryLayoutLanguage, DefaultsOfContextVariablesAreHiddenByTheirNames) {
  const Address open = object("ContextVar", {python.text("user"), one});
  EXPECT_EQ(text(open), fmt::format("<ContextVar name='user' default=1 at {:#x}>", open));
  const Address secret = object("ContextVar", {python.text("api_token"), one});
  EXPECT_EQ(text(secret), fmt::format("<ContextVar name='api_token' default=<redacted> at {:#x}>", secret));
}

TEST_P(EveryLayoutLanguage, AnyKindOfNothingCostsItself) {
  for (const Kind* kind : all_kinds()) {
    const Written zero = write(python.object(python.type(kind->name)));
    EXPECT_LT(zero.text.size(), 400U) << kind->name;
    const Address wild = python.object(python.type(kind->name));
    for (std::uint32_t i = 0; i < 16; ++i) {
      set_word(wild, i, 0xdddddddddddddddd);
    }
    EXPECT_LT(write(wild).text.size(), 400U) << kind->name;
  }
}

}  // namespace
}  // namespace stillframe::cpython
