#include "session/session.h"

#include <algorithm>
#include <utility>

#include "cpython/stacks/greenlet_module.h"

namespace stillframe::session {
namespace {

constexpr std::size_t kMostOfCode = std::size_t{32} << 20U;

// An address in the data of the file that the interpreter is in.
cpython::Address interpreter_data(const cpython::Runtime& runtime) {
  for (const cpython::Address at : {runtime.runtime, runtime.code_type, runtime.interpreters_head_at}) {
    if (at != 0) {
      return at;
    }
  }
  return 0;
}

}  // namespace

Session::Native::Native(const target::Target& target, const cpython::Runtime& runtime,
                        const binary::FetchDebugFile& fetch)
    : code(target.memory(), kMostOfCode),
      modules(target, code),
      names(target, modules, cpython::dialect_of(runtime.version), interpreter_data(runtime), fetch) {
  modules.ask_for_functions(
      [this](native::Module& module, native::Address pc) { return names.function_at(module, pc); });
}

Result<std::unique_ptr<Session>> Session::open(target::Target& target, Options options) {
  std::unique_ptr<Session> session(new Session(target, std::move(options)));
  if (auto done = session->discover(); !done) {
    return std::unexpected(std::move(done.error()));
  }
  return session;
}

Result<void> Session::discover() {
  auto runtime = cpython::discover(target_, memory_,
                                   {.exhaustive = options_.exhaustive, .accept_unknown = options_.accept_unknown});
  const bool none = !runtime && runtime.error().kind == ErrorKind::not_python;
  if (!runtime && (!none || !options_.accept_unknown)) {
    if (none) {
      runtime.error().advice += "; --native-all shows the native stacks of any program";
    }
    return std::unexpected(std::move(runtime.error()));
  }
  begin(runtime ? std::move(*runtime) : cpython::Runtime{});
  return {};
}

std::unique_ptr<Session> Session::of(target::Target& target, cpython::Runtime runtime, Options options) {
  std::unique_ptr<Session> session(new Session(target, std::move(options)));
  session->begin(std::move(runtime));
  return session;
}

void Session::begin(cpython::Runtime runtime) {
  runtime_ = std::move(runtime);
  codes_.reset();
  objects_.emplace(memory_, runtime_.layout);
  codes_.emplace(*objects_, runtime_.code_type);
  begin_native();
}

void Session::begin_native() {
  runtime_.has_greenlets = cpython::greenlet_is_loaded(target_);
  native_ = std::make_unique<Native>(target_, runtime_, options_.fetch);
}

void Session::set_fetch(const binary::FetchDebugFile& fetch) {
  options_.fetch = fetch;
  native_->names.set_fetch(fetch);
}

Result<target::Change> Session::refresh(bool native) {
  auto change = target_.refresh(native);
  if (!change) {
    return std::unexpected(std::move(change.error()));
  }
  // Programs that make functions all the time leave thousands of code objects behind.
  constexpr std::size_t kMostCodes = 200'000;
  if (codes_->size() > kMostCodes) {
    codes_.emplace(*objects_, runtime_.code_type);
  }
  if (*change == target::Change::mappings) {
    begin_native();
  } else if (*change == target::Change::program) {
    memory_.clear();
    if (auto done = discover(); !done) {
      return std::unexpected(std::move(done.error()));
    }
  }
  return change;
}

}  // namespace stillframe::session
