#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/tasks.h"
#include "render/json_facts.h"
#include "render/tasks.h"
#include "render/words.h"
#include "text/schedulers.h"

namespace stillframe::render {
namespace {

constexpr std::string_view kTasksSchema = "stillframe-tasks/1";

// Tens of thousands of tasks stand at a few places: each place is written once, and put in where it is met.
class TasksJson {
 public:
  explicit TasksJson(const model::Still& still) : still_(still), tasks_(*still.tasks) {
    for (const model::Frame& frame : tasks_.places) {
      places_.push_back(dump({{"function", text_or_null(frame.function)},
                              {"qualified_name", or_null(frame.qualified_name)},
                              {"file", or_null(frame.file)},
                              {"line", or_null(frame.line)},
                              {"end_line", or_null(frame.end_line)},
                              {"column", or_null(frame.column)},
                              {"end_column", or_null(frame.end_column)},
                              {"source", or_null(frame.source)}}));
    }
  }

  std::string write(std::string_view tool_version) {
    const Json head = {{"schema", kTasksSchema},
                       {"tool_version", tool_version},
                       {"taken_at", timestamp(still_.taken_at)},
                       {"source", source_of(still_.source)},
                       {"consistency", consistency_of(still_.consistency)},
                       {"python", python_of(still_.python)},
                       {"findings", findings_of(still_.findings)},
                       {"cycles", cycles()}};
    out_ = dump(head);
    out_.pop_back();
    write_list("loops", tasks_.loops, [this](const model::TaskLoop& loop) { write_loop(loop); });
    write_list("tasks", tasks_.tasks, [this](const model::Task& task) { write_task(task); });
    out_ += ",\"warnings\":" + dump(still_.warnings);
    out_ += still_.partial ? ",\"partial\":true}\n" : ",\"partial\":false}\n";
    return std::move(out_);
  }

 private:
  static Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

  [[nodiscard]] Json address_of(std::uint32_t task) const { return hex(tasks_.tasks[task].address); }

  [[nodiscard]] Json addresses(const std::vector<std::uint32_t>& list) const {
    Json found = Json::array();
    for (const std::uint32_t task : list) {
      found.push_back(address_of(task));
    }
    return found;
  }

  [[nodiscard]] Json cycles() const {
    Json list = Json::array();
    for (const auto& cycle : tasks_.cycles) {
      list.push_back(addresses(cycle));
    }
    return list;
  }

  template <typename List, typename Write>
  void write_list(std::string_view name, const List& list, const Write& write) {
    fmt::format_to(std::back_inserter(out_), ",\"{}\":[", name);
    for (const auto& one : list) {
      out_ += &one == &list.front() ? "" : ",";
      write(one);
    }
    out_ += ']';
  }

  void write_frames(std::string_view name, const std::vector<std::uint32_t>& frames) {
    write_list(name, frames, [this](std::uint32_t place) { out_ += places_[place]; });
  }

  void write_loop(const model::TaskLoop& loop) {
    const Json head = {{"kind", text::words_of(loop.scheduler).name},
                       {"address", hex(loop.address)},
                       {"type", text_or_null(loop.type)},
                       {"tid", or_null(loop.tid)},
                       {"doing", json_name(loop.doing)},
                       {"running_task", loop.running_task ? address_of(*loop.running_task) : Json(nullptr)},
                       {"closed", or_null(loop.closed)},
                       {"ready", or_null(loop.ready)},
                       {"scheduled", or_null(loop.scheduled)},
                       {"next_timer", seconds(loop.next_timer)},
                       {"overdue", seconds(loop.overdue)},
                       {"thread_waits_on", thread_wait(loop)}};
    out_ += dump(head);
    out_.pop_back();
    write_frames("callback", loop.callback);
    out_ += '}';
  }

  [[nodiscard]] Json thread_wait(const model::TaskLoop& loop) const {
    const auto* thread = loop.thread ? &still_.threads[*loop.thread] : nullptr;
    return thread != nullptr && thread->waiting_on ? Json(thread->waiting_on->text) : Json(nullptr);
  }

  void write_task(const model::Task& task) {
    const Json head = {{"address", hex(task.address)},
                       {"name", text_or_null(task.name)},
                       {"number", or_null(task.number)},
                       {"type", or_null(task.type)},
                       {"loop", task.loop ? hex(tasks_.loops[*task.loop].address) : Json(nullptr)},
                       {"parent", task.parent ? address_of(*task.parent) : Json(nullptr)},
                       {"state", json_name(task.state)},
                       {"own_state", or_null(task.own_state)},
                       {"cancelling", task.cancelling},
                       {"awaits", addresses(task.awaits)},
                       {"awaited_by", addresses(task.awaited_by)},
                       {"waits_for", wait_of(task)},
                       {"timeout_left", seconds(task.timeout_left)},
                       {"complete", task.complete},
                       {"incomplete_reason", or_null(task.incomplete_reason)}};
    out_ += dump(head);
    out_.pop_back();
    write_frames("frames", task.frames);
    out_ += '}';
  }

  [[nodiscard]] Json wait_of(const model::Task& task) const {
    const model::TaskWait& wait = task.waits_for;
    if (wait.kind == model::WaitKind::nothing) {
      return nullptr;
    }
    return {{"kind", json_name(wait.kind)},
            {"text", wait.text},
            {"address", hex(wait.address)},
            {"type", or_null(wait.type)},
            {"seconds_left", seconds(wait.seconds_left)},
            {"delay", seconds(wait.delay)},
            {"file", wait.file ? file_of(*wait.file) : Json(nullptr)},
            {"pid", or_null(wait.pid)},
            {"tid", or_null(wait.tid)},
            {"job_begun", or_null(wait.job_begun)},
            {"items", or_null(wait.items)},
            {"holders", addresses(wait.holders)},
            {"holders_proven", wait.holders_proven}};
  }

  const model::Still& still_;
  const model::Tasks& tasks_;
  std::vector<std::string> places_;
  std::string out_;
};

}  // namespace

std::string tasks_to_json(const model::Still& still, std::string_view tool_version) {
  return TasksJson(still).write(tool_version);
}

}  // namespace stillframe::render
