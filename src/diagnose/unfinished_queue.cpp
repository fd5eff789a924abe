// A thread in Queue.join() (Lib/queue.py: until task_done() was called for each item) whom nobody is left to wake:
// every other thread waits as well, without a limit of time, as a rule for more items of that queue. An item was taken
// and never marked done, or the threads that took them have ended.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::Thread;

// Who waits for what of one queue, and who waits for something else.
struct Users {
  std::vector<const Thread*> joiners;
  std::vector<const Thread*> takers;
  std::vector<const Thread*> others;
};

// That of a queue which all its users are threads of this process.
bool is_join(const Thread& thread) {
  return thread.wants && thread.wants->call == "Queue.join";
}

Users users_of(const model::Still& still, std::size_t queue) {
  Users users;
  for (const Thread& thread : still.threads) {
    if (!thread.python) {
      continue;
    }
    const bool of_it = thread.wants && thread.wants->resource == queue;
    (of_it && is_join(thread)                        ? users.joiners
     : of_it && thread.wants->call.ends_with(".get") ? users.takers
                                                     : users.others)
        .push_back(&thread);
  }
  return users;
}

std::string reason_of(const Users& users) {
  if (users.takers.empty()) {
    return "there is no other thread of Python";
  }
  return users.takers.size() == 1 ? "the thread that takes from it waits for more"
                                  : fmt::format("all {} threads that take from it wait for more", users.takers.size());
}

model::Finding tell(const model::Resource& queue, const Users& users) {
  const Thread& first = *users.joiners.front();
  model::Finding finding{
      .id = "unfinished-queue",
      .severity = model::Severity::likely,
      .title = fmt::format("Thread {} waits until all items of {} are done, and nobody is left to do that: {}",
                           name_and_place_of(first), name_of(queue), reason_of(users)),
      .detail = "that nobody is left is concluded from all threads of Python waiting without a limit of time"};
  for (const auto* some : {&users.joiners, &users.takers, &users.others}) {
    for (const Thread* thread : *some) {
      add_tid(finding, thread->tid);
      if (finding.evidence.size() < kMostTold) {
        finding.evidence.push_back(
            fmt::format("thread {}: {}{}", name_of(*thread), thread->waiting_on->text, at_place(*thread)));
      }
    }
  }
  if (!users.takers.empty()) {
    finding.evidence.emplace_back("so the queue is empty, and task_done() was not called for each item that it gave");
  } else {
    finding.advice.emplace_back(
        "see why the threads that took from it have ended: what a thread raises ends that thread alone");
  }
  finding.advice.emplace_back(
      "call task_done() for each item that get() gave, also where the work failed: in a `finally`");
  return finding;
}

}  // namespace

void find_unfinished_queue(const model::Still& still, Findings& findings) {
  const auto waits = [](const Thread& thread) { return !thread.python || waits_without_end(thread); };
  // What else has been found is why nobody works at it; but for the signal that a core is of.
  const auto is_trouble = [](const model::Finding& finding) {
    return finding.severity != model::Severity::note && finding.id != "killed-by";
  };
  if (std::ranges::none_of(still.threads, is_join) || !std::ranges::all_of(still.threads, waits) ||
      std::ranges::any_of(findings, is_trouble)) {
    return;
  }
  for (std::size_t queue = 0; queue < still.resources.size(); ++queue) {
    const Users users = users_of(still, queue);
    if (!users.joiners.empty() && (!users.takers.empty() || users.others.empty())) {
      findings.push_back(tell(still.resources[queue], users));
    }
  }
}

}  // namespace stillframe::diagnose
