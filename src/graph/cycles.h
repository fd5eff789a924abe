// Circles in a graph: who waits, through others, for itself.
#pragma once

#include <cstdint>
#include <vector>

namespace stillframe::graph {

// By number, the numbers that each one leads to.
using Graph = std::vector<std::vector<std::uint32_t>>;

// Circles that have no member in common, each beginning with its first one in the order of the graph; each leads to the
// next one, and the last to the first.
std::vector<std::vector<std::uint32_t>> cycles_of(const Graph& graph);

}  // namespace stillframe::graph
