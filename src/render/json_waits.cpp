#include "render/json_waits.h"

#include <string_view>

#include "render/words.h"

namespace stillframe::render {
std::string_view json_name(model::NodeKind kind) {
  using enum model::NodeKind;
  switch (kind) {
    case thread:
      return "thread";
    case task:
      return "task";
    case loop:
      return "loop";
    case resource:
      return "resource";
    case pool:
      return "pool";
    case process:
      return "process";
    case any_thread:
      return "any_thread";
    case timer:
      return "timer";
    case signal_handler:
      return "signal_handler";
    case outside:
      return "outside";
    case unknown:
      break;
  }
  return "unknown";
}

std::string_view json_name(model::Proof proof) {
  switch (proof) {
    case model::Proof::certain:
      return "certain";
    case model::Proof::concluded:
      return "concluded";
    case model::Proof::unknown:
      break;
  }
  return "unknown";
}

std::string_view json_name(model::EdgeKind kind) {
  switch (kind) {
    case model::EdgeKind::waits_for:
      return "waits_for";
    case model::EdgeKind::held_by:
      return "held_by";
    case model::EdgeKind::could_be_ended_by:
      return "could_be_ended_by";
    case model::EdgeKind::runs:
      break;
  }
  return "runs";
}

std::string_view json_name(model::InterruptHandler handler) {
  switch (handler) {
    case model::InterruptHandler::unknown:
      break;
    case model::InterruptHandler::usual:
      return "usual";
    case model::InterruptHandler::asyncio:
      return "asyncio";
    case model::InterruptHandler::own:
      return "own";
  }
  return "unknown";
}

namespace {

Json chain_of(const model::WaitChain& chain) {
  Json links = Json::array();
  for (const model::ChainLink& link : chain.links) {
    links.push_back({{"who", link.who},
                     {"what", link.what},
                     {"where", link.where.empty() ? Json(nullptr) : Json(link.where)},
                     {"ended_by", link.ended_by.empty() ? Json(nullptr) : Json(link.ended_by)},
                     {"waits", link.waits},
                     {"waited", seconds(link.waited)},
                     {"limited", link.limited},
                     {"seconds_left", seconds(link.seconds_left)}});
  }
  return {{"links", std::move(links)},
          {"count", chain.count},
          {"others", chain.others},
          {"idle", chain.idle},
          {"tids", chain.tids},
          {"branches", chains_of(chain.branches)},
          {"branches_left_out", chain.branches_left_out}};
}

}  // namespace

Json wait_graph_of(const model::WaitGraph& graph) {
  Json nodes = Json::array();
  for (const model::WaitNode& node : graph.nodes) {
    nodes.push_back({{"kind", json_name(node.kind)},
                     {"index", or_null(node.index)},
                     {"name", node.name},
                     {"pid", or_null(node.pid)}});
  }
  Json edges = Json::array();
  for (const model::WaitEdge& edge : graph.edges) {
    edges.push_back({{"from", edge.from},
                     {"to", edge.to},
                     {"kind", json_name(edge.kind)},
                     {"proof", json_name(edge.proof)},
                     {"how", edge.how.empty() ? Json(nullptr) : Json(edge.how)}});
  }
  return {{"nodes", std::move(nodes)}, {"edges", std::move(edges)}};
}

Json chains_of(const std::vector<model::WaitChain>& chains) {
  Json list = Json::array();
  for (const model::WaitChain& chain : chains) {
    list.push_back(chain_of(chain));
  }
  return list;
}

}  // namespace stillframe::render
