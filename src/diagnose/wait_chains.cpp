#include "diagnose/wait_chains.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "diagnose/calls.h"
#include "diagnose/phrases.h"
#include "diagnose/task_phrases.h"
#include "diagnose/wait_phrases.h"
#include "model/tasks.h"
#include "text/phrases.h"
#include "text/schedulers.h"

namespace stillframe::diagnose {
namespace {

using model::ChainLink;
using model::WaitChain;

// Of folded chains the threads or tasks that are named.
constexpr std::size_t kMostNamed = 4;
// Tasks that stand one below the other.
constexpr std::size_t kDeepest = 12;
// Links that are made in all: where many tasks await the same ones, each of their chains has those.
constexpr std::int64_t kMostLinks = 100'000;
// Different chains of one loop, or of what one task awaits.
constexpr std::size_t kMostBranches = 12;

// A text without its numbers: what is the same of two threads that wait for a thing of their own each.
void add_without_numbers(std::string& key, std::string_view text) {
  bool number = false;
  for (const char letter : text) {
    const bool hex = std::isxdigit(static_cast<unsigned char>(letter)) != 0;
    const bool digit = std::isdigit(static_cast<unsigned char>(letter)) != 0;
    if (digit || (number && hex) || (number && letter == 'x')) {
      key += number ? "" : "#";
      number = true;
    } else {
      key += letter;
      number = false;
    }
  }
}

std::string key_of(const WaitChain& chain) {
  std::string key = chain.idle ? "idle" : "";
  for (const ChainLink& link : chain.links) {
    if (&link != chain.links.data()) {
      key += link.who;  // different threads at its end make different chains
    }
    key += link.where + '\n';
    add_without_numbers(key, link.what);
    key += '\n';
    add_without_numbers(key, link.ended_by);
    key += '\n';
  }
  for (const WaitChain& branch : chain.branches) {
    key += key_of(branch) + fmt::format("*{}\n", branch.count);
  }
  return key;
}

// What is known of one whole alone, and of all only where it is the same.
void fold_into(WaitChain& first, WaitChain&& other) {
  ++first.count;
  if (first.others.size() < kMostNamed) {
    first.others.push_back(other.links.front().who);
  }
  ChainLink& head = first.links.front();
  const ChainLink& same = other.links.front();
  if (head.waited && same.waited) {
    head.waited = std::min(*head.waited, *same.waited);
  } else {
    head.waited.reset();
  }
  for (const std::int64_t tid : other.tids) {
    if (std::ranges::find(first.tids, tid) == first.tids.end() && first.tids.size() < 64) {
      first.tids.push_back(tid);
    }
  }
}

std::vector<WaitChain> folded(std::vector<WaitChain> chains) {
  std::unordered_map<std::string, std::size_t> known;
  std::vector<WaitChain> result;
  for (WaitChain& chain : chains) {
    const auto [at, fresh] = known.try_emplace(key_of(chain), result.size());
    if (fresh) {
      result.push_back(std::move(chain));
    } else {
      fold_into(result[at->second], std::move(chain));
    }
  }
  return result;
}

class ChainMaker {
 public:
  explicit ChainMaker(const model::Still& still)
      : still_(still), edges_(still), awaited_(still.threads.size(), false), seen_(still.threads.size(), false) {}

  std::vector<WaitChain> make() {
    find_awaited_threads();
    std::vector<WaitChain> chains;
    const auto add = [&](std::size_t thread) {
      if (!seen_[thread]) {
        chains.push_back(chain_of(thread));
      }
    };
    if (const model::Thread* main = main_thread(still_); main != nullptr) {
      add(static_cast<std::size_t>(main - still_.threads.data()));
    }
    for (std::size_t i = 0; i < still_.threads.size(); ++i) {
      if (!awaited_[i]) {
        add(i);
      }
    }
    for (std::size_t i = 0; i < still_.threads.size(); ++i) {
      add(i);  // what stands in a circle, and nobody else leads there
    }
    auto result = folded(std::move(chains));
    const auto begin = result.begin() + (result.empty() || !first_is_main(result.front()) ? 0 : 1);
    std::stable_sort(begin, result.end(),
                     [](const WaitChain& one, const WaitChain& other) { return !one.idle && other.idle; });
    return result;
  }

 private:
  [[nodiscard]] bool first_is_main(const WaitChain& chain) const {
    const model::Thread* main = main_thread(still_);
    return main != nullptr && main->tid && std::ranges::find(chain.tids, *main->tid) != chain.tids.end();
  }

  // The one thread that a thread waits for; none where there is none, or more than one.
  [[nodiscard]] std::optional<std::size_t> next_of(std::size_t thread) const {
    for (const model::WaitEdge& edge : edges_.from(static_cast<std::uint32_t>(thread))) {
      if (edges_.node(edge.to).kind == model::NodeKind::resource && edge.kind == model::EdgeKind::waits_for) {
        return only_holder(edge.to);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::size_t> only_holder(std::uint32_t resource) const {
    std::optional<std::size_t> found;
    for (const model::WaitEdge& edge : edges_.from(resource)) {
      if (edge.kind != model::EdgeKind::held_by) {
        continue;
      }
      if (found || edges_.node(edge.to).kind != model::NodeKind::thread) {
        return std::nullopt;
      }
      found = edges_.node(edge.to).index;
    }
    return found;
  }

  // Those to which another one's chain leads: they begin none.
  void find_awaited_threads() {
    for (std::size_t i = 0; i < still_.threads.size(); ++i) {
      if (const auto next = next_of(i); next && *next != i) {
        awaited_[*next] = true;
      }
    }
    if (still_.tasks) {
      for (const model::Task& task : still_.tasks->tasks) {
        const auto* worker = thread_of(still_, task.waits_for.tid);
        if (worker != nullptr) {
          awaited_[static_cast<std::size_t>(worker - still_.threads.data())] = true;
        }
      }
    }
  }

  WaitChain chain_of(std::size_t begin) {
    WaitChain chain;
    chain.idle = is_idle(still_.threads[begin]);
    add_threads(chain, begin);
    return chain;
  }

  [[nodiscard]] bool is_idle(const model::Thread& thread) const {
    return waiting_loop(still_, thread) == nullptr &&
           (waits_for_connections(thread) || waits_for_work_of_others(still_, thread));
  }

  void add_threads(WaitChain& chain, std::size_t begin) {
    std::set<std::size_t> inside;
    std::optional<std::size_t> at = begin;
    while (at && inside.insert(*at).second) {
      const model::Thread& thread = still_.threads[*at];
      seen_[*at] = true;
      chain.links.push_back(link_of(thread));
      if (thread.tid) {
        chain.tids.push_back(*thread.tid);
      }
      if (const model::TaskLoop* loop = waiting_loop(still_, thread)) {
        add_loop(chain, *loop);
        return;
      }
      at = next_of(*at);
    }
  }

  [[nodiscard]] ChainLink link_of(const model::Thread& thread) const {
    ChainLink link{.who = "thread " + name_of(thread),
                   .what = wait_in_words(still_, thread),
                   .where = waiting_place(thread),
                   .ended_by = waker_in_words(still_, thread),
                   .waits = thread.waiting_on.has_value()};
    if (thread.waiting_on) {
      link.waited = thread.waiting_on->waited;
      link.seconds_left = thread.waiting_on->seconds_left;
      link.limited = has_time_limit(thread);
    }
    if (is_idle(thread)) {
      link.ended_by = waits_for_connections(thread) ? "whoever connects: a server with nothing to do waits like this"
                                                    : "whoever has work for it: a worker with nothing to do waits "
                                                      "like this";
    }
    return link;
  }

  void add_loop(WaitChain& chain, const model::TaskLoop& loop) {
    const auto index = static_cast<std::uint32_t>(&loop - still_.tasks->loops.data());
    const auto& tasks = still_.tasks->tasks;
    std::size_t count = 0;
    std::vector<std::uint32_t> heads;
    for (std::uint32_t i = 0; i < tasks.size(); ++i) {
      if (tasks[i].loop == index) {
        ++count;
        if (!is_awaited(i)) {
          heads.push_back(i);
        }
      }
    }
    ChainLink& link = chain.links.back();
    const bool connections =
        std::ranges::any_of(still_.threads[*loop.thread].waiting_on->files,
                            [](const model::WaitedFile& file) { return file.state == "listening"; });
    const std::string waits = link.what;
    link.what = fmt::format("runs the event loop of {}, which waits for its {}", text::words_of(loop.scheduler).name,
                            text::with_count(count, "task"));
    if (count == 0) {
      link.what = fmt::format("runs the event loop of {}, which has no tasks, and {}",
                              text::words_of(loop.scheduler).name, waits);
    }
    // Its tasks say what each waits for.
    link.ended_by = connections ? "whoever connects: a server with nothing to do waits like this"
                    : count > 0 ? ""
                                : link.ended_by;
    std::vector<WaitChain> branches;
    branches.reserve(heads.size() + 1);
    // The program's own tasks first.
    std::ranges::stable_partition(heads,
                                  [&](std::uint32_t task) { return !is_of_scheduler(tasks[task], *still_.tasks); });
    for (const std::uint32_t head : heads) {
      branches.push_back(task_chain(head, {}));
    }
    if (heads.empty() && count > 0) {
      const auto first = std::ranges::find(tasks, std::optional(index), &model::Task::loop);
      branches.push_back(task_chain(static_cast<std::uint32_t>(first - tasks.begin()), {}));
    }
    set_branches(chain, std::move(branches));
  }

  static void set_branches(WaitChain& chain, std::vector<WaitChain> branches) {
    chain.branches = folded(std::move(branches));
    if (chain.branches.size() > kMostBranches) {
      chain.branches_left_out = chain.branches.size() - kMostBranches;
      chain.branches.resize(kMostBranches);
    }
  }

  // Whether another task of its loop leads to it.
  [[nodiscard]] bool is_awaited(std::uint32_t task) const {
    const auto& tasks = still_.tasks->tasks;
    return std::ranges::any_of(tasks[task].awaited_by, [&](std::uint32_t other) {
      return other != task && tasks[other].loop == tasks[task].loop;
    });
  }

  // `path`: the tasks above it.
  WaitChain task_chain(std::uint32_t begin, std::vector<std::uint32_t> path) {
    WaitChain chain;
    std::uint32_t at = begin;
    while (true) {
      const model::Task& task = still_.tasks->tasks[at];
      chain.links.push_back(link_of(task));
      const bool again = std::ranges::find(path, at) != path.end();
      if (again || task.state != model::TaskState::waiting || path.size() >= kDeepest || links_left_-- <= 0) {
        break;
      }
      path.push_back(at);
      const auto& next = task.awaits.empty() ? task.waits_for.holders : task.awaits;
      if (next.size() == 1) {
        at = next.front();
        continue;
      }
      if (next.empty()) {
        add_worker(chain, task);
      } else {
        add_awaited(chain, next, path);
      }
      break;
    }
    return chain;
  }

  void add_awaited(WaitChain& chain, const std::vector<std::uint32_t>& tasks, const std::vector<std::uint32_t>& path) {
    std::vector<WaitChain> branches;
    for (const std::uint32_t task : tasks) {
      if (links_left_ > 0 && std::ranges::find(path, task) == path.end()) {
        branches.push_back(task_chain(task, path));
      }
    }
    set_branches(chain, std::move(branches));
  }

  // The thread that runs a job for a task.
  void add_worker(WaitChain& chain, const model::Task& task) {
    const model::Thread* worker = thread_of(still_, task.waits_for.tid);
    const auto index = worker == nullptr ? 0 : static_cast<std::size_t>(worker - still_.threads.data());
    if (worker != nullptr && !seen_[index]) {
      add_threads(chain, index);
    }
  }

  ChainLink link_of(const model::Task& task) {
    const auto [place, fresh] = places_.try_emplace(task.frames);
    if (fresh) {
      place->second = own_place_of(task.frames, *still_.tasks);
    }
    return {.who = "task " + name_of(task),
            .what = wait_in_words(task),
            .where = place->second,
            .ended_by = waker_in_words(still_, task),
            .seconds_left = task.waits_for.seconds_left,
            .limited = task.waits_for.seconds_left || task.waits_for.delay || task.timeout_left,
            .waits = task.state == model::TaskState::waiting};
  }

  const model::Still& still_;
  WaitEdges edges_;
  std::vector<bool> awaited_;
  std::vector<bool> seen_;
  std::int64_t links_left_ = kMostLinks;
  std::map<std::vector<std::uint32_t>, std::string> places_;  // of tasks: most stand at a few
};

}  // namespace

void add_wait_chains(model::Still& still) {
  still.chains = ChainMaker(still).make();
}

}  // namespace stillframe::diagnose
