// Who can still go on: the wait-for graph solved.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "diagnose/wait_edges.h"
#include "model/tasks.h"

namespace stillframe::diagnose {

using model::EdgeKind;
using model::NodeKind;
namespace {

// Whether somebody goes on by himself, whoever else does: an end of an edge from which none leads on.
bool goes_on_by_itself(const model::Still& still, const model::WaitNode& node, Wakers wakers) {
  switch (node.kind) {
    case NodeKind::thread: {
      const model::Thread& thread = still.threads[*node.index];
      return thread.python ? !thread.waiting_on : wakers.native_threads;
    }
    case NodeKind::task:
      return still.tasks->tasks[*node.index].state != model::TaskState::waiting;
    case NodeKind::signal_handler:
      return wakers.signal_handlers;
    case NodeKind::process:
    case NodeKind::timer:
    case NodeKind::outside:
    case NodeKind::unknown:
      return true;
    case NodeKind::loop:
    case NodeKind::resource:
    case NodeKind::pool:
    case NodeKind::any_thread:
      break;
  }
  return false;
}

}  // namespace

std::vector<bool> can_go_on(const model::Still& still, const WaitEdges& edges, Wakers wakers) {
  const auto& nodes = edges.graph().nodes;
  std::vector<bool> can(nodes.size(), false);
  std::vector<std::vector<std::uint32_t>> waiters(nodes.size());
  for (const model::WaitEdge& edge : edges.graph().edges) {
    // What a loop or a thread runs tells nothing of whether it goes on; a pool does if one of its workers does.
    if (edge.kind != EdgeKind::runs || nodes[edge.from].kind == NodeKind::pool) {
      waiters[edge.to].push_back(edge.from);
    }
  }
  std::vector<std::uint32_t> found;
  const auto add = [&](std::uint32_t node) {
    const bool native = nodes[node].kind == NodeKind::thread && !still.threads[*nodes[node].index].python;
    if (!can[node] && (wakers.native_threads || !native)) {
      can[node] = true;
      found.push_back(node);
    }
  };
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (goes_on_by_itself(still, nodes[i], wakers)) {
      add(i);
    }
  }
  const auto any = std::ranges::find(nodes, NodeKind::any_thread, &model::WaitNode::kind);
  // NOLINTNEXTLINE(modernize-loop-convert): it grows on the way
  for (std::size_t next = 0; next < found.size(); ++next) {
    const std::uint32_t node = found[next];
    for (const std::uint32_t waiter : waiters[node]) {
      add(waiter);
    }
    if (any != nodes.end() && (nodes[node].kind == NodeKind::thread || nodes[node].kind == NodeKind::task)) {
      add(static_cast<std::uint32_t>(any - nodes.begin()));
    }
  }
  return can;
}

}  // namespace stillframe::diagnose
