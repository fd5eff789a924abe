#include "render/task_tree.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>

namespace stillframe::render {
namespace {

// Deeper trees fit on no screen; the calls of this program must not nest without end either.
constexpr std::size_t kDeepest = 200;

std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  // The finalizer of SplitMix64.
  value += seed + 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

class Builder {
 public:
  Builder(const model::Tasks& tasks, std::uint32_t loop, bool fold)
      : tasks_(tasks),
        loop_(loop),
        fold_(fold),
        below_(tasks.tasks.size()),
        signatures_(tasks.tasks.size()),
        shown_(tasks.tasks.size()) {
    for (std::uint32_t i = 0; i < below_.size(); ++i) {
      below_[i] = tasks.tasks[i].awaits;
    }
    // Whom it does not await yet, but will.
    for (std::uint32_t i = 0; i < below_.size(); ++i) {
      const auto parent = tasks.tasks[i].parent;
      if (parent && std::ranges::find(tasks.tasks[i].awaited_by, *parent) == tasks.tasks[i].awaited_by.end()) {
        below_[*parent].push_back(i);
      }
    }
  }

  std::vector<TaskNode> build() {
    std::vector<std::uint32_t> roots;
    for (std::uint32_t i = 0; i < tasks_.tasks.size(); ++i) {
      if (is_mine(i) && !is_awaited(i)) {
        roots.push_back(i);
      }
    }
    std::vector<TaskNode> nodes = nodes_of(roots, 0);
    // What is left is awaited by somebody, and met from no root: tasks in circles.
    for (std::uint32_t i = 0; i < tasks_.tasks.size(); ++i) {
      if (is_mine(i) && !shown_[i]) {
        nodes.push_back(node_of(i, 0));
      }
    }
    return nodes;
  }

 private:
  [[nodiscard]] bool is_mine(std::uint32_t task) const { return tasks_.tasks[task].loop == loop_; }

  [[nodiscard]] bool is_awaited(std::uint32_t task) const {
    const model::Task& one = tasks_.tasks[task];
    return (one.parent && is_mine(*one.parent)) ||
           std::ranges::any_of(one.awaited_by, [&](std::uint32_t awaiter) { return is_mine(awaiter); });
  }

  std::vector<TaskNode> nodes_of(const std::vector<std::uint32_t>& list, std::size_t depth) {
    std::vector<TaskNode> nodes;
    std::unordered_map<std::uint64_t, std::size_t> by_signature;
    for (const std::uint32_t task : list) {
      if (!is_mine(task)) {
        continue;
      }
      if (fold_ && !shown_[task]) {
        const auto [known, fresh] = by_signature.try_emplace(signature(task, 0), nodes.size());
        if (!fresh) {
          nodes[known->second].alike.push_back(task);
          hide(task);
          continue;
        }
      }
      nodes.push_back(node_of(task, depth));
    }
    return nodes;
  }

  TaskNode node_of(std::uint32_t task, std::size_t depth) {
    TaskNode node{.task = task};
    const auto& awaits = below_[task];
    if (shown_[task]) {
      node.in_cycle = std::ranges::find(path_, task) != path_.end();
      node.shown_above = !awaits.empty();
      return node;
    }
    shown_[task] = true;
    if (depth == kDeepest) {
      node.deeper = awaits.size();
      std::ranges::for_each(awaits, [&](std::uint32_t one) { hide(one); });
      return node;
    }
    path_.push_back(task);
    node.children = nodes_of(awaits, depth + 1);
    path_.pop_back();
    return node;
  }

  // A task that is counted in place of being shown, with all that it awaits.
  void hide(std::uint32_t task) {
    std::vector<std::uint32_t> todo{task};
    while (!todo.empty()) {
      const std::uint32_t one = todo.back();
      todo.pop_back();
      if (!shown_[one]) {
        shown_[one] = true;
        todo.insert(todo.end(), below_[one].begin(), below_[one].end());
      }
    }
  }

  // Equal for tasks that look alike: the same calls and the same kind of wait, also in what they await. For what no two
  // tasks share (a file, a holder of a lock) they count as different.
  std::uint64_t signature(std::uint32_t index, std::size_t depth) {
    if (signatures_[index]) {
      return *signatures_[index];
    }
    const model::Task& task = tasks_.tasks[index];
    std::uint64_t sum = mix(static_cast<std::uint64_t>(task.state), static_cast<std::uint64_t>(task.waits_for.kind));
    sum = mix(sum, (task.cancelling ? 1U : 0U) + (task.complete ? 2U : 0U) + (task.timeout_left ? 4U : 0U));
    for (const std::uint32_t place : task.frames) {
      sum = mix(sum, place);
    }
    for (const std::uint32_t holder : task.waits_for.holders) {
      sum = mix(sum, holder);
    }
    if (task.type) {
      sum = mix(sum, std::hash<std::string>{}(*task.type));
    }
    if (depth == kDeepest) {
      return mix(sum, index);
    }
    signatures_[index] = mix(sum, index);  // what a circle leads back to
    std::vector<std::uint64_t> below;
    for (const std::uint32_t awaited : below_[index]) {
      // A task that others await as well is one of its own.
      const bool shared = tasks_.tasks[awaited].awaited_by.size() > 1;
      below.push_back(shared ? mix(1, awaited) : signature(awaited, depth + 1));
    }
    std::ranges::sort(below);
    for (const std::uint64_t one : below) {
      sum = mix(sum, one);
    }
    signatures_[index] = sum;
    return sum;
  }

  const model::Tasks& tasks_;
  std::uint32_t loop_;
  bool fold_;
  std::vector<std::vector<std::uint32_t>> below_;  // what each awaits, and what runs in its nurseries
  std::vector<std::optional<std::uint64_t>> signatures_;
  std::vector<bool> shown_;
  std::vector<std::uint32_t> path_;
};

}  // namespace

std::vector<TaskNode> task_tree(const model::Tasks& tasks, std::uint32_t loop, bool fold) {
  return Builder(tasks, loop, fold).build();
}

}  // namespace stillframe::render
