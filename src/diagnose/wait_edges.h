// The wait-for graph of a still, made from what it says of threads, tasks, loops, resources, pools and files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/still.h"

namespace stillframe::diagnose {

// Fills Still::wait_graph. Its first nodes are the threads, in their order. `all_wakers`: whether the still has every
// thread of the process, and it has no child that works: who is not looked at could wake any of them.
void add_wait_graph(model::Still& still, bool all_wakers = true);

// The graph with a way to ask it.
class WaitEdges {
 public:
  explicit WaitEdges(const model::Still& still);

  [[nodiscard]] const model::WaitGraph& graph() const { return graph_; }
  [[nodiscard]] const model::WaitNode& node(std::uint32_t index) const { return graph_.nodes[index]; }
  // The edges that begin at a node.
  [[nodiscard]] std::span<const model::WaitEdge> from(std::uint32_t node) const;
  // The node of a kind with that index; none where it is not in the graph.
  [[nodiscard]] std::optional<std::uint32_t> find(model::NodeKind kind, std::size_t index) const;

 private:
  const model::WaitGraph& graph_;
  std::vector<std::size_t> first_;  // by node: its first edge
};

// Who could wake somebody, for once.
struct Wakers {
  bool native_threads = true;  // threads that Python does not know
  bool signal_handlers = true;
};

// Of each node whether it can go on, or somebody who can go on could end its wait: what is left stands still for good.
// Unsure edges count as edges, so it errs on the side of going on.
std::vector<bool> can_go_on(const model::Still& still, const WaitEdges& edges, Wakers wakers);

}  // namespace stillframe::diagnose
