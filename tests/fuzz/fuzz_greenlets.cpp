// Greenlets whose records, stacks, types and modules are anything: a process with one suspended greenlet and a main
// one, in any layout and for any version of greenlet, with words of it changed. What is found is walked, read through
// the stack that was moved away, and unwound.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "changes.h"
#include "cpython/fake_greenlets.h"
#include "native/greenlet_stacks.h"

namespace {

namespace cpython = stillframe::cpython;
namespace memory = stillframe::memory;
namespace native = stillframe::native;
namespace target = stillframe::target;
using stillframe::testing::Change;
using stillframe::testing::FakeGreenlets;
using stillframe::testing::FakePython;
using stillframe::testing::FakeTarget;
using stillframe::testing::for_each_change;

void apply(FakePython& python, const FakeGreenlets& fake, const Change& change) {
  const auto& [begin, size] = python.pieces[change.piece % python.pieces.size()];
  // Most of what decides stands in the record.
  const bool record = (change.how & 0x80U) != 0;
  const memory::Address at =
      record ? fake.record + change.word % 64 * std::size_t{8} : begin + change.word * std::size_t{8} % (size - 8);
  make(change, python.memory, at, python.pieces[change.other % python.pieces.size()].first + 64);
}

// Another one of the same thread: the one it began with, which waits as well.
void add_main(FakePython& python, FakeGreenlets& fake) {
  const memory::Address record = python.allocate(512);
  const memory::Address main = fake.make_greenlet(fake.type, record);
  python.set(record, fake.fields.stack_stop, ~memory::Address{0});
  python.set(record, fake.fields.stack_start, fake.stack + 2048);
  python.set(record, fake.fields.top_frame, fake.top_frame);
  python.set(record, fake.fields.current_frame, fake.park);
  fake.set(fake.fields.main_greenlet, main);
  const memory::Address thread = python.allocate(64);
  python.memory.put(thread, std::array{main, fake.make_greenlet(fake.type, fake.record)});
  python.set(record, fake.fields.thread_state, thread);
}

void unwind(const FakePython& python, const FakeGreenlets& fake, const cpython::GreenletList& list) {
  std::vector<target::Mapping> mappings;
  for (const auto& [begin, size] : python.pieces) {
    mappings.push_back({.begin = begin, .end = begin + size, .readable = true, .writable = true, .executable = true});
  }
  const FakeTarget target(fake.whole, std::move(mappings), true);
  memory::CapturedMemory captured(fake.whole);
  native::Modules modules(target, fake.whole);
  native::GreenletStacks stacks(target, captured, modules);
  stacks.capture(list);
  if (stacks.unwind(list, false).size() != list.greenlets.size()) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 4;
  if (size < kHead) {
    return 0;
  }
  const auto layouts = cpython::all_layouts();
  FakePython python(*layouts[data[0] % layouts.size()]);
  FakeGreenlets fake(python);
  if ((data[1] & 1U) != 0) {
    fake.make_greenlet(fake.type, fake.record);
  }
  if ((data[1] & 2U) != 0) {
    add_main(python, fake);
  }
  if ((data[1] & 4U) != 0) {
    fake.import({.major = static_cast<std::uint8_t>(data[2] % 5),
                 .minor = static_cast<std::uint8_t>(data[3] % 8),
                 .micro = static_cast<std::uint8_t>(data[1] >> 4U)});
  }
  for_each_change({data + kHead, size - kHead}, [&](const Change& change) { apply(python, fake, change); });
  const auto list = fake.read();
  for (const cpython::RawGreenlet& greenlet : list.greenlets) {
    // Whoever waits has a stack that makes sense, and its frames have code.
    if (greenlet.suspended && greenlet.stack_start >= greenlet.stack_stop) {
      std::abort();
    }
    for (const cpython::RawFrame& frame : greenlet.chain.frames) {
      static_cast<void>(cpython::locate(*frame.code, frame.lasti, cpython::dialect_of(python.layout)));
    }
  }
  const cpython::Objects objects(fake.whole, python.layout);
  for (const cpython::RawGreenlet& greenlet : list.greenlets) {
    static_cast<void>(cpython::qualified_type_name(objects, greenlet.type));
  }
  unwind(python, fake, list);
  return 0;
}
