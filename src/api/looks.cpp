#include "api/looks.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

#include "api/still_check.h"
#include "capture/capturer.h"
#include "postmortem/crash_facts.h"
#include "resolve/native_frames.h"
#include "resolve/python_facts.h"
#include "resolve/resolver.h"
#include "resolve/source_columns.h"
#include "text/still_redaction.h"
#include "waits/interrupts.h"
#include "waits/resources.h"
#include "waits/task_waits.h"
#include "waits/thread_pools.h"
#include "waits/thread_waits.h"

namespace stillframe::api {
namespace {

// What threads and tasks wait for, and who holds it. What was read of it is said of those who have not moved since the
// moment of the still, and of nobody else.
void add_waits(const capture::Snapshot& snapshot, const target::Target& target, const resolve::ThreadIds& tids,
               const cpython::Runtime& runtime, waits::ThreadWaits& threads, model::Still& still) {
  threads.put(still);
  waits::add_resources(snapshot, target, tids, runtime, snapshot.redaction, still);
  waits::add_pools(snapshot, tids, still);
  waits::find_interrupt_handler(snapshot, target, runtime, still);
  std::optional<waits::TaskFiles> tasks;
  if (still.tasks) {
    tasks.emplace(target, still);
  }
  const bool wanted =
      std::ranges::any_of(still.threads, [](const model::Thread& one) { return one.wants.has_value(); });
  const auto unmoved = wanted || tasks ? threads.unmoved() : std::unordered_set<target::Tid>{};
  waits::forget_what_movers_want(unmoved, still);
  if (tasks) {
    tasks->tell(unmoved, still);
  }
}

}  // namespace

Result<session::Session*> Looks::session_for(const capture::Options& options) {
  const bool accept_unknown = options.native == capture::NativeOption::all;
  // What has no Python may be looked at in one way and not in the other.
  const bool fits = session_ && session_->options().exhaustive == options.exhaustive &&
                    (session_->runtime().present() || session_->options().accept_unknown == accept_unknown);
  if (!fits) {
    auto opened = session::Session::open(
        target_, {.exhaustive = options.exhaustive, .accept_unknown = accept_unknown, .fetch = options.fetch});
    if (!opened) {
      return std::unexpected(std::move(opened.error()));
    }
    session_ = std::move(*opened);
    return session_.get();
  }
  const auto change = session_->refresh(options.native != capture::NativeOption::none);
  if (!change) {
    return std::unexpected(change.error());
  }
  if (*change == target::Change::program) {
    sources_.clear();
  }
  session_->set_fetch(options.fetch);
  return session_.get();
}

Result<model::Still> Looks::take(const capture::Options& options) {
  const auto opened = session_for(options);
  if (!opened) {
    return std::unexpected(opened.error());
  }
  target_.file_budget()->begin(options.max_read);
  target_.limit_stops(options.stop_limit);
  session::Session& session = **opened;
  const cpython::Runtime& runtime = session.runtime();
  native::Names& names = session.names();
  const bool with_waits = options.resources != capture::ResourceOption::none;
  // Chains and JSON tell it.
  const bool how_long =
      options.tasks == capture::TaskOption::waits || options.resources == capture::ResourceOption::states;
  waits::ThreadWaits waits(target_, target_.source(), how_long);
  auto snapshot = capture::take_snapshot(session, options, [&](const auto& threads, const auto& calls) {
    if (with_waits) {
      waits.observe(threads, calls);
    }
  });
  if (!snapshot) {
    return std::unexpected(std::move(snapshot.error()));
  }
  model::Still still;
  still.taken_at = std::chrono::system_clock::now();
  still.source = target_.source();
  still.consistency = snapshot->consistency;
  still.crash = target_.crash();
  still.warnings = runtime.warnings;
  std::ranges::move(snapshot->warnings, std::back_inserter(still.warnings));
  if (runtime.present()) {
    still.python = resolve::describe_python(snapshot->process, runtime, session.objects());
  } else if (runtime.claimed) {
    still.python = model::Python{.version = fmt::format("{}.{}", runtime.claimed->major, runtime.claimed->minor)};
  }
  resolve::NativeFrames native(*snapshot, names, still, options.native);
  snapshot->resources = options.resources;
  snapshot->redaction = options.values.redaction;
  const auto tids = resolve::resolve_still(*snapshot, target_, runtime, native, still);
  if (with_waits) {
    add_waits(*snapshot, target_, tids, runtime, waits, still);
  }
  if (still.crash) {
    postmortem::add_crash_facts(target_, runtime, session.modules(), names, *snapshot, still);
  }
  for (const std::string& file : names.cut_files()) {
    still.partial = true;
    still.warnings.push_back(file +
                             " or its debug file became shorter while it was read: functions in it have no names");
  }
  still.partial = still.partial || runtime.claimed.has_value() || target_.cut_short();
  resolve::add_sources(still, target_, options.values.redaction, sources_);
  // Last, for they also tell of files that were asked for on the way.
  std::ranges::move(target_.warnings(), std::back_inserter(still.warnings));
  if (auto unread = target_.file_budget()->warning()) {
    still.partial = true;
    still.warnings.push_back(std::move(*unread));
  }
  check_fits_together(still);
  return still;
}

Result<model::Inspection> Looks::inspect(const capture::Options& options) {
  const auto opened = session_for(options);
  if (!opened) {
    return std::unexpected(opened.error());
  }
  session::Session& session = **opened;
  const cpython::Runtime& runtime = session.runtime();
  target_.limit_stops(options.stop_limit);
  auto snapshot = capture::take_snapshot(session, options);
  if (!snapshot) {
    return std::unexpected(std::move(snapshot.error()));
  }
  model::Inspection inspection;
  inspection.taken_at = std::chrono::system_clock::now();
  inspection.source = target_.source();
  inspection.consistency = snapshot->consistency;
  inspection.warnings = runtime.warnings;
  inspection.python = resolve::describe_python(snapshot->process, runtime, session.objects());
  inspection.interpreter = snapshot->objects_shown.interpreter;
  inspection.answers = std::move(snapshot->objects_shown.answers);
  inspection.partial = snapshot->partial || snapshot->objects_shown.unreadable > 0;
  for (auto* list : {&snapshot->warnings, &snapshot->objects_shown.warnings}) {
    std::ranges::move(*list, std::back_inserter(inspection.warnings));
  }
  std::ranges::move(target_.warnings(), std::back_inserter(inspection.warnings));
  text::hide_secrets(inspection, options.values.redaction);
  return inspection;
}

Result<model::Still> take(target::Target& target, const capture::Options& options) {
  return Looks(target).take(options);
}

Result<model::Inspection> inspect(target::Target& target, const capture::Options& options) {
  return Looks(target).inspect(options);
}

}  // namespace stillframe::api
