#include "diagnose/wait_edges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "diagnose/calls.h"
#include "diagnose/phrases.h"
#include "diagnose/signal_wakers.h"
#include "diagnose/task_phrases.h"
#include "model/tasks.h"
#include "text/schedulers.h"

namespace stillframe::diagnose {
namespace {

using model::EdgeKind;
using model::NodeKind;
using model::Proof;
using model::WaitKind;

class GraphMaker {
 public:
  GraphMaker(const model::Still& still, bool all_wakers)
      : still_(still), tasks_(still.tasks.get()), all_wakers_(all_wakers) {}

  model::WaitGraph make() {
    add_nodes();
    for (std::size_t i = 0; i < still_.threads.size(); ++i) {
      add_thread(static_cast<std::uint32_t>(i), still_.threads[i]);
    }
    if (tasks_ != nullptr) {
      add_tasks();
    }
    for (std::size_t i = 0; i < still_.resources.size(); ++i) {
      add_resource(resources_ + static_cast<std::uint32_t>(i), still_.resources[i]);
    }
    for (std::size_t i = 0; i < still_.pools.size(); ++i) {
      for (const std::int64_t tid : still_.pools[i].workers) {
        if (const auto worker = thread_node(tid)) {
          edge(pools_ + static_cast<std::uint32_t>(i), *worker, EdgeKind::runs, Proof::certain);
        }
      }
    }
    std::ranges::stable_sort(graph_.edges, {}, &model::WaitEdge::from);
    return std::move(graph_);
  }

 private:
  std::uint32_t node(NodeKind kind, std::optional<std::size_t> index, std::string name) {
    graph_.nodes.push_back({.kind = kind, .index = index, .name = std::move(name)});
    return static_cast<std::uint32_t>(graph_.nodes.size() - 1);
  }

  void edge(std::uint32_t from, std::uint32_t to, EdgeKind kind, Proof proof, std::string how = {}) {
    graph_.edges.push_back({.from = from, .to = to, .kind = kind, .proof = proof, .how = std::move(how)});
  }

  void add_nodes() {
    for (std::size_t i = 0; i < still_.threads.size(); ++i) {
      node(NodeKind::thread, i, "thread " + name_of(still_.threads[i]));
      if (still_.threads[i].tid) {
        by_tid_.emplace(*still_.threads[i].tid, static_cast<std::uint32_t>(i));
      }
    }
    const auto next = [this] { return static_cast<std::uint32_t>(graph_.nodes.size()); };
    tasks_first_ = next();
    for (std::size_t i = 0; tasks_ != nullptr && i < tasks_->tasks.size(); ++i) {
      node(NodeKind::task, i, "task " + name_of(tasks_->tasks[i]));
    }
    loops_ = next();
    for (std::size_t i = 0; tasks_ != nullptr && i < tasks_->loops.size(); ++i) {
      node(NodeKind::loop, i,
           fmt::format("the loop of {} at {:#x}", text::words_of(tasks_->loops[i].scheduler).name,
                       tasks_->loops[i].address));
    }
    resources_ = next();
    for (std::size_t i = 0; i < still_.resources.size(); ++i) {
      node(NodeKind::resource, i, name_of(still_.resources[i]));
    }
    pools_ = next();
    for (std::size_t i = 0; i < still_.pools.size(); ++i) {
      node(NodeKind::pool, i, fmt::format("the thread pool with the queue {:#x}", still_.pools[i].queue));
    }
  }

  std::optional<std::uint32_t> thread_node(std::optional<std::int64_t> tid) const {
    const auto known = tid ? by_tid_.find(*tid) : by_tid_.end();
    return known == by_tid_.end() ? std::nullopt : std::optional(known->second);
  }

  // One node for all that have the same name.
  std::uint32_t leaf(NodeKind kind, std::string name) {
    const auto known = leaves_.find(name);
    if (known != leaves_.end()) {
      return known->second;
    }
    const std::uint32_t made = node(kind, std::nullopt, name);
    leaves_.emplace(std::move(name), made);
    return made;
  }

  std::uint32_t process(const model::OtherProcess& other) {
    const std::uint32_t made = leaf(NodeKind::process, "process " + name_of(other));
    graph_.nodes[made].pid = other.pid;
    return made;
  }

  void could_end(std::uint32_t from, NodeKind kind, std::string name, Proof proof = Proof::certain) {
    edge(from, leaf(kind, std::move(name)), EdgeKind::could_be_ended_by, proof);
  }
  void any_thread_could_end(std::uint32_t from) {
    could_end(from, NodeKind::any_thread, "any thread of this process that can run");
  }

  void add_thread(std::uint32_t at, const model::Thread& thread) {
    // Who runs, moves, or is not known to wait leads nowhere: it can go on.
    if (!thread.waiting_on) {
      return;
    }
    if (has_time_limit(thread)) {
      could_end(at, NodeKind::timer, "the end of its time limit");
    }
    if (thread.wants && thread.wants->resource < still_.resources.size()) {
      edge(at, resources_ + static_cast<std::uint32_t>(thread.wants->resource), EdgeKind::waits_for, Proof::certain);
    } else if (!add_files(at, *thread.waiting_on) && !add_processes(at, thread.waiting_on->processes)) {
      could_end(at, NodeKind::unknown, "what it waits for is not known", Proof::unknown);
    }
    if (!all_wakers_) {
      could_end(at, NodeKind::unknown, "a thread or a child that was not looked at", Proof::unknown);
    }
    // A handler of Python runs in the main thread alone, and only where that is woken by the signal.
    if (may_be_woken_by_handler(still_)) {
      could_end(at, NodeKind::signal_handler, "a signal handler", Proof::unknown);
    }
  }

  bool add_processes(std::uint32_t at, const std::vector<model::OtherProcess>& processes) {
    for (const model::OtherProcess& one : processes) {
      edge(at, process(one), EdgeKind::could_be_ended_by, Proof::certain);
    }
    return !processes.empty();
  }

  bool add_files(std::uint32_t at, const model::WaitingOn& waiting) {
    const bool polls = is_poll(waiting);
    for (const model::WaitedFile& file : waiting.files) {
      add_file(at, file, polls);
    }
    return !waiting.files.empty();
  }

  // How loops wait, with a pipe of their own by which they are woken.
  static bool is_poll(const model::WaitingOn& waiting) {
    constexpr std::array<std::string_view, 7> calls{"epoll_wait", "epoll_pwait", "epoll_pwait2", "poll",
                                                    "ppoll",      "select",      "pselect6"};
    return std::ranges::find(calls, waiting.syscall.value_or("")) != calls.end();
  }

  // What a loop wakes itself with is a pipe or a socket of which only this process has the other end: one of its
  // threads has to use that. Of other files nobody knows what they are for.
  void add_file(std::uint32_t at, const model::WaitedFile& file, bool polled) {
    using Kind = model::FileKind;
    const bool only_here =
        polled && (file.kind == Kind::pipe || file.kind == Kind::unix_socket) && !file.processes.empty() &&
        std::ranges::all_of(file.processes,
                            [this](const model::OtherProcess& one) { return one.pid == still_.source.pid; });
    if (only_here) {
      any_thread_could_end(at);
      return;
    }
    if (file.processes.empty() || !add_processes(at, file.processes)) {
      could_end(at, NodeKind::outside, outside_of(file));
    }
  }

  static std::string outside_of(const model::WaitedFile& file) {
    using Kind = model::FileKind;
    if (file.state == "listening" || (file.state && file.state->starts_with("listen"))) {
      return "whoever connects" + (file.local ? " to " + *file.local : "");
    }
    if (file.peer) {
      return "the other end, " + *file.peer;
    }
    switch (file.kind) {
      case Kind::terminal:
        return "whoever types at the terminal";
      case Kind::timerfd:
        return "a timer";
      case Kind::file:
      case Kind::directory:
      case Kind::device:
        return "the disk or its server";
      default:
        return "whoever has the other end of fd " + std::to_string(file.fd);
    }
  }

  void add_resource(std::uint32_t at, const model::Resource& resource) {
    using enum model::ResourceKind;
    bool held = false;
    for (const model::Holder& holder : resource.holders) {
      const Proof proof = holder.certain ? Proof::certain : Proof::concluded;
      if (const auto thread = thread_node(holder.tid)) {
        edge(at, *thread, EdgeKind::held_by, proof, holder.how);
        held = true;
      } else if (const auto* other = other_of(still_, holder)) {
        edge(at, process(other->process), EdgeKind::held_by, proof, holder.how);
        held = true;
      }
    }
    // Results of its pools are set by a thread of this process, whatever that waits for.
    const bool of_processes = resource.kind == process_lock || (resource.type.starts_with("multiprocessing") &&
                                                                !resource.type.starts_with("multiprocessing.pool."));
    if (of_processes) {
      could_end(at, NodeKind::unknown, "any process that shares it", Proof::unknown);
    }
    switch (resource.kind) {
      // Only its owner can let go of it, or end.
      case rlock:
      case thread:
      case import_lock:
        if (!held && resource.holders.empty()) {
          could_end(at, NodeKind::unknown, "who holds it is not known", Proof::unknown);
        }
        break;
      case lock:
      case condition:
      case event:
      case semaphore:
      case barrier:
      case queue:
      case future:
        any_thread_could_end(at);
        add_pool_of(at, resource);
        break;
      default:
        if (!held) {
          could_end(at, NodeKind::unknown, "who holds it is not known", Proof::unknown);
        }
        break;
    }
  }

  void add_pool_of(std::uint32_t at, const model::Resource& resource) {
    for (std::size_t i = 0; i < still_.pools.size(); ++i) {
      const auto& waiting = still_.pools[i].waiting;
      if (std::ranges::find(waiting, resource.address) != waiting.end()) {
        edge(at, pools_ + static_cast<std::uint32_t>(i), EdgeKind::could_be_ended_by, Proof::certain,
             "it is in the pool's queue");
      }
    }
  }

  void add_tasks() {
    for (std::size_t i = 0; i < tasks_->loops.size(); ++i) {
      const model::TaskLoop& loop = tasks_->loops[i];
      if (loop.thread && *loop.thread < still_.threads.size()) {
        edge(static_cast<std::uint32_t>(*loop.thread), loops_ + static_cast<std::uint32_t>(i), EdgeKind::runs,
             Proof::certain);
      }
    }
    for (std::size_t i = 0; i < tasks_->tasks.size(); ++i) {
      const model::Task& task = tasks_->tasks[i];
      const std::uint32_t at = tasks_first_ + static_cast<std::uint32_t>(i);
      if (task.loop) {
        edge(loops_ + *task.loop, at, EdgeKind::runs, Proof::certain);
      }
      add_task(at, task);
    }
  }

  void add_task(std::uint32_t at, const model::Task& task) {
    if (task.state != model::TaskState::waiting) {
      return;
    }
    if (task.timeout_left) {
      could_end(at, NodeKind::timer, "the end of its time limit");
    }
    const model::TaskWait& wait = task.waits_for;
    const auto to_tasks = [&](const std::vector<std::uint32_t>& others, EdgeKind kind, Proof proof) {
      for (const std::uint32_t other : others) {
        edge(at, tasks_first_ + other, kind, proof);
      }
    };
    to_tasks(task.awaits, EdgeKind::waits_for, Proof::certain);
    to_tasks(wait.holders, EdgeKind::held_by, wait.holders_proven ? Proof::certain : Proof::concluded);
    switch (wait.kind) {
      case WaitKind::tasks:
        if (task.awaits.empty()) {
          any_thread_could_end(at);
        }
        break;
      case WaitKind::sleep:
        could_end(at, NodeKind::timer, "the end of its sleep");
        break;
      case WaitKind::read:
      case WaitKind::write:
        if (wait.file) {
          add_file(at, *wait.file, true);
        } else {
          could_end(at, NodeKind::outside, "whoever has the other end of its stream");
        }
        break;
      case WaitKind::process:
        could_end(at, NodeKind::process, wait.pid ? fmt::format("child process {}", *wait.pid) : "a child process");
        break;
      case WaitKind::lock:
        if (!wait.holders_proven) {
          any_thread_could_end(at);
        }
        break;
      case WaitKind::executor:
        if (const auto worker = thread_node(wait.tid)) {
          edge(at, *worker, EdgeKind::waits_for, Proof::certain, "it runs the job");
          break;
        }
        [[fallthrough]];
      case WaitKind::event:
      case WaitKind::condition:
      case WaitKind::semaphore:
      case WaitKind::barrier:
      case WaitKind::queue_get:
      case WaitKind::queue_put:
      case WaitKind::queue_join:
      case WaitKind::future:
        any_thread_could_end(at);
        break;
      case WaitKind::nothing:
      case WaitKind::other:
      case WaitKind::unknown:
        could_end(at, NodeKind::unknown, "what it waits for is not known", Proof::unknown);
        break;
    }
  }

  const model::Still& still_;
  const model::Tasks* tasks_;
  bool all_wakers_;
  model::WaitGraph graph_;
  std::unordered_map<std::int64_t, std::uint32_t> by_tid_;
  std::unordered_map<std::string, std::uint32_t> leaves_;
  std::uint32_t tasks_first_ = 0;
  std::uint32_t loops_ = 0;
  std::uint32_t resources_ = 0;
  std::uint32_t pools_ = 0;
};

}  // namespace

void add_wait_graph(model::Still& still, bool all_wakers) {
  still.wait_graph = GraphMaker(still, all_wakers).make();
}

WaitEdges::WaitEdges(const model::Still& still) : graph_(still.wait_graph), first_(graph_.nodes.size() + 1, 0) {
  for (const model::WaitEdge& edge : graph_.edges) {
    ++first_[edge.from + 1];
  }
  for (std::size_t i = 1; i < first_.size(); ++i) {
    first_[i] += first_[i - 1];
  }
}

std::span<const model::WaitEdge> WaitEdges::from(std::uint32_t node) const {
  return std::span(graph_.edges).subspan(first_[node], first_[node + 1] - first_[node]);
}

std::optional<std::uint32_t> WaitEdges::find(NodeKind kind, std::size_t index) const {
  const auto found = std::ranges::find_if(
      graph_.nodes, [&](const model::WaitNode& node) { return node.kind == kind && node.index == index; });
  return found == graph_.nodes.end() ? std::nullopt
                                     : std::optional(static_cast<std::uint32_t>(found - graph_.nodes.begin()));
}

}  // namespace stillframe::diagnose
