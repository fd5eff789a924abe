// A file of a few functions, and the stacks that calls of them leave.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "native/fake_stack.h"
#include "native/unwinder.h"

namespace stillframe::native {

using testing::ByteBuilder;
using testing::FakeStack;

inline constexpr Address kStack = FakeStack::kStack;
inline constexpr std::uint64_t kRbx = 3;
inline constexpr std::uint64_t kRbp = 6;
inline constexpr std::uint64_t kRsp = 7;

// The functions of the fake file, by where they begin in it.
inline constexpr Address kStart = FakeStack::kText + 0x100;   // _start: its return address is undefined
inline constexpr Address kMain = FakeStack::kText + 0x200;    // CFA = rsp + 32
inline constexpr Address kLeaf = FakeStack::kText + 0x300;    // CFA = rsp + 8
inline constexpr Address kFramed = FakeStack::kText + 0x400;  // push rbp; mov rsp,rbp: CFA = rbp + 16
inline constexpr Address kSaver = FakeStack::kText + 0x500;   // CFA = rsp + 24, rbx saved at CFA - 16
inline constexpr Address kBare = FakeStack::kText + 0x600;    // no rules from here to 0x1000

class UnwinderTest : public ::testing::Test {
 protected:
  UnwinderTest() {
    fake_.function(kStart, 0x40, {DW_CFA_undefined, 16});
    fake_.sized_function(kMain, 0x40, 32);
    fake_.function(kLeaf, 0x40);
    fake_.function(kFramed, 0x40, {DW_CFA_def_cfa, 6, 16, DW_CFA_offset | 6, 2});
    fake_.function(kSaver, 0x40, {DW_CFA_def_cfa_offset, 24, DW_CFA_offset | 3, 2});
  }

  static Address in(Address function, Address offset = 0x20) { return FakeStack::kBase + function + offset; }

  // kMain, called by kStart, as it stands at the end of every stack here: kMain's frame begins at `at`.
  void put_main(Address at) { fake_.words(at, {0, 0, 0, fake_.call_before(in(kStart), in(kMain, 0))}); }

  NativeStack unwind(Address pc, std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> registers) {
    if (fake_.mappings.empty()) {
      fake_.finish();
    }
    return fake_.unwind(pc, FakeStack::registers(registers));
  }

  static std::vector<Address> pcs(const NativeStack& stack) {
    std::vector<Address> all;
    for (const RawNativeFrame& frame : stack.frames) {
      all.push_back(frame.pc);
    }
    return all;
  }

  static bool ends_with(const NativeStack& stack, std::string_view part) {
    return stack.end_reason && stack.end_reason->contains(part);
  }

  FakeStack fake_;
};

using Pcs = std::vector<Address>;

}  // namespace stillframe::native
