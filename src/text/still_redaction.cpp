#include "text/still_redaction.h"

#include <algorithm>
#include <unordered_map>

#include "model/tasks.h"

namespace stillframe::text {
namespace {

class Hider {
 public:
  explicit Hider(const Redaction& redaction) : redaction_(redaction) {}

  void hide(std::string& text) const { redaction_.hide_in(text); }
  void hide(std::optional<std::string>& text) const {
    if (text) {
      hide(*text);
    }
  }
  void hide(std::vector<std::string>& texts) const {
    for (std::string& text : texts) {
      hide(text);
    }
  }

  void hide(model::Source& source) const {
    redaction_.hide_in(source.command_line);
    hide(source.executable);
  }

  void hide(model::OtherProcess& process) const { hide(process.name); }
  void hide(std::vector<model::OtherProcess>& processes) const {
    for (model::OtherProcess& process : processes) {
      hide(process);
    }
  }

  void hide(model::WaitedFile& file) const {
    for (auto* text : {&file.path, &file.server, &file.local, &file.peer}) {
      hide(*text);
    }
    hide(file.processes);
  }

  // Pooled: most frames of a program have one of a few file names.
  void hide(model::Frame& frame, model::TextPool& pool) {
    if (!frame.file) {
      return;
    }
    const auto [known, fresh] = files_.try_emplace(frame.file->data(), *frame.file);
    if (fresh) {
      if (const auto spans = redaction_.find(*frame.file); !spans.empty()) {
        known->second = pool.keep(with_hidden(*frame.file, spans));
      }
    }
    frame.file = known->second;
  }
  void hide(std::vector<model::Frame>& frames, model::TextPool& pool) {
    for (model::Frame& frame : frames) {
      hide(frame, pool);
    }
  }

  void hide(model::Thread& thread, model::TextPool& pool) {
    hide(thread.name);
    hide(thread.os_name);
    if (thread.waiting_on) {
      hide(thread.waiting_on->text);
      hide(thread.waiting_on->processes);
      for (model::WaitedFile& file : thread.waiting_on->files) {
        hide(file);
      }
    }
    hide(thread.frames, pool);
    for (model::Greenlet& greenlet : thread.greenlets) {
      hide(greenlet.frames, pool);
    }
  }

  void hide(model::Crash& crash, model::TextPool& pool) {
    hide(crash.abort_message);
    hide(crash.fatal_message);
    hide(crash.frames, pool);
    if (crash.cpp_exception) {
      hide(crash.cpp_exception->what);
    }
    if (crash.fault && crash.fault->area) {
      hide(crash.fault->area->path);
    }
    for (model::PythonException& exception : crash.exceptions) {
      hide(exception.traceback, pool);
    }
  }

  void hide(model::Tasks& tasks, model::TextPool& pool) {
    for (model::Task& task : tasks.tasks) {
      hide(task.name);
      hide(task.waits_for.text);
      if (task.waits_for.file) {
        hide(*task.waits_for.file);
      }
    }
    hide(tasks.places, pool);
  }

  void hide(model::WaitGraph& graph) const {
    for (model::WaitNode& node : graph.nodes) {
      hide(node.name);
    }
    for (model::WaitEdge& edge : graph.edges) {
      hide(edge.how);
    }
  }

  void hide(std::vector<model::WaitChain>& chains) const {
    for (model::WaitChain& chain : chains) {
      for (model::ChainLink& link : chain.links) {
        for (auto* text : {&link.who, &link.what, &link.where, &link.ended_by}) {
          hide(*text);
        }
      }
      hide(chain.others);
      hide(chain.branches);
    }
  }

  void hide(std::vector<model::Finding>& findings) const {
    for (model::Finding& finding : findings) {
      hide(finding.title);
      hide(finding.detail);
      hide(finding.evidence);
      hide(finding.advice);
    }
  }

 private:
  const Redaction& redaction_;
  std::unordered_map<const char*, std::string_view> files_;
};

}  // namespace

void hide_secrets(model::Still& still, const Redaction& redaction) {
  if (redaction.empty()) {
    return;
  }
  Hider hider(redaction);
  hider.hide(still.source);
  if (still.crash) {
    hider.hide(*still.crash, still.texts);
  }
  for (model::Thread& thread : still.threads) {
    hider.hide(thread, still.texts);
  }
  for (model::RelatedProcess& one : still.descendants) {
    hider.hide(one.process);
    for (model::PipeWait& wait : one.waits) {
      hider.hide(wait.other_end);
    }
  }
  if (still.forked_from) {
    hider.hide(*still.forked_from);
  }
  for (model::Resource& resource : still.resources) {
    hider.hide(resource.name);
  }
  for (model::OtherThread& other : still.others) {
    hider.hide(other.process);
    hider.hide(other.thread, still.texts);
  }
  if (still.tasks) {
    hider.hide(*still.tasks, still.texts);
  }
  hider.hide(still.wait_graph);
  hider.hide(still.chains);
  hider.hide(still.findings);
  hider.hide(still.warnings);
}

void hide_secrets(model::Inspection& inspection, const Redaction& redaction) {
  if (redaction.empty()) {
    return;
  }
  const Hider hider(redaction);
  hider.hide(inspection.source);
  hider.hide(inspection.warnings);
  for (model::Answer& answer : inspection.answers) {
    if (answer.error) {
      hider.hide(answer.error->stopper);
      hider.hide(answer.error->advice);
    }
  }
}

}  // namespace stillframe::text
