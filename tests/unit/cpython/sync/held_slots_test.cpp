#include "cpython/sync/held_slots.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cpython/every_layout.h"
#include "cpython/sync/lock_objects.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutHeldSlots : public testing::EveryLayout {
 protected:
  static constexpr std::int64_t kSetup = 2;   // the instruction that leads into the block
  static constexpr std::int64_t kInside = 8;  // one inside the block
  static constexpr std::int64_t kHandler = 20;

  void SetUp() override {
    code.address = python.code("f", "f.py", 1);
    code.instructions = python.light_frames() ? code.address + layout.code.code_adaptive.value() : 0;
    const Address none = python.tuple({});
    python.set(code.address, layout.code.localsplusnames, python.tuple({python.text("x")}));
    python.set(code.address, layout.code.nlocals, std::uint32_t{1});
    python.set(code.address, layout.code.cellvars, none);
    python.set(code.address, layout.code.freevars, none);
    // co_stacksize, see held_slots.cpp.
    const Offset neighbour = python.light_frames() ? layout.code.kwonlyargcount : layout.code.nlocals;
    python.memory.put(code.address + neighbour.value() + 4, std::uint32_t{3});
    frame = {.address = python.frame(code.address, 0), .code = &code, .lasti = kInside};
  }

  // A block from kSetup on, whose handler finds `depth` objects.
  void add_with_block(std::uint32_t depth) {
    if (python.light_frames()) {
      constexpr std::uint8_t begins = 0x80;
      const std::string table{static_cast<char>(begins | (kSetup + 2) / 2), static_cast<char>(5), kHandler / 2,
                              static_cast<char>((depth << 1U) | 1U)};
      python.memory.put(code.address + layout.code.flags.value() - 8, python.bytes(table));
      const std::uint32_t minor = layout.version.minor;
      const std::uint8_t opcode = minor < 13 ? 49 : minor == 13 ? 44 : minor == 14 ? 43 : 41;
      python.memory.put(code.instructions + kHandler + 2, opcode);
      return;
    }
    const bool old = layout.version.major < 3;
    const bool units = layout.version.minor >= 10 && !old;
    std::string instructions(24, '\x09');  // NOP
    instructions[kSetup] = static_cast<char>(143);
    const auto distance = kHandler - kSetup - (old ? 3 : 2);
    instructions[kSetup + 1] = static_cast<char>(units ? distance / 2 : distance);
    instructions[kSetup + 2] = old ? '\0' : '\x09';
    python.set(code.address, layout.code.code, python.bytes(instructions));
    const Address lasti = frame.address + layout.frame_object.lasti.value();
    python.memory.put(lasti + 8, std::uint32_t{1});  // f_iblock
    const Address block = lasti + (old ? 12 : 16);
    python.memory.put(block, std::int32_t{122});
    python.memory.put(block + 4, static_cast<std::int32_t>(units ? kHandler / 2 : kHandler));
    python.memory.put(block + 8, static_cast<std::int32_t>(depth));
  }

  void put_stack(const std::vector<Address>& objects_there) {
    const Offset at = python.light_frames() ? layout.frame.localsplus : layout.frame_object.localsplus;
    for (std::size_t i = 0; i < objects_there.size(); ++i) {
      python.memory.put(frame.address + at.value() + (i + 1) * sizeof(Address), objects_there[i]);
    }
  }

  // What `with` keeps on the stack for a lock: its bound __exit__, from 3.14 on the method and the lock.
  std::vector<Address> kept_for(Address lock) {
    const Address head = layout.object.type.value() + 8;
    if (layout.version >= PythonVersion{3, 14, 0}) {
      return {python.object(python.type("method_descriptor")), lock};
    }
    const Address bound = python.object(python.type("builtin_function_or_method"));
    const Address definition = python.allocate(32);
    const Address name = python.allocate(16);
    python.memory.put_text(name, "__exit__");
    python.memory.put(definition, name);
    python.memory.put(bound + head, definition);
    python.memory.put(bound + head + 8, lock);
    return {bound};
  }

  Address lock() { return python.object(python.type(layout.version.major < 3 ? "thread.lock" : "_thread.lock")); }

  Code code;
  RawFrame frame;
};

TEST_P(EveryLayoutHeldSlots, NoBlockWithoutATable) {
  EXPECT_TRUE(blocks_of(objects, frame).empty());
}

TEST_P(EveryLayoutHeldSlots, ABlockAroundTheRunningInstruction) {
  add_with_block(2);
  const auto blocks = blocks_of(objects, frame);
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(blocks[0].depth, 2U);
  EXPECT_TRUE(blocks[0].may_be_with);
  EXPECT_EQ(blocks[0].before, kSetup);
}

TEST_P(EveryLayoutHeldSlots, ABlockThatIsOverOrNotYetBegun) {
  add_with_block(2);
  if (!python.light_frames()) {
    GTEST_SKIP() << "there the frame says it";
  }
  frame.lasti = kSetup;
  EXPECT_TRUE(blocks_of(objects, frame).empty());
  frame.lasti = kHandler - 2;
  EXPECT_TRUE(blocks_of(objects, frame).empty());
}

TEST_P(EveryLayoutHeldSlots, TheStackStandsBehindTheVariables) {
  put_stack({0x1000, 0x2000, 0x3000});
  EXPECT_EQ(stack_of(objects, frame, 2), (std::vector<Address>{0x1000, 0x2000}));
  EXPECT_EQ(whole_stack_of(objects, frame), (std::vector<Address>{0x1000, 0x2000, 0x3000}));
}

TEST_P(EveryLayoutHeldSlots, HostileDepthsAndTables) {
  EXPECT_TRUE(stack_of(objects, frame, 0xffffffff).empty());
  add_with_block(2);
  if (python.light_frames()) {
    python.memory.put(code.address + layout.code.flags.value() - 8, python.bytes(std::string(200, '\xff')));
  } else {
    python.memory.put(frame.address + layout.frame_object.lasti.value() + 8, std::uint32_t{0xffffffff});
  }
  EXPECT_TRUE(blocks_of(objects, frame).empty());
  python.memory.put(
      code.address + (python.light_frames() ? layout.code.kwonlyargcount : layout.code.nlocals).value() + 4,
      std::uint32_t{0x7fffffff});
  EXPECT_TRUE(whole_stack_of(objects, frame).empty());
}

TEST_P(EveryLayoutHeldSlots, TheLockOfAWithBlock) {
  const Address held = lock();
  const auto kept = kept_for(held);
  put_stack(kept);
  add_with_block(static_cast<std::uint32_t>(kept.size()));
  Types types(objects);
  LockObjects locks(objects, types);
  const auto found = locks.with_blocks(frame);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].lock, held);
  EXPECT_EQ(found[0].before, kSetup);
}

TEST_P(EveryLayoutHeldSlots, WhatWasLeftOnTheStackIsNoWithBlock) {
  const auto kept = kept_for(lock());
  put_stack(kept);
  Types types(objects);
  LockObjects locks(objects, types);
  EXPECT_TRUE(locks.with_blocks(frame).empty());
}

TEST_P(EveryLayoutHeldSlots, ALockIsKnownByItsFutex) {
  const Address wanted = lock();
  const Address semaphore = python.allocate(32);
  python.memory.put(wanted + layout.object.type.value() + 8, semaphore);
  Types types(objects);
  LockObjects locks(objects, types);
  const auto as_lock = locks.as_lock(wanted);
  ASSERT_TRUE(as_lock);
  EXPECT_TRUE(locks.is_waited_for(*as_lock, semaphore));
  EXPECT_TRUE(locks.is_waited_for(*as_lock, semaphore + 4));
  EXPECT_FALSE(locks.is_waited_for(*as_lock, semaphore + 32));
  EXPECT_FALSE(locks.is_waited_for(*as_lock, semaphore - 4));
}

TEST_P(EveryLayoutHeldSlots, AParkedThreadLeadsToTheByteOfItsLock) {
  const Address wanted = lock();
  const Address entry = python.allocate(64);  // struct wait_entry: park_arg, addr, the semaphore
  python.memory.put(entry + 8, wanted + layout.object.type.value() + 8);
  Types types(objects);
  LockObjects locks(objects, types);
  const bool parks = layout.version >= PythonVersion{3, 13, 0};
  EXPECT_EQ(locks.is_waited_for(*locks.as_lock(wanted), entry + 16), parks);
}

SF_EVERY_LAYOUT(EveryLayoutHeldSlots);

}  // namespace
}  // namespace stillframe::cpython
