#include "graph/task_graphs.h"

#include <cstddef>

namespace stillframe::graph {

Graph await_graph(const model::Tasks& tasks) {
  Graph graph;
  graph.reserve(tasks.tasks.size());
  for (const model::Task& task : tasks.tasks) {
    graph.push_back(task.awaits);
  }
  return graph;
}

Graph wait_graph(const model::Tasks& tasks) {
  Graph graph = await_graph(tasks);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const model::TaskWait& wait = tasks.tasks[i].waits_for;
    // Of several who hold a semaphore each may let go.
    if (wait.kind == model::WaitKind::lock || (wait.kind == model::WaitKind::semaphore && wait.holders.size() == 1)) {
      graph[i].insert(graph[i].end(), wait.holders.begin(), wait.holders.end());
    }
  }
  return graph;
}

}  // namespace stillframe::graph
