#include "waits/family.h"

#include <algorithm>
#include <set>

#include "waits/files.h"

namespace stillframe::waits {
namespace {

constexpr std::size_t kMostHolders = 64;

}  // namespace

Family::Family(target::Surroundings& surroundings, std::int64_t own) : surroundings_(surroundings), own_(own) {
  for (target::ProcessFacts& facts : surroundings_.descendants()) {
    auto sleeps = surroundings_.pipe_sleeps(facts.pid);
    members_.emplace_back(std::move(facts), std::move(sleeps));
  }
}

std::vector<model::RelatedProcess> Family::finish(const std::vector<AttendedPipe>& attended) {
  std::set<std::string> links;
  for (auto& [facts, sleeps] : members_) {
    const auto now = sleeps.empty() ? sleeps : surroundings_.pipe_sleeps(facts.pid);
    std::erase_if(sleeps, [&](const target::PipeSleep& one) { return std::ranges::find(now, one) == now.end(); });
    std::ranges::transform(sleeps, std::inserter(links, links.end()), &target::PipeSleep::link);
  }
  // Whether somebody else could help as well is part of the answer.
  const auto holders = links.empty()
                           ? std::vector<target::FileHolder>{}
                           : surroundings_.holders_anywhere(std::vector<std::string>(links.begin(), links.end()));
  std::vector<model::RelatedProcess> family;
  for (const auto& [facts, sleeps] : members_) {
    model::RelatedProcess one{.process = to_model(facts.pid, facts), .parent = facts.parent};
    for (const target::PipeSleep& sleep : sleeps) {
      one.waits.push_back(describe(sleep, holders, attended));
    }
    family.push_back(std::move(one));
  }
  return family;
}

model::PipeWait Family::describe(const target::PipeSleep& sleep, const std::vector<target::FileHolder>& holders,
                                 const std::vector<AttendedPipe>& attended) {
  model::PipeWait wait{.tid = sleep.tid, .fd = sleep.fd, .writes = sleep.writes};
  for (const target::FileHolder& holder : holders) {
    const bool other = sleep.writes ? holder.reads : holder.writes;
    if (holder.link == sleep.link && other && wait.other_end.size() < kMostHolders) {
      wait.other_end.push_back(to_model(holder.pid, surroundings_.process(holder.pid)));
      wait.ours = wait.ours || holder.pid == own_;
    }
  }
  wait.attended = std::ranges::any_of(
      attended, [&](const AttendedPipe& one) { return one.link == sleep.link && one.reads == sleep.writes; });
  return wait;
}

}  // namespace stillframe::waits
