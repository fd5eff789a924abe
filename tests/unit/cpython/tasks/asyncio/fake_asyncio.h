// Coroutines, futures and tasks of asyncio, made by hand in the memory of a fake Python, in any layout from 3.7 on.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cpython/fake_python.h"
#include "cpython/tasks/asyncio/futures.h"

namespace stillframe::testing {

class FakeAsyncio {
 public:
  using Address = memory::Address;

  explicit FakeAsyncio(FakePython& of)
      : python(of),
        version(of.layout.version),
        task_type(of.type("_asyncio.Task")),
        future_type(of.type("_asyncio.Future")) {}

  // Which words behind an object's head these members are (Modules/_asynciomodule.c).
  struct Words {
    std::uint32_t state, waits_for, coroutine, name;
  };
  [[nodiscard]] Words words() const {
    switch (version.minor) {
      case 7:
        return {7, 11, 12, 0};
      case 8:
        return {7, 11, 12, 13};
      case 9:
        return {8, 16, 17, 18};
      case 10:
        return {9, 17, 18, 19};
      case 11:
      case 12:
        return {9, 14, 15, 16};
      case 13:
        return {10, 12, 13, 14};
      default:
        return {11, 13, 14, 15};
    }
  }

  [[nodiscard]] Address word(Address object, std::uint32_t index) const {
    return object + python.layout.object.type.value() + (index + 1) * 8;
  }

  Address future(Address loop, std::int32_t state = 0) { return future_of(future_type, loop, state); }

  Address task(Address loop, Address coroutine, Address waits_for, std::string_view name = "Task-1") {
    const Address at = future_of(task_type, loop, 0);
    python.memory.put(word(at, words().coroutine), coroutine);
    python.memory.put(word(at, words().waits_for), waits_for);
    if (words().name != 0) {
      python.memory.put(word(at, words().name), python.text(name));
    }
    return at;
  }

  void set_callback(Address future, Address callback) { python.memory.put(word(future, 1), callback); }

  // What wakes a task: from 3.8 on a built-in method, before that an object of its own.
  Address wakeup(Address task) {
    if (version < cpython::PythonVersion{3, 8, 0}) {
      const Address at = python.object(python.type("TaskWakeupMethWrapper"));
      python.memory.put(word(at, 0), task);
      return at;
    }
    const Address name = python.allocate(32);
    python.memory.put_text(name, "task_wakeup");
    const Address definition = python.allocate(64);
    python.memory.put(definition, name);
    const Address at = python.object(python.type("builtin_function_or_method"));
    python.memory.put(word(at, 0), definition);
    python.memory.put(word(at, 1), task);
    return at;
  }

  // A coroutine that is suspended in `await awaited`.
  Address coroutine(std::string_view name, Address awaited, std::string_view file = "/srv/app.py") {
    const auto& layout = python.layout;
    if (coroutine_type == 0) {
      coroutine_type = python.type("coroutine");
    }
    const Address at = python.object(coroutine_type, 1024);
    const Address code = python.code(name, file, 10);
    const bool late = version >= cpython::PythonVersion{3, 15, 0};
    if (!python.light_frames()) {
      suspend_frame_object(at, code, awaited);
      return at;
    }
    python.set(code, layout.code.localsplusnames, python.tuple({}));
    const Address frame = at + layout.generator.frame.value();
    const Address instruction = code + layout.code.code_adaptive.value() + 4;
    python.memory.put(instruction + 3, std::uint8_t{3});  // the argument of RESUME: in an await
    python.set(frame, layout.frame.executable, code);
    python.set(frame, layout.frame.instr_ptr, instruction);
    python.set(frame, layout.frame.owner, std::uint8_t{1});
    const Address stack = frame + layout.frame.localsplus.value();
    python.memory.put(stack, awaited);
    const std::uint32_t depth = late ? 2 : 1;
    if (version >= cpython::PythonVersion{3, 14, 0}) {
      python.set(frame, layout.frame.stacktop, stack + depth * 8);
    } else {
      python.set(frame, layout.frame.stacktop, std::int32_t{1});
    }
    python.set(at, layout.generator.state, static_cast<std::int8_t>(late ? 2 : -1));
    return at;
  }

  // An object by which a coroutine awaits a future.
  Address iterator(Address future) {
    const Address at = python.object(python.type("_asyncio.FutureIter"));
    python.memory.put(word(at, 0), future);
    return at;
  }

  // What a coroutine awaits, anew.
  void await(Address coroutine, Address awaited) {
    const auto& layout = python.layout;
    python.memory.put(python.light_frames()
                          ? coroutine + layout.generator.frame.value() + layout.frame.localsplus.value()
                          : stacks.at(coroutine),
                      awaited);
  }

  Address set(const std::vector<Address>& elements) {
    const Address at = python.object(python.type("set"));
    const Address table = python.allocate(std::size_t{16} * 16);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      python.memory.put(table + i * 16, elements[i]);
      python.memory.put(table + i * 16 + 8, std::uint64_t{7});
    }
    python.memory.put(word(at, 1), std::uint64_t{elements.size()});
    python.memory.put(word(at, 2), std::uint64_t{15});
    python.memory.put(word(at, 3), table);
    return at;
  }

  // What asyncio calls its set of all tasks.
  [[nodiscard]] std::string_view set_of_tasks() const {
    return version < cpython::PythonVersion{3, 12, 0} ? "_all_tasks" : "_scheduled_tasks";
  }

  Address weak_set(const std::vector<Address>& objects) {
    std::vector<Address> references;
    for (const Address object : objects) {
      const Address reference = python.object(python.type("weakref.ReferenceType"));
      python.memory.put(word(reference, 0), object);
      references.push_back(reference);
    }
    return python.instance(python.dict({{python.text("data"), set(references)}}));
  }

  FakePython& python;
  cpython::PythonVersion version;
  Address task_type;
  Address future_type;
  Address coroutine_type = 0;
  std::map<Address, Address> stacks;  // of coroutines to 3.10: their value stacks

 private:
  Address future_of(Address type, Address loop, std::int32_t state) {
    const Address at = python.object(type, 512);
    python.memory.put(word(at, 0), loop);
    python.memory.put(word(at, words().state), state);
    return at;
  }

  void suspend_frame_object(Address coroutine, Address code, Address awaited) {
    const auto& layout = python.layout;
    const bool counted = version >= cpython::PythonVersion{3, 10, 0};
    const Address frame = python.object(python.type("frame"), 640);
    const Address stack = python.allocate(64);
    const Address instructions = python.bytes(std::string(8, '\0'));
    python.set(code, layout.code.code, instructions);
    python.memory.put(instructions + layout.bytes.data.value() + 4, std::uint8_t{72});  // YIELD_FROM
    python.set(frame, layout.frame_object.code, code);
    python.set(frame, layout.frame_object.lasti, std::int32_t{counted ? 1 : 2});
    python.memory.put(stack, awaited);
    const Address trace = frame + layout.frame_object.trace.value();
    python.memory.put(trace - (counted ? 8 : 16), stack);
    if (counted) {
      python.memory.put(trace + 8, std::int32_t{1});
      python.set(frame, layout.frame_object.state, std::int8_t{-1});
    } else {
      python.memory.put(trace - 8, stack + 8);
    }
    python.memory.put(word(coroutine, 0), frame);
    stacks[coroutine] = stack;
  }
};

}  // namespace stillframe::testing
