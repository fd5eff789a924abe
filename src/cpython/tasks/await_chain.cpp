#include "cpython/tasks/await_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// More calls within one another than this are no program's: the recursion limit ends them at a thousand, and a program
// that has raised it awaits a hundred thousand at most before its C stack ends.
constexpr std::uint64_t kDeepest = 200'000;

}  // namespace

AwaitChain AwaitChains::follow(Address coroutine) {
  AwaitChain chain;
  ChainGuard guard(kDeepest);
  for (Address at = coroutine; at != 0 && !chain.broken;) {
    if (!guard.step(at)) {
      chain.broken = fmt::format("the coroutines await one another in a circle at {:#x}", at);
      break;
    }
    at = visit(at, chain);
  }
  return chain;
}

std::optional<InnermostCall> AwaitChains::innermost(Address coroutine,
                                                    const std::function<bool(const InnermostCall&)>& suffices) {
  InnermostCall call;
  ChainGuard guard(kDeepest);
  for (Address at = coroutine; at != 0;) {
    if (!guard.step(at)) {
      return std::nullopt;
    }
    const Awaitable kind = kind_of(at);
    if (kind == Awaitable::wrapper) {
      at = part(objects_, at, 0).value_or(0);
      continue;
    }
    if (kind != Awaitable::generator) {
      break;
    }
    const auto state = generator_state(objects_, at);
    const auto* function = state && state->state == Suspension::suspended ? function_of(*state) : nullptr;
    if (function == nullptr) {
      return std::nullopt;
    }
    call = {.function = function, .caller = call.function};
    if (suffices(call)) {
      return call;
    }
    at = awaited_by_generator(objects_, at, *state).value_or(0);
  }
  return call.function != nullptr ? std::optional(call) : std::nullopt;
}

// Less than a Code has: that is read for those of which calls are shown.
const InnermostCall::Function* AwaitChains::function_of(const GeneratorState& generator) {
  const Layout& layout = objects_.layout();
  const bool object = layout.version < PythonVersion{3, 11, 0};
  const auto code =
      objects_.pointer(generator.frame, object ? layout.frame_object.code : layout.frame.executable).value_or(0);
  const auto [known, fresh] = functions_.try_emplace(code);
  if (fresh) {
    // Low bits of a stack reference are tags (3.14: Include/internal/pycore_stackref.h).
    const auto name = objects_.pointer(code & ~Address{3}, layout.code.name);
    const auto file = objects_.pointer(code & ~Address{3}, layout.code.filename);
    auto name_text = name ? objects_.text(*name) : std::nullopt;
    auto file_text = file ? objects_.text(*file) : std::nullopt;
    if (name_text && file_text) {
      known->second = {.name = std::move(*name_text), .file = std::move(*file_text)};
    }
  }
  return known->second ? &*known->second : nullptr;
}

// tp_name of the types that stand between one coroutine and the next (Objects/genobject.c, Objects/iterobject.c,
// Modules/_asynciomodule.c).
AwaitChains::Awaitable AwaitChains::kind_of(Address object) {
  constexpr std::array generators{"coroutine", "generator", "async_generator"};
  constexpr std::array wrappers{"coroutine_wrapper", "async_generator_asend", "async_generator_athrow",
                                "anext_awaitable"};
  const auto type = objects_.type_of(object);
  if (!type) {
    return Awaitable::other;
  }
  const auto [known, fresh] = kinds_.try_emplace(*type, Awaitable::other);
  if (fresh) {
    const std::string name = objects_.type_name(*type).value_or("");
    const auto among = [&](const auto& names) { return std::ranges::find(names, name) != names.end(); };
    known->second = among(generators)                                       ? Awaitable::generator
                    : among(wrappers)                                       ? Awaitable::wrapper
                    : name == "_asyncio.FutureIter" || name == "FutureIter" ? Awaitable::future
                                                                            : Awaitable::other;
  }
  return known->second;
}

Address AwaitChains::visit(Address at, AwaitChain& chain) {
  switch (kind_of(at)) {
    case Awaitable::generator:
      return visit_generator(at, chain);
    case Awaitable::wrapper:
      return part(objects_, at, 0).value_or(0);
    case Awaitable::future:
      chain.end = part(objects_, at, 0).value_or(0);
      return 0;
    case Awaitable::other:
      chain.end = at;
      return 0;
  }
  return 0;
}

Address AwaitChains::visit_generator(Address at, AwaitChain& chain) {
  const auto state = generator_state(objects_, at);
  if (!state) {
    chain.broken = fmt::format("the coroutine at {:#x} cannot be read", at);
    return 0;
  }
  if (state->frame == 0) {
    return 0;  // it has ended
  }
  // This frame alone: it leads nowhere.
  FrameChain own = walk_frames_from(objects_, codes_, {.top = state->frame, .behind_top = Address{0}});
  if (own.frames.empty()) {
    chain.broken = own.broken ? describe(*own.broken) : fmt::format("the coroutine at {:#x} leads to no code", at);
    return 0;
  }
  chain.begun = chain.begun && (!chain.frames.empty() || state->state != Suspension::not_started);
  chain.frames.push_back(own.frames.front());
  if (state->state == Suspension::running) {
    chain.running = true;
    return 0;
  }
  return awaited_by_generator(objects_, at, *state).value_or(0);
}

}  // namespace stillframe::cpython
