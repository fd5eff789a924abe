#include "cpython/asyncio/await_chain.h"

#include <fmt/format.h>

#include <array>

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
    const Type* found = types_.find(*type);
    const std::string_view name = found != nullptr ? std::string_view(found->name) : std::string_view();
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
    chain.broken = own.broken.value_or(fmt::format("the coroutine at {:#x} leads to no code", at));
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
