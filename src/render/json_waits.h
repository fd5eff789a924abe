// The wait-for graph and its chains in JSON.
#pragma once

#include "render/json_facts.h"

namespace stillframe::render {

Json wait_graph_of(const model::WaitGraph& graph);
Json chains_of(const std::vector<model::WaitChain>& chains);

}  // namespace stillframe::render
