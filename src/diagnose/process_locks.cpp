// Locks of multiprocessing: processes that wait for one another, a holder that has ended, a holder in another process.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "diagnose/list.h"
#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Thread;

// That somebody waits for what somebody else holds, one of the two at least in another process.
struct Step {
  const Thread* waiter = nullptr;
  const model::OtherProcess* process = nullptr;  // of the waiter; null: this one
  const model::Resource* resource = nullptr;
  const model::Holder* by = nullptr;
  const Thread* holder = nullptr;
  const model::OtherProcess* holding_process = nullptr;
};

std::string who(const model::Still& still, const Thread& thread, const model::OtherProcess* process) {
  const std::string name =
      process != nullptr ? name_of(*process) : fmt::format("{}", still.source.pid.value_or(0)) + " (this one)";
  const model::Frame* frame = waiting_frame(thread);
  return frame == nullptr ? name : fmt::format("{} at {}", name, place_of(*frame));
}

// What this thread waits for and who alone holds it; nothing where it is not known, or several do.
std::optional<Step> step_from(const model::Still& still, const Thread& thread, const model::OtherProcess* process) {
  if (!thread.wants || thread.wants->resource >= still.resources.size()) {
    return std::nullopt;
  }
  Step step{.waiter = &thread, .process = process, .resource = &still.resources[thread.wants->resource]};
  if (step.resource->holders.size() != 1) {
    return std::nullopt;
  }
  step.by = &step.resource->holders.front();
  if (const model::OtherThread* other = other_of(still, *step.by)) {
    step.holder = &other->thread;
    step.holding_process = &other->process;
  } else {
    step.holder = thread_of(still, step.by->tid);
  }
  return step.holder == nullptr ? std::nullopt : std::optional(step);
}

// The circle of processes that a thread is part of; empty: none.
std::vector<Step> cycle_of(const model::Still& still, const Thread& thread) {
  std::vector<Step> steps;
  std::set<const Thread*> seen;
  const Thread* at = &thread;
  const model::OtherProcess* process = nullptr;
  while (seen.insert(at).second) {
    const auto step = step_from(still, *at, process);
    if (!step) {
      return {};
    }
    steps.push_back(*step);
    at = step->holder;
    process = step->holding_process;
  }
  const bool others = std::ranges::any_of(steps, [](const Step& step) { return step.process != nullptr; });
  return at == &thread && others ? steps : std::vector<Step>{};
}

// futex(address, operation, value, timeout): whether the wait of another process's thread ends by itself.
bool has_limit(const Step& step) {
  if (step.process == nullptr) {
    return step.waiter->waiting_on && (step.waiter->waiting_on->timeout || step.waiter->waiting_on->seconds_left);
  }
  return !step.waiter->system_call || step.waiter->system_call->arguments[3] != 0;
}

model::Finding tell_of_cycle(const model::Still& still, const std::vector<Step>& steps) {
  model::Finding finding{.id = "lock-cycle"};
  std::vector<std::string> names;
  bool certain = true;
  for (const Step& step : steps) {
    names.push_back(who(still, *step.waiter, step.process));
    certain = certain && step.by->certain && !has_limit(step);
    finding.evidence.push_back(fmt::format("process {} waits for {}; process {} holds it ({})", names.back(),
                                           name_of(*step.resource), who(still, *step.holder, step.holding_process),
                                           step.by->how));
    if (step.process == nullptr) {
      add_tid(finding, step.waiter->tid);
    }
  }
  finding.severity = certain ? model::Severity::certain : model::Severity::likely;
  finding.detail = certain ? "" : "that one of them may give up waiting, or has let go since, is not ruled out";
  finding.title = fmt::format("Deadlock: processes {} wait for one another", list_of(names));
  finding.advice = {"take these locks in the same order in all processes, or with a timeout"};
  return finding;
}

struct Waiters {
  std::vector<std::string> names;
  std::vector<std::optional<std::int64_t>> tids;
  bool for_an_item = false;  // in a call such as Queue.get, which one reader at a time goes on in
};

Waiters waiters_for(const model::Still& still, std::size_t resource) {
  Waiters found;
  for (const Thread& thread : still.threads) {
    if (thread.wants && thread.wants->resource == resource) {
      found.names.push_back(name_and_place_of(thread));
      found.tids.push_back(thread.tid);
      found.for_an_item = found.for_an_item || thread.wants->call != "Lock.acquire";
    }
  }
  return found;
}

model::Finding begin(const char* id, const Waiters& waiters, const model::Resource& resource) {
  const bool one = waiters.names.size() == 1;
  model::Finding finding{.id = id,
                         .title = fmt::format("{} {} {} for {}", one ? "Thread" : "Threads", list_of(waiters.names),
                                              one ? "waits" : "wait", name_of(resource))};
  for (const auto tid : waiters.tids) {
    add_tid(finding, tid);
  }
  return finding;
}

void tell_that_it_is_gone(const model::Resource& resource, const Waiters& waiters, Findings& findings) {
  model::Finding finding = begin("lock-abandoned", waiters, resource);
  finding.severity = model::Severity::likely;
  finding.title += ", which a process has taken that is gone: nobody is left who could let go of it";
  finding.detail = "that its holder has ended is concluded: the lock is taken, and no process that has it says so";
  finding.evidence = {"the lock is taken, and " + resource.holders.front().how};
  if (resource.state) {
    finding.evidence.push_back(*resource.state);
  }
  finding.advice = {
      "do not kill processes that share locks or queues (terminate(), kill(), the OOM killer): have them end "
      "themselves",
      "a Manager's locks and queues, or a pipe for each process, are not left behind locked"};
  findings.push_back(std::move(finding));
}

void tell_who_has_it(const model::Still& still, const model::Resource& resource, const Waiters& waiters,
                     Findings& findings) {
  const model::Holder& holder = resource.holders.front();
  const model::OtherThread& other = *other_of(still, holder);
  const bool stopped = other.process.state == model::OsState::stopped;
  model::Finding finding = begin("lock-held", waiters, resource);
  finding.severity = stopped ? model::Severity::likely : model::Severity::note;
  finding.title += fmt::format(" that process {} holds", name_of(other.process));
  finding.title += stopped ? ", which a signal has stopped" : "";
  finding.detail = stopped ? "whether somebody will let it go on" : "";
  finding.evidence = {
      fmt::format("thread {} of process {} has it ({})", name_of(other.thread), name_of(other.process), holder.how)};
  if (text::own_frame(other.thread) != nullptr) {
    finding.evidence.push_back(fmt::format("it is{}, process {}", at_place(other.thread), state_of(other.process)));
  }
  finding.advice = {fmt::format("look at that process: stillframe why {}", other.process.pid),
                    "do what can take long before taking the lock or after letting go of it; or give it a timeout"};
  findings.push_back(std::move(finding));
}

bool is_gone(const model::Resource& resource) {
  const auto& holders = resource.holders;
  return holders.size() == 1 && !holders.front().tid && !holders.front().other;
}

}  // namespace

void find_process_locks(const model::Still& still, Findings& findings) {
  for (std::size_t i = 0; i < still.resources.size(); ++i) {
    const model::Resource& resource = still.resources[i];
    const Waiters waiters = resource.kind == ResourceKind::process_lock ? waiters_for(still, i) : Waiters{};
    if (waiters.names.empty() || resource.holders.empty()) {
      continue;
    }
    const auto waiter = std::ranges::find_if(still.threads, [&](const Thread& thread) {
      return thread.wants && thread.wants->resource == i && !cycle_of(still, thread).empty();
    });
    if (waiter != still.threads.end()) {
      findings.push_back(tell_of_cycle(still, cycle_of(still, *waiter)));
    } else if (is_gone(resource)) {
      tell_that_it_is_gone(resource, waiters, findings);
    } else if (!waiters.for_an_item && other_of(still, resource.holders.front()) != nullptr) {
      tell_who_has_it(still, resource, waiters, findings);
    }
  }
}

}  // namespace stillframe::diagnose
