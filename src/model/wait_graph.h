// Who waits for whom and for what, as a graph, and the chains that are read from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stillframe::model {

enum class NodeKind : std::uint8_t {
  thread,          // index: in Still::threads
  task,            // in Tasks::tasks; a greenlet of gevent is one
  loop,            // in Tasks::loops
  resource,        // in Still::resources
  pool,            // in Still::pools
  process,         // another process
  any_thread,      // any thread or task of this process that can still run
  timer,           // the end of a time limit
  signal_handler,  // one that the program has set
  outside,         // a file, a socket, a terminal: whoever is behind it
  unknown,         // nothing tells who
};

enum class Proof : std::uint8_t {
  certain,    // memory or the kernel proves it
  concluded,  // from the code that took a lock, for instance
  unknown,    // it may be so
};

enum class EdgeKind : std::uint8_t {
  waits_for,
  held_by,
  could_be_ended_by,
  runs,  // a thread its loop, a loop its tasks, a pool its workers
};

struct WaitNode {
  NodeKind kind = NodeKind::thread;
  std::optional<std::size_t> index;
  std::string name;                 // as findings call it: `thread 4211 "MainThread"`, "lock `a`"
  std::optional<std::int64_t> pid;  // of a process
};

struct WaitEdge {
  std::uint32_t from = 0;  // in WaitGraph::nodes
  std::uint32_t to = 0;
  EdgeKind kind = EdgeKind::waits_for;
  Proof proof = Proof::certain;
  std::string how;  // how it is known; may be empty
};

struct WaitGraph {
  std::vector<WaitNode> nodes;
  std::vector<WaitEdge> edges;  // by `from`
};

// One step of a chain: a thread or a task, where it is, what it waits for and who could end that.
struct ChainLink {
  std::string who;                     // `thread 4211 "MainThread"`, "task `second`"
  std::string what;                    // "waits for an item of queue `jobs`"
  std::string where;                   // "urllib3/connection.py:638 in connect, called from /srv/app.py:14 in report"
  std::string ended_by;                // "thread 4212 \"b\", which holds it"; empty: the wait itself says it
  std::optional<double> waited;        // seconds, where that can be told
  std::optional<double> seconds_left;  // of a wait that ends by itself
  bool limited = false;                // it ends by itself
  bool waits = true;                   // false: it runs
};

// From who waits to the end of the wait. Equal ones are one, with a count.
struct WaitChain {
  std::vector<ChainLink> links;       // each waits for the next one
  std::size_t count = 1;              // how many threads or tasks begin such a chain
  std::vector<std::string> others;    // some of those: the others' names
  bool idle = false;                  // a server, or a worker, with nothing to do
  std::vector<std::int64_t> tids;     // of the threads in it
  std::vector<WaitChain> branches;    // of a loop: the chains of its tasks
  std::size_t branches_left_out = 0;  // more of them
};

}  // namespace stillframe::model
