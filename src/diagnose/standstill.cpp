// Programs in which nobody is left to wake anybody: every thread and task waits, without a limit of time, for what only
// another one of them could give.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/signal_wakers.h"
#include "diagnose/task_phrases.h"
#include "diagnose/wait_edges.h"
#include "diagnose/wait_phrases.h"
#include "model/tasks.h"
#include "text/phrases.h"
#include "text/signals.h"

namespace stillframe::diagnose {
namespace {

using model::NodeKind;

// A thread or a task at the end of a chain: nobody in particular could end its wait.
struct End {
  std::string_view noun;  // "thread", "task"
  std::string name;       // `4211 "MainThread"`
  std::string place;      // may be empty
  std::string wait;       // "waits for an item of queue `jobs`"
  std::string told;       // the same with its state, where that was read: "(size=0)"
  std::optional<std::size_t> resource;
  std::optional<double> waited;
  std::optional<std::int64_t> tid;
};

// Somebody of Python who waits: threads, and tasks that have not ended.
bool all_stand(const model::Still& still, const WaitEdges& edges) {
  const auto can = can_go_on(still, edges, {.native_threads = false, .signal_handlers = false});
  const auto& nodes = edges.graph().nodes;
  bool any = false;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool thread = nodes[i].kind == NodeKind::thread && still.threads[*nodes[i].index].python;
    if (!thread && nodes[i].kind != NodeKind::task) {
      continue;
    }
    any = true;
    if (can[i]) {
      return false;
    }
  }
  return any;
}

bool is_held(const WaitEdges& edges, std::uint32_t resource) {
  return std::ranges::any_of(edges.from(resource), [&](const model::WaitEdge& edge) {
    return edge.kind == model::EdgeKind::held_by && edges.node(edge.to).kind == NodeKind::thread;
  });
}

class Ends {
 public:
  Ends(const model::Still& still, const WaitEdges& edges) : still_(still), edges_(edges) {
    for (const model::Thread& thread : still.threads) {
      if (thread.python) {
        add(thread);
      }
    }
    for (std::size_t i = 0; still.tasks && i < still.tasks->tasks.size(); ++i) {
      add(still.tasks->tasks[i]);
    }
    // Where there are no clear ones, those that others likely hold up; then who waits for work; then loops.
    for (std::vector<End>* others : {&circled_, &workers_, &loops_}) {
      if (found_.empty()) {
        found_.swap(*others);
      }
    }
  }

  [[nodiscard]] const std::vector<End>& found() const { return found_; }
  [[nodiscard]] std::size_t workers() const { return workers_.size(); }  // at leisure

 private:
  void add(const model::Thread& thread) {
    End end{.noun = "thread",
            .name = name_of(thread),
            .place = waiting_place(thread),
            .wait = thread.waiting_on->text,
            .told = wait_in_words(still_, thread),
            .waited = thread.waiting_on->waited,
            .tid = thread.tid};
    if (!thread.wants || thread.wants->resource >= still_.resources.size()) {
      loops_.push_back(std::move(end));
      return;
    }
    end.resource = thread.wants->resource;
    const auto resource = edges_.find(NodeKind::resource, *end.resource);
    if (waits_for_work_of_others(still_, thread)) {
      workers_.push_back(std::move(end));
    } else if (resource && !is_held(edges_, *resource)) {
      found_.push_back(std::move(end));
    } else if (still_.resources[*end.resource].kind != model::ResourceKind::thread) {
      circled_.push_back(std::move(end));
    }
  }

  void add(const model::Task& task) {
    if (!task.awaits.empty() || task.waits_for.tid) {
      return;
    }
    End end{.noun = "task",
            .name = name_of(task),
            .place = own_place_of(task.frames, *still_.tasks),
            .wait = wait_in_words(task),
            .told = wait_in_words(task)};
    if (task.loop) {
      end.tid = still_.tasks->loops[*task.loop].tid;
    }
    auto& list = is_of_scheduler(task, *still_.tasks) ? workers_ : task.waits_for.holders.empty() ? found_ : circled_;
    list.push_back(std::move(end));
  }

  const model::Still& still_;
  const WaitEdges& edges_;
  std::vector<End> found_;
  std::vector<End> circled_;
  std::vector<End> workers_;
  std::vector<End> loops_;
};

std::string with_place_of(const End& end) {
  return end.place.empty() ? end.name : fmt::format("{} ({})", end.name, end.place);
}

std::string signals_in_words(std::uint64_t set) {
  std::vector<std::string> names;
  for (int number = 1; number <= 64; ++number) {
    if ((set >> static_cast<unsigned>(number - 1) & 1U) != 0) {
      names.push_back(text::signal_name(number));
    }
  }
  return list_of(names, 4);
}

std::vector<std::string> native_threads(const model::Still& still) {
  std::vector<std::string> names;
  for (const model::Thread& thread : still.threads) {
    if (!thread.python) {
      names.push_back(name_of(thread));
    }
  }
  return names;
}

// Who else could wake somebody; empty: nobody.
std::string others_who_could(const model::Still& still) {
  std::vector<std::string> who;
  const auto native = native_threads(still);
  if (!native.empty()) {
    who.push_back(fmt::format("{} of C code ({})", native.size() == 1 ? "a thread" : "threads", list_of(native, 3)));
  }
  const std::uint64_t handled = handled_signals(still);
  if (handled != 0) {
    who.push_back("a signal that has a handler (" + signals_in_words(handled) + ")");
  } else if (!still.signals) {
    who.emplace_back("a signal handler, if the program has one");
  }
  std::string text;
  for (const std::string& one : who) {
    text += (text.empty() ? "" : " or ") + one;
  }
  return text;
}

// What comes first, with those that wait for the same thing; the others are counted.
std::string title_of(const std::vector<End>& ends, std::string_view others) {
  const End& first = ends.front();
  std::vector<std::string> who;
  for (const End& end : ends) {
    const bool same =
        first.resource ? end.resource == first.resource : end.noun == first.noun && end.wait == first.wait;
    if (same) {
      who.push_back(with_place_of(end));
    }
  }
  const std::size_t more = ends.size() - who.size();
  std::string waits = first.wait;
  if (who.size() > 1 && waits.starts_with("waits")) {
    waits = "wait" + waits.substr(std::string_view("waits").size());
  }
  const std::string lead = others.empty() ? std::string("Nobody is left to wake anybody")
                                          : fmt::format("Of this program, only {} could wake anybody", others);
  return fmt::format("{}: {}{} {} {}{}", lead, first.noun, who.size() == 1 ? "" : "s", list_of(who, 3), waits,
                     more == 0 ? "" : fmt::format(", and {} more for other things", more));
}

std::vector<std::string> advice_for(const model::Still& still, const End& first) {
  if (!first.resource) {
    return {"see which task should have set it, put an item in or let go of it, and why that one has ended",
            "give the wait a limit: asyncio.timeout(), wait_for()"};
  }
  using enum model::ResourceKind;
  switch (still.resources[*first.resource].kind) {
    case queue:
      return {
          "see who should have put an item in or taken one out, and why it has ended; let it put a last item in a "
          "`finally`",
          "get(timeout=…), or shutdown() of the queue (3.13+)"};
    case lock:
    case semaphore:
      return {"see who took it and came to its end without release(): use `with`", "acquire(timeout=…)"};
    case barrier:
      return {"see which thread did not come, and why it has ended; let it call abort()", "Barrier(…, timeout=…)"};
    case future:
      return {"see who should have set the result, and why that has ended", "result(timeout=…)"};
    default:
      return {"see who should have set or notified it, and why that thread has ended", "wait(timeout=…)"};
  }
}

void add_evidence(const model::Still& still, const Ends& ends, bool certain, model::Finding& finding) {
  for (const End& end : ends.found()) {
    if (finding.evidence.size() == kMostTold) {
      finding.evidence.push_back(fmt::format("{} more wait so", ends.found().size() - kMostTold));
      break;
    }
    const std::string time = end.waited ? fmt::format(", for {}", text::duration_in_words(*end.waited)) : "";
    finding.evidence.push_back(fmt::format("{} {} {}{}{}, without a time limit", end.noun, end.name, end.told,
                                           end.place.empty() ? "" : " at " + end.place, time));
    if (end.tid && std::ranges::find(finding.tids, *end.tid) == finding.tids.end()) {
      finding.tids.push_back(*end.tid);
    }
  }
  if (ends.workers() > 0) {
    finding.evidence.push_back(fmt::format("{} of a pool {} for work that only these could give",
                                           text::with_count(ends.workers(), "idle thread"),
                                           ends.workers() == 1 ? "waits" : "wait"));
  }
  if (certain) {
    finding.evidence.emplace_back(
        "no thread runs, and no thread of C code, file, timer, child or signal handler could wake one that waits");
  }
  if (certain && still.threads.size() == 1 && still.forked_from) {
    finding.evidence.push_back(
        fmt::format("it is the only thread of the process, which was forked from {}: the other threads, those of pools "
                    "among them, have stayed there",
                    name_of(*still.forked_from)));
  } else if (certain && still.threads.size() == 1) {
    finding.evidence.emplace_back("it is the only thread of the process");
  }
}

}  // namespace

void find_standstill(const model::Still& still, Findings& findings) {
  const bool told =
      std::ranges::any_of(findings, [](const model::Finding& one) { return one.severity != model::Severity::note; });
  if (told || still.crash || still.wait_graph.nodes.empty() || !still.consistency.consistent || still.partial) {
    return;
  }
  const WaitEdges edges(still);
  if (!all_stand(still, edges)) {
    return;
  }
  const Ends ends(still, edges);
  if (ends.found().empty()) {
    return;  // they wait for one another in a circle
  }
  const std::string others = others_who_could(still);
  const bool certain = others.empty() && still.source.kind == model::SourceKind::process;
  model::Finding finding{.id = "standstill",
                         .severity = certain ? model::Severity::certain : model::Severity::note,
                         .title = title_of(ends.found(), others)};
  add_evidence(still, ends, certain, finding);
  if (certain) {
    finding.advice = advice_for(still, ends.found().front());
  }
  findings.push_back(std::move(finding));
}

}  // namespace stillframe::diagnose
