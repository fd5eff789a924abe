#include "graph/cycles.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace stillframe::graph {
namespace {

enum class Color : std::uint8_t { white, on_path, done };

// A search in depth with a stack of its own: chains may be long.
class Search {
 public:
  explicit Search(const Graph& graph)
      : graph_(graph), colors_(graph.size(), Color::white), in_cycle_(graph.size(), false) {}

  std::vector<std::vector<std::uint32_t>> run() {
    for (std::uint32_t task = 0; task < colors_.size(); ++task) {
      if (colors_[task] == Color::white) {
        search_from(task);
      }
    }
    return std::move(cycles_);
  }

 private:
  struct Step {
    std::uint32_t task = 0;
    std::size_t next = 0;  // in what it awaits
  };

  void search_from(std::uint32_t first) {
    enter(first);
    while (!path_.empty()) {
      Step& step = path_.back();
      const auto& awaits = graph_[step.task];
      if (step.next == awaits.size()) {
        colors_[step.task] = Color::done;
        path_.pop_back();
        continue;
      }
      const std::uint32_t awaited = awaits[step.next++];
      if (colors_[awaited] == Color::white) {
        enter(awaited);
      } else if (colors_[awaited] == Color::on_path) {
        add_cycle(awaited);
      }
    }
  }

  void enter(std::uint32_t task) {
    colors_[task] = Color::on_path;
    path_.push_back({.task = task});
  }

  void add_cycle(std::uint32_t from) {
    std::vector<std::uint32_t> cycle;
    for (auto step = path_.rbegin(); cycle.empty() || cycle.back() != from; ++step) {
      if (in_cycle_[step->task]) {
        return;
      }
      cycle.push_back(step->task);
    }
    for (const std::uint32_t task : cycle) {
      in_cycle_[task] = true;
    }
    std::ranges::reverse(cycle);
    std::ranges::rotate(cycle, std::ranges::min_element(cycle));
    cycles_.push_back(std::move(cycle));
  }

  const Graph& graph_;
  std::vector<Color> colors_;
  std::vector<bool> in_cycle_;  // of one that was found
  std::vector<Step> path_;
  std::vector<std::vector<std::uint32_t>> cycles_;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> cycles_of(const Graph& graph) {
  return Search(graph).run();
}

}  // namespace stillframe::graph
