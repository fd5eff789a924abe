// A target whose code, unwind rules, stack and registers are made by hand.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "binary/fake_module.h"
#include "cpython/fake_target.h"
#include "native/unwinder.h"

namespace stillframe::testing {

// The module is mapped at kBase, code without a file at kJit, a stack at kStack.
class FakeStack {
 public:
  using Address = memory::Address;

  static constexpr Address kBase = 0x7f0000000000;
  static constexpr Address kText = FakeModule::kText;
  static constexpr Address kJit = 0x7e0000000000;
  static constexpr Address kStack = 0x7ffc00000000;
  static constexpr Address kStackSize = 0x10000;
  static constexpr Address kOtherStack = 0x7ffd00000000;

  FakeStack() {
    memory.map(kJit, 0x1000);
    memory.map(kStack, kStackSize);
    memory.map(kOtherStack, kStackSize);
    common = module.common();
  }

  // A function of the module: offset and size.
  void function(Address begin, Address size, const ByteBuilder& instructions = {}) {
    module.function(common, begin, size, instructions);
  }

  // One whose CFA is rsp + `frame` everywhere.
  void sized_function(Address begin, Address size, std::uint64_t frame) {
    function(begin, size, ByteBuilder{DW_CFA_def_cfa_offset}.uleb(frame));
  }

  // Writes a call of five bytes before `address`; returns it: a return address.
  Address call_before(Address address, Address callee) {
    memory.put(address - 5, std::uint8_t{0xE8});
    memory.put(address - 4, static_cast<std::int32_t>(callee - address));
    return address;
  }

  // The same through a register: no callee can be told.
  Address indirect_call_before(Address address) {
    memory.put(address - 2, std::uint16_t{0xD0FF});
    return address;
  }

  void words(Address at, std::initializer_list<Address> values) {
    for (const Address value : values) {
      memory.put(at, value);
      at += 8;
    }
  }

  static binary::RegisterSet registers(std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> values) {
    binary::RegisterSet set;
    for (const auto& [number, value] : values) {
      set.set(number, value);
    }
    return set;
  }

  // Call it when all functions are there.
  void finish() {
    module.finish();
    const auto map = [this](Address begin, Address size, bool executable, std::uint64_t offset, std::string path) {
      mappings.push_back({.begin = begin,
                          .end = begin + size,
                          .offset = offset,
                          .readable = true,
                          .writable = !executable,
                          .executable = executable,
                          .inode = path.starts_with('/') ? 7U : 0U,
                          .path = std::move(path)});
    };
    map(kJit, 0x1000, true, 0, "");
    map(kBase, 0x1000, false, 0, "/lib/fake.so");
    map(kBase + 0x1000, 0x7000, true, 0x1000, "/lib/fake.so");
    map(kBase + 0x8000, 0x8000, false, 0x8000, "/lib/fake.so");
    map(kStack, kStackSize, false, 0, "[stack]");
    map(kOtherStack, kStackSize, false, 0, "");
  }

  [[nodiscard]] native::NativeStack unwind(Address pc, const binary::RegisterSet& registers) {
    const FakeTarget target(memory, mappings, true);
    native::Modules modules(target, memory);
    if (ask_for_functions) {
      modules.ask_for_functions(ask_for_functions);
    }
    native::NativeStack stack = native::Unwinder(modules, memory).unwind(pc, registers);
    for (native::RawNativeFrame& frame : stack.frames) {
      frame.module = nullptr;  // gone with the modules
    }
    return stack;
  }

  FakeMemory memory;
  FakeModule module{memory, kBase};
  Address common = 0;
  std::vector<target::Mapping> mappings;
  native::Modules::FindFunction ask_for_functions;
};

}  // namespace stillframe::testing
