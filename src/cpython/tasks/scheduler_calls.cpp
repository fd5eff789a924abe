#include "cpython/tasks/scheduler_calls.h"

#include <algorithm>
#include <cstdint>
#include <ranges>

namespace stillframe::cpython {

const KnownWait* known_wait(Instances& instances, std::span<const KnownWait> known, const SchedulerCall& call) {
  const auto found = std::ranges::find_if(known, [&](const KnownWait& one) {
    return (one.function.empty() || one.function == call.function) && call.self != 0 &&
           instances.is_a(call.self, one.type);
  });
  return found == known.end() ? nullptr : &*found;
}

std::vector<SchedulerCall> SchedulerCalls::of(const AwaitChain& chain, std::size_t left_out) {
  std::vector<SchedulerCall> calls;
  for (const RawFrame& frame : chain.frames | std::views::reverse | std::views::drop(left_out)) {
    if (!is_own(*frame.code)) {
      break;
    }
    calls.push_back(
        {.frame = &frame, .function = frame.code->name, .self = local_variable(variables_, frame, "self").value_or(0)});
  }
  return calls;
}

std::size_t SchedulerCalls::count(const AwaitChain& chain) {
  const auto inward = chain.frames | std::views::reverse;
  const auto first = std::ranges::find_if(inward, [&](const RawFrame& frame) { return !is_own(*frame.code); });
  return static_cast<std::size_t>(first - inward.begin());
}

bool SchedulerCalls::is_own(const Code& code) {
  const auto [known, fresh] = known_.try_emplace(&code, false);
  if (fresh) {
    known->second = is_library_(code.filename);
  }
  return known->second;
}

std::optional<double> number_in(Instances& instances, Variables& variables, const RawFrame& frame,
                                std::string_view variable) {
  const VariableList list = variables.read(frame);
  const auto found = std::ranges::find_if(list.list, [&](const Variable& one) { return *one.name == variable; });
  if (found == list.list.end()) {
    return std::nullopt;
  }
  if (found->number) {
    return static_cast<double>(*found->number);
  }
  const Type* type = instances.types().of(found->value);
  return type != nullptr ? real_number(instances.objects(), *type, found->value) : std::nullopt;
}

std::optional<WatchedFile> watched_file(std::optional<double> fd, bool to_write) {
  return fd && *fd >= 0 && *fd <= INT32_MAX
             ? std::optional(WatchedFile{.fd = static_cast<int>(*fd), .to_write = to_write})
             : std::nullopt;
}

std::optional<std::string> text_in(Instances& instances, Variables& variables, const RawFrame& frame,
                                   std::string_view variable) {
  const auto value = local_variable(variables, frame, variable);
  return value ? instances.objects().text(*value) : std::nullopt;
}

void fold_calls(AwaitChain& chain, std::string_view file) {
  while (chain.frames.size() > 1 && chain.frames.back().code->filename.ends_with(file)) {
    chain.frames.pop_back();
  }
}

}  // namespace stillframe::cpython
