#include "binary/demangle.h"

#include <gtest/gtest.h>

namespace stillframe::binary {
namespace {

std::string name(std::string_view mangled) {
  return demangle(mangled).value_or("nothing");
}

TEST(Demangle, Cpp) {
  EXPECT_EQ(name("_ZN4shop5OrderIiE5priceEiPKc"), "shop::Order<int>::price(int, char const*)");
  EXPECT_EQ(name("_ZN4shop12_GLOBAL__N_16hiddenEi"), "shop::(anonymous namespace)::hidden(int)");
  EXPECT_EQ(name("_ZN2at6native3addERKNS_6TensorES3_.cold"),
            "at::native::add(at::Tensor const&, at::Tensor const&) [clone .cold]");
}

// As rustc 1.95 made them, and as c++filt writes them without its crates' hashes and constants' types.
TEST(Demangle, RustV0) {
  EXPECT_EQ(name("_RNvCs6GmmlP4bgsG_1r4main"), "r::main");
  EXPECT_EQ(name("_RINvCs6GmmlP4bgsG_1r7genericKj5_cEB2_"), "r::generic::<5, char>");
  EXPECT_EQ(name("_RINvMNtCs6GmmlP4bgsG_1r4shopINtB3_5OrdermE5priceNCNvB5_4main0EB5_"),
            "<r::shop::Order<u32>>::price::<r::main::{closure#0}>");
  EXPECT_EQ(name("_RNvXs0_NtCs6GmmlP4bgsG_1r4shopAhj3_NtB5_4Sell4sellB7_"), "<[u8; 3] as r::shop::Sell>::sell");
  EXPECT_EQ(name("_RNvXs_NtCs6GmmlP4bgsG_1r4shopINtB4_5OrdermENtB4_4Sell4sell"),
            "<r::shop::Order<u32> as r::shop::Sell>::sell");
  EXPECT_EQ(name("_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeINtNtCslNYArtu3iFV_5alloc5boxed3BoxDG0_INtNtNtB4_3ops8"
                 "function2FnTRL1_INtNtCsjrHSEGnQ3l9_3std5panic13PanicHookInfoL0_EEEp6OutputuNtNtB4_6marker4SyncNtB2N_"
                 "4SendEL_EEB1T_"),
            "core::ptr::drop_in_place::<alloc::boxed::Box<dyn for<'a, 'b> core::ops::function::Fn<(&'a "
            "std::panic::PanicHookInfo<'b>,), Output = ()> + core::marker::Sync + core::marker::Send>>");
  EXPECT_EQ(name("_RNSNvYNCINvNtCsjrHSEGnQ3l9_3std2rt10lang_startuE0INtNtNtCsgEmfK2I1SDS_4core3ops8function6FnOnceuE9"
                 "call_once6vtableCs6GmmlP4bgsG_1r"),
            "<std::rt::lang_start<()>::{closure#0} as core::ops::function::FnOnce<()>>::call_once::{shim:vtable#0}");
  EXPECT_EQ(name("_RNvCs6GmmlP4bgsG_1r4main.llvm.123"), "r::main");
}

TEST(Demangle, RustLegacy) {
  EXPECT_EQ(name("_ZN3std2io5stdio6_print17h0123456789abcdefE"), "std::io::stdio::_print");
  EXPECT_EQ(
      name("_ZN70_$LT$alloc..vec..Vec$LT$T$C$A$GT$$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE"),
      "<alloc::vec::Vec<T,A> as core::ops::drop::Drop>::drop");
  EXPECT_EQ(name("_ZN4core3ptr28drop_in_place$LT$$RF$str$GT$17h0123456789abcdefE.llvm.77"),
            "core::ptr::drop_in_place<&str>");
  EXPECT_EQ(name("_ZN3foo17h0123456789abcdeE"), "nothing") << "neither Rust's nor C++'s";
  EXPECT_EQ(name("_ZN3foo17h0123456789abcdegE"), "foo::h0123456789abcdeg") << "no hash: C++";
}

TEST(Demangle, LeavesOtherNamesAlone) {
  for (const std::string_view other : {"", "main", "_", "_Z", "_R", "_R3", "_RX", "_RNv", "_RB_", "_RNvB_1a", "_ZN",
                                       "_PyEval_EvalFrameDefault", "_RNvC99999999999999999999_x", "_RC5ab"}) {
    EXPECT_FALSE(demangle(other)) << other;
  }
}

// Each reference doubles the name: written out, these would fill any memory.
TEST(Demangle, HostileNamesStaySmall) {
  std::string cpp = "_ZN1a1fE";
  cpp += "St4pairIiiE";
  for (int i = 0; i < 200; ++i) {
    cpp += "St4pairIS" + std::string(1, static_cast<char>('0' + i % 10)) + "_S" + std::to_string(i % 10) + "_E";
  }
  EXPECT_EQ(name(cpp), "a::f");
  std::string long_name = "_ZN3foo3barI";
  for (int i = 0; i < 2000; ++i) {
    long_name += "3baz";
  }
  EXPECT_EQ(name(long_name + "EEvv"), "foo::bar<…>");

  // A tuple of twice the tuple before it.
  std::string rust = "_RINvC1a1bTuuE";
  std::string before = "7_";
  for (int i = 0; i < 60; ++i) {
    rust += "TB" + before + "B" + before + "E";
  }
  EXPECT_LT(name(rust + "E").size(), 100000U);
  EXPECT_FALSE(demangle("_R" + std::string(5000, 'R') + "u"));
  EXPECT_FALSE(demangle("_RMC1a" + std::string(50000, 'S') + "h"));
  EXPECT_FALSE(demangle("_Z" + std::string(100000, 'N')));
}

}  // namespace
}  // namespace stillframe::binary
