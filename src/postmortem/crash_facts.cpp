#include "postmortem/crash_facts.h"

#include <algorithm>
#include <csignal>

#include "postmortem/abort_message.h"
#include "postmortem/cpu_fault.h"
#include "postmortem/exception_facts.h"
#include "resolve/native_ids.h"
#include "target/system_calls.h"

namespace stillframe::postmortem {
namespace {

// The kernel shows the registers of a forbidden call as they were before it (syscall_rollback()): its number in rax.
std::optional<std::string> forbidden_call(const native::ThreadStack& died) {
#if defined(__x86_64__)
  const auto number = died.registers.get(0);
#else
  const auto number = died.registers.get(8);
#endif
  constexpr std::uint64_t kMostCalls = 4096;
  if (!number || *number > kMostCalls) {
    return std::nullopt;
  }
  const auto name = target::system_call_name(target::kThisMachine, static_cast<std::int64_t>(*number));
  return name.empty() ? std::nullopt : std::optional<std::string>(name);
}

void add_last_words(const target::Target& target, const native::ThreadStack& died, model::Crash& crash) {
  crash.abort_message = abort_message(target, target.memory());
  if (auto exception = cpp_exception(target, target.memory(), died.thread_pointer)) {
    crash.cpp_exception = model::CppException{.type = std::move(exception->type), .what = std::move(exception->what)};
  }
}

void add_fatal_error(native::Modules& modules, native::Names& names, const native::ThreadStack& died,
                     model::Crash& crash) {
  auto said = fatal_error(modules, died.stack, [&](std::size_t frame) {
    const auto& calls = names.calls(died.stack, frame);
    return calls.empty() ? std::string_view() : calls.back().function;
  });
  crash.fatal_function = std::move(said.function);
  crash.fatal_message = std::move(said.message);
}

void add_native_facts(const target::Target& target, native::Modules& modules, native::Names& names,
                      const native::ThreadStack& died, model::Crash& crash) {
  crash.fault = describe_cpu_fault(target, modules, died, crash);
  crash.stack = describe_stack(target, died, crash);
  if (crash.signal == SIGSYS) {
    crash.system_call = forbidden_call(died);
  }
  if (crash.signal == SIGABRT) {
    add_last_words(target, died, crash);
    add_fatal_error(modules, names, died, crash);
  }
}

}  // namespace

void add_crash_facts(const target::Target& target, const cpython::Runtime& runtime, native::Modules& modules,
                     native::Names& names, const capture::Snapshot& snapshot, model::Still& still) {
  model::Crash& crash = *still.crash;
  if (!crash.tid) {
    return;
  }
  const auto died = std::ranges::find(snapshot.stacks, *crash.tid, &native::ThreadStack::tid);
  if (died != snapshot.stacks.end()) {
    add_native_facts(target, modules, names, *died, crash);
  }
  const auto tids = resolve::match_threads(snapshot.process, target, snapshot.objects->memory(), snapshot.threads);
  for (const auto& interpreter : snapshot.process.interpreters) {
    for (const auto& thread : interpreter.threads) {
      if (const auto tid = tids.find(thread.address); tid != tids.end() && tid->second == *crash.tid) {
        add_exceptions(runtime, snapshot, interpreter, thread.address, still);
        return;
      }
    }
  }
}

}  // namespace stillframe::postmortem
