// The memory of a program with tasks of asyncio, trio and curio, changed in any way, read in any layout. The first byte
// chooses the layout; what follows are changes of words in tasks, futures, coroutines, callbacks, nurseries, cancel
// scopes, loops and sets.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "capture/task_trouble.h"
#include "changes.h"
#include "cpython/fake_target.h"
#include "cpython/tasks/asyncio/fake_asyncio.h"
#include "cpython/tasks/program_tasks.h"

namespace {

using namespace stillframe::cpython;  // NOLINT(google-build-using-namespace): a program of its own
using stillframe::testing::Change;
using stillframe::testing::FakeAsyncio;
using stillframe::testing::FakePython;
using stillframe::testing::FakeTarget;
using stillframe::testing::for_each_change;

struct Program {
  Address interpreter = 0;
  std::vector<Address> objects;
  Code loop, run;  // of the calls by which curio's kernel is found
  std::vector<RawFrame> frames;
};

// A run of trio with a task that waits, in the nursery of another one; the module that leads to it.
template <typename Keep>
Address make_trio(FakePython& python, FakeAsyncio& asyncio, const Keep& keep) {
  const auto attributes = [&](std::vector<std::pair<std::string_view, Address>> list) {
    std::vector<std::pair<Address, Address>> entries;
    for (const auto& [name, value] : list) {
      entries.emplace_back(python.text(name), value);
    }
    return python.dict(entries);
  };
  const auto instance = [&](std::vector<std::pair<std::string_view, Address>> list) {
    return keep(python.instance(keep(attributes(std::move(list)))));
  };
  const Address scope = instance({{"_registered_deadline", python.integer(5)}});
  const Address status = instance({{"_scope", scope}, {"_parent", scope}});
  const Address parent = instance({{"coro", keep(asyncio.coroutine("main", 0))}, {"_cancel_status", status}});
  const Address child = instance({{"coro", keep(asyncio.coroutine("park", 0, "/site/trio/_core/_parking_lot.py"))},
                                  {"_abort_func", scope},
                                  {"_parent_nursery", instance({{"_parent_task", parent}})},
                                  {"custom_sleep_data", scope},
                                  {"_cancel_status", status}});
  const Address heap = python.list({keep(python.tuple({python.integer(5), python.integer(1), scope}))});
  const Address runner = instance({{"tasks", keep(asyncio.set({parent, child}))},
                                   {"runq", python.list({})},
                                   {"clock", instance({{"offset", python.integer(1)}})},
                                   {"deadlines", instance({{"_heap", keep(heap)}})}});
  const Address context = keep(python.object(python.type("RunContext")));
  python.memory.put(asyncio.word(context, 4), python.dict({{scope, keep(attributes({{"runner", runner}}))}}));
  return python.module(attributes({{"GLOBAL_RUN_CONTEXT", context}}));
}

// A call of curio's own, with one variable.
RawFrame call(FakePython& python, Code& code, std::string_view name, std::string_view variable, Address value) {
  const auto& layout = python.layout;
  code.address = python.code(name, "/site/curio/kernel.py", 1);
  code.name = name;
  code.filename = "/site/curio/kernel.py";
  const Address names = python.tuple({python.text(variable)});
  python.set(code.address, layout.code.flags, std::uint32_t{1});
  python.set(code.address, layout.code.argcount, std::uint32_t{1});
  python.set(code.address, layout.code.varnames, names);
  python.set(code.address, layout.code.cellvars, python.tuple({}));
  python.set(code.address, layout.code.freevars, python.tuple({}));
  python.set(code.address, layout.code.localsplusnames, names);
  python.set(code.address, layout.code.localspluskinds, python.bytes("\x20"));
  const RawFrame frame{.address = python.frame(code.address, 0), .code = &code};
  const Offset at = python.light_frames() ? layout.frame.localsplus : layout.frame_object.localsplus;
  python.memory.put(frame.address + at.value(), value);
  return frame;
}

// A kernel of curio with a task that waits.
template <typename Keep>
void make_curio(FakePython& python, FakeAsyncio& asyncio, Program& program, const Keep& keep) {
  const auto instance = [&](std::string_view type, const std::vector<std::pair<Address, Address>>& attributes) {
    const Address of = python.type(type);
    python.set(of, python.layout.type.dictoffset, std::int64_t{128});
    const Address at = keep(python.object(of));
    python.memory.put(at + 128, keep(python.dict(attributes)));
    return at;
  };
  const Address task =
      instance("curio.task.Task", {{python.text("coro"), keep(asyncio.coroutine("wait", 0, "/site/curio/sync.py"))},
                                   {python.text("state"), python.text("EVENT_WAIT")},
                                   {python.text("sleep"), python.integer(5)},
                                   {python.text("parentid"), python.integer(1)}});
  const Address key = python.tuple({python.integer(1), python.integer(3), python.integer(1), task});
  const Address selector =
      instance("selectors.EpollSelector", {{python.text("_fd_to_key"), python.dict({{python.integer(3), keep(key)}})}});
  const Address kernel = instance(
      "curio.kernel.Kernel",
      {{python.text("_tasks"), keep(python.dict({{python.integer(1), task}}))}, {python.text("_selector"), selector}});
  program.frames = {call(python, program.loop, "kernel_run", "current", task),
                    call(python, program.run, "run", "self", kernel)};
  keep(program.frames[0].address);
  keep(program.frames[1].address);
}

// Two tasks, one of which awaits the other, a lock, and a loop with a timer; a run of trio, a kernel of
// curio.
void make(FakePython& python, FakeAsyncio& asyncio, Program& program) {
  const auto keep = [&](Address object) { return program.objects.emplace_back(object); };
  const Address handle = keep(python.instance(python.dict({{python.text("_when"), python.integer(5)}})));
  const Address selector = keep(python.instance(python.dict({{python.text("_fd_to_key"), python.dict({})}})));
  const Address loop = keep(python.instance(python.dict({{python.text("_closed"), python.integer(0)},
                                                         {python.text("_ready"), python.list({})},
                                                         {python.text("_scheduled"), python.list({handle})},
                                                         {python.text("_selector"), selector}})));
  const Address future = keep(asyncio.future(loop));
  const Address innermost = keep(asyncio.coroutine("wait", keep(asyncio.iterator(future)), "/lib/asyncio/locks.py"));
  const Address inner = keep(asyncio.task(loop, keep(asyncio.coroutine("inner", innermost)), future));
  const Address outer =
      keep(asyncio.task(loop, keep(asyncio.coroutine("outer", keep(asyncio.iterator(inner)))), inner));
  const Address wakeup = keep(asyncio.wakeup(outer));
  asyncio.set_callback(inner, wakeup);
  const Address set = keep(asyncio.weak_set({inner, outer}));
  const Address module = python.module(keep(
      python.dict({{python.text("_all_tasks"), set}, {python.text("_current_tasks"), python.dict({{loop, outer}})}})));
  program.interpreter = python.interpreter();
  python.set(program.interpreter, python.layout.interpreter.modules,
             python.dict({{python.text("asyncio.tasks"), module},
                          {python.text("trio._core._run"), make_trio(python, asyncio, keep)},
                          {python.text("curio.kernel"), module}}));
  make_curio(python, asyncio, program, keep);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<const Layout*> layouts;
  for (const Layout* one : all_layouts()) {
    if (one->version >= PythonVersion{3, 7, 0}) {
      layouts.push_back(one);
    }
  }
  if (size < 1) {
    return 0;
  }
  FakePython python(*layouts[data[0] % layouts.size()]);
  FakeAsyncio asyncio(python);
  Program program;
  make(python, asyncio, program);
  for_each_change({data + 1, size - 1}, [&](const Change& change) {
    const Address object = program.objects[change.piece % program.objects.size()];
    const Address at = object + (change.word * std::size_t{4}) % 120;
    make(change, python.memory, at, program.objects[change.other % program.objects.size()]);
  });
  const Objects objects(python.memory, python.layout);
  CodeCache codes(objects, python.code_type);
  const FakeTarget target(python.memory, {}, true);
  RawProcess process;
  process.interpreters.push_back({.address = program.interpreter});
  process.interpreters[0].threads.push_back({.address = 0x7000});
  process.interpreters[0].threads[0].chain.frames = program.frames;
  const ProgramTasks tasks(target, objects, {program.interpreter});
  for (const TaskDepth depth : {TaskDepth::links, TaskDepth::all}) {
    const RawTasks found = tasks.read(objects, codes, process, kMostTasks, depth);
    static_cast<void>(stillframe::capture::may_be_in_trouble(found));
    if (found.tasks.size() > 100) {
      std::abort();  // there are not so many words
    }
  }
  return 0;
}
