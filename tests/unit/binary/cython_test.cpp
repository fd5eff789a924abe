#include "binary/cython.h"

#include <gtest/gtest.h>

#include "binary/compiled_object.h"

namespace stillframe::binary {
namespace {

using testing::Workshop;

TEST(Cython, NamesFunctionsAsTheyAreWritten) {
  const auto name = [](std::string_view mangled) { return cython_function_name(mangled).value_or("nothing"); };
  // As Cython 3.0 and 3.3 made them of one file.
  EXPECT_EQ(name("__pyx_pw_3pkg_3mod_1add"), "pkg.mod.add");
  EXPECT_EQ(name("__pyx_pf_3pkg_3mod_add"), "pkg.mod.add");
  EXPECT_EQ(name("__pyx_pf_3pkg_3mod_2do_it"), "pkg.mod.do_it");
  EXPECT_EQ(name("__pyx_pw_3pkg_3mod_3do_it"), "pkg.mod.do_it");
  EXPECT_EQ(name("__pyx_f_3pkg_3mod_helper"), "pkg.mod.helper");
  EXPECT_EQ(name("__pyx_pw_3pkg_3mod_5Order_1__init__"), "pkg.mod.Order.__init__");
  EXPECT_EQ(name("__pyx_pw_3pkg_3mod_5Order_5both"), "pkg.mod.Order.both");
  EXPECT_EQ(name("__pyx_f_3pkg_3mod_5Order_both"), "pkg.mod.Order.both");
  EXPECT_EQ(name("__pyx_pf_3pkg_3mod_4Node_look"), "pkg.mod.Node.look");
  EXPECT_EQ(name("__pyx_pf_3pkg_3mod_5Order_5price_inner"), "pkg.mod.Order.price.inner");
  EXPECT_EQ(name("__pyx_pw_3pkg_3mod_5Order_5price_1inner"), "pkg.mod.Order.price.inner");
  EXPECT_EQ(name("__pyx_pw_3pkg_3mod_5outer___pyx_lambda_funcdef_lambda"), "pkg.mod.outer.<lambda>");
  EXPECT_EQ(name("__pyx_pf_3pkg_3mod_5Order_4cost___get__"), "pkg.mod.Order.cost.__get__");
  EXPECT_EQ(name("__pyx_getprop_3pkg_3mod_5Order_cost"), "pkg.mod.Order.cost");
  EXPECT_EQ(name("__pyx_fuse_0__pyx_pw_3pkg_3mod_14fused_fn"), "pkg.mod.fused_fn");
  EXPECT_EQ(name("__pyx_gb_3pkg_3mod_6generator"), "pkg.mod.generator");
  EXPECT_EQ(name("__pyx_pymod_exec_mod"), "mod.<module>");
  EXPECT_EQ(name("__pyx_pw_3pkg_3mod_1add.isra.0"), "pkg.mod.add");
  EXPECT_EQ(name("__pyx_pw_3pkg_3mod_1add(_object*, _object*)"), "pkg.mod.add") << "compiled as C++";
}

TEST(Cython, LeavesOtherNamesAlone) {
  for (const std::string_view name :
       {"", "main", "__pyx_", "__pyx_pw_", "__pyx_pw_3", "__pyx_pw_3pkg", "__pyx_pw_3pkg_", "__pyx_pw_99999999999_x",
        "__pyx_fuse_", "__pyx_mdef_3pkg_1add", "__Pyx_PyObject_Call", "__pyx_pymod_exec_", "__pyx_f_"}) {
    EXPECT_FALSE(cython_function_name(name)) << name;
  }
}

// What Cython writes, as far as it matters.
constexpr std::string_view generated = R"(
/* "pkg/mod.pyx":4
 * def add(x):
 */
__attribute__((noinline)) int __pyx_pf_3pkg_3mod_add(volatile int* x) {
  /* "pkg/mod.pyx":5
 *     return x
 */
  asm volatile("spot: nop");
  return *x;
}
)";

TEST(Cython, GivesTheLineOfTheSource) {
  const Workshop shop;
  shop.write("mod.c", generated);
  shop.run("gcc -g -O1 -shared -fPIC mod.c -o mod.so");
  const auto spot = testing::address_of(shop.path("mod.so"), "spot");
  const auto calls = [&] { return testing::open_symbols(shop.path("mod.so")); };
  {
    const auto symbols = calls();
    const auto found = symbols->calls_at(spot, false);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].function, "pkg.mod.add");
    EXPECT_EQ(found[0].file, "pkg/mod.pyx");
    EXPECT_EQ(found[0].line, 5);
    EXPECT_FALSE(found[0].column);
  }
  shop.write("mod.pyx", "def add(x):\n");
  {
    const auto symbols = calls();
    EXPECT_EQ(symbols->calls_at(spot, false).at(0).file, shop.path("mod.pyx")) << "it stands beside the C file";
  }
  shop.run("rm mod.c");
  const auto symbols = calls();
  const auto found = symbols->calls_at(spot, false);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].function, "pkg.mod.add");
  EXPECT_FALSE(found[0].file) << "a line of the C file says nothing";
  EXPECT_FALSE(found[0].line);
}

TEST(Cython, ReadsMarksFromAnyFile) {
  const Workshop shop;
  shop.write("odd.c", "/* \"a.pyx\":\n/* \"a.pyx\":99999999999\n/* \":3\n/* \"\":3\n" + std::string(100000, ' ') +
                          "\n  /* \"b.pyx\":7\n\n\n/* \"a.pyx\":3");
  CythonSources sources(testing::open_plainly);
  EXPECT_FALSE(sources.find(shop.path("odd.c"), 5));
  const auto place = sources.find(shop.path("odd.c"), 8);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->file, "b.pyx");
  EXPECT_EQ(place->line, 7);
  EXPECT_EQ(sources.find(shop.path("odd.c"), 10000)->line, 3) << "the last line needs no end";
  EXPECT_FALSE(sources.find(shop.path("none.c"), 1));
  EXPECT_FALSE(sources.find("/dev/zero", 1));
}

}  // namespace
}  // namespace stillframe::binary
