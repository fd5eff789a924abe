// Any memory at all, read as an interpreter, in any layout. Two kinds of input, told apart by the first byte:
// memory as it comes, at address 0, so that small numbers are pointers into it; or a sound process with words changed,
// which gets further in.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "changes.h"
#include "cpython/fake_python.h"
#include "cpython/fake_target.h"
#include "cpython/runtime/debug_offsets.h"
#include "cpython/runtime/runtime.h"
#include "cpython/runtime/search.h"
#include "cpython/runtime/sys_module.h"
#include "cpython/stacks/code.h"
#include "cpython/stacks/interpreters.h"
#include "cpython/stacks/thread_names.h"

namespace {

using stillframe::cpython::Layout;
using stillframe::cpython::Runtime;
using stillframe::memory::Address;
using stillframe::testing::Change;
using stillframe::testing::FakeMemory;
using stillframe::testing::FakePython;
using stillframe::testing::for_each_change;

// Everything that a still reads of an interpreter.
void read_all(const FakeMemory& memory, const Runtime& runtime) {
  using namespace stillframe::cpython;
  const Objects objects(memory, runtime.layout);
  CodeCache codes(objects, runtime.code_type);
  auto process = InterpreterReader(objects, runtime, codes).read();
  for (RawInterpreter& interpreter : process.interpreters) {
    static_cast<void>(sys_version(objects, interpreter.address));
    if (const auto table = find_thread_table(objects, interpreter.address)) {
      read_thread_names(objects, *table, interpreter);
    }
    for (const RawThread& thread : interpreter.threads) {
      for (const RawFrame& frame : thread.chain.frames) {
        static_cast<void>(locate(*frame.code, frame.lasti, runtime.layout.version));
      }
    }
  }
}

const Layout& layout_by(std::uint8_t number) {
  const auto all = stillframe::cpython::all_layouts();
  return *all[number % all.size()];
}

void read_raw_memory(const Layout& table, std::span<const std::uint8_t> input) {
  FakeMemory memory;
  memory.write(0, std::as_bytes(input));
  Runtime runtime{.version = table.version, .build = table.build, .layout = table};
  runtime.runtime = 8;
  if (const auto own = apply_debug_offsets(table, memory, runtime.runtime)) {
    runtime.layout = own->layout;
  }
  runtime.interpreters_head_at = 8;
  runtime.layout.hash_secret = stillframe::cpython::HashSecret{};  // dicts are asked by hashes
  read_all(memory, runtime);
  std::vector<stillframe::target::Mapping> mappings{
      {.begin = 0, .end = input.size(), .readable = true, .writable = true}};
  const stillframe::testing::FakeTarget target(memory, std::move(mappings), true);
  using namespace stillframe::cpython;
  static_cast<void>(search_interpreters(target, memory, {&table}, SearchScope::everything));
  static_cast<void>(search_threads(target, memory, table, 64));
}

// Two threads, one with two frames, named, in an interpreter that knows its modules.
Runtime make_process(FakePython& python) {
  const Address code = python.code("work", "/srv/app.py", 3, "\x80\x00\x12\x01");
  const Address interpreter = python.interpreter();
  const Address first = python.thread(interpreter, python.frame(code, 0), 4096);
  const Address second = python.thread(interpreter, python.frame(code, python.frame(code, 0)), 8192);
  python.link(interpreter, {second, first});
  const bool old = python.layout.version.major < 3;
  const Address name = python.text(old ? "_Thread__name" : "_name");
  const Address thread = python.instance(python.dict({{name, python.text("loader")}}));
  const Address active = python.dict({{python.integer(8192), thread}});
  const Address module = python.module(python.dict({{python.text("_active"), active}}));
  python.set(interpreter, python.layout.interpreter.modules, python.dict({{python.text("threading"), module}}));
  python.set(interpreter, python.layout.interpreter.sysdict,
             python.dict({{python.text("version"), python.text("3.12.1 (main)")}}));
  return python.runtime(interpreter);
}

void read_changed_process(const Layout& table, std::span<const std::uint8_t> input) {
  FakePython python(table);
  Runtime runtime = make_process(python);
  runtime.layout.hash_secret = stillframe::cpython::HashSecret{};
  for_each_change(input, [&](const Change& change) {
    const auto& [begin, size] = python.pieces[change.piece % python.pieces.size()];
    const Address at = begin + (change.word * std::size_t{4}) % (size - 8);
    make(change, python.memory, at, python.pieces[change.other % python.pieces.size()].first + 64);
  });
  read_all(python.memory, runtime);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::span<const std::uint8_t> input(data + 2, size - 2);
  if (data[0] % 4 == 0) {
    read_raw_memory(layout_by(data[1]), input);
  } else {
    read_changed_process(layout_by(data[1]), input);
  }
  return 0;
}
