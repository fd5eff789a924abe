#include "render/json_waits_reader.h"

#include <string>

#include "text/signals.h"

namespace stillframe::render {
namespace {

constexpr int kDeepestBranch = 8;
constexpr int kSignals = 64;

model::WaitNode read_node(const Fields& fields) {
  return {.kind = fields.named("kind", model::NodeKind::unknown),
          .index = fields.get<std::optional<std::size_t>>("index"),
          .name = fields.get<std::string>("name"),
          .pid = fields.get<std::optional<std::int64_t>>("pid")};
}

model::WaitEdge read_edge(const Fields& fields) {
  return {.from = fields.get<std::uint32_t>("from"),
          .to = fields.get<std::uint32_t>("to"),
          .kind = fields.named("kind", model::EdgeKind::runs),
          .proof = fields.named("proof", model::Proof::unknown),
          .how = fields.get<std::optional<std::string>>("how").value_or("")};
}

model::ChainLink read_link(const Fields& fields) {
  return {.who = fields.get<std::string>("who"),
          .what = fields.get<std::string>("what"),
          .where = fields.get<std::optional<std::string>>("where").value_or(""),
          .ended_by = fields.get<std::optional<std::string>>("ended_by").value_or(""),
          .waited = fields.get<std::optional<double>>("waited"),
          .seconds_left = fields.get<std::optional<double>>("seconds_left"),
          .limited = fields.get<bool>("limited"),
          .waits = fields.get<bool>("waits")};
}

std::uint64_t bit_of(const std::string& name, Complaint& complaint) {
  for (int number = 1; number <= kSignals; ++number) {
    if (text::signal_name(number) == name) {
      return std::uint64_t{1} << static_cast<unsigned>(number - 1);
    }
  }
  complaint.say("is no signal");
  return 0;
}

}  // namespace

model::WaitGraph read_wait_graph(const Fields& fields) {
  model::WaitGraph graph;
  fields.each("nodes", [&](const JsonTree& one) { graph.nodes.push_back(read_node(Fields(one, fields.complaint()))); });
  fields.each("edges", [&](const JsonTree& one) {
    graph.edges.push_back(read_edge(Fields(one, fields.complaint())));
    if (graph.edges.back().from >= graph.nodes.size() || graph.edges.back().to >= graph.nodes.size()) {
      fields.complaint().say("leads to a node that is not there");
    }
  });
  return graph;
}

model::WaitChain read_chain(const Fields& fields, int depth) {
  model::WaitChain chain;
  if (depth > kDeepestBranch) {
    fields.complaint().say("has branches within branches without end");
    return chain;
  }
  fields.each("links", [&](const JsonTree& one) { chain.links.push_back(read_link(Fields(one, fields.complaint()))); });
  chain.count = fields.get<std::size_t>("count");
  chain.others = fields.list<std::string>("others");
  chain.idle = fields.get<bool>("idle");
  chain.tids = fields.list<std::int64_t>("tids");
  fields.each("branches", [&](const JsonTree& one) {
    chain.branches.push_back(read_chain(Fields(one, fields.complaint()), depth + 1));
  });
  chain.branches_left_out = fields.get<std::size_t>("branches_left_out");
  return chain;
}

model::SignalHandlers read_signals(const Fields& fields) {
  model::SignalHandlers handlers{.interrupt = fields.named("interrupt", model::InterruptHandler::own)};
  for (const std::string& name : fields.list<std::string>("caught")) {
    handlers.caught |= bit_of(name, fields.complaint());
  }
  return handlers;
}

}  // namespace stillframe::render
