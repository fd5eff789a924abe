#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

#include "model/tasks.h"
#include "render/escape.h"
#include "render/screen.h"
#include "render/task_tree.h"
#include "render/tasks.h"
#include "render/text_findings.h"
#include "render/text_heading.h"
#include "render/words.h"
#include "text/display_width.h"
#include "text/phrases.h"
#include "text/scheduler_files.h"

namespace stillframe::render {
namespace {

using model::LoopDoing;
using model::Task;
using model::TaskState;
using model::WaitKind;

// How many of those that look alike are named.
constexpr std::size_t kMostNamed = 8;

std::string seconds_in_words(double seconds) {
  return seconds < 10 ? fmt::format("{:.1f} s", seconds) : fmt::format("{:.0f} s", seconds);
}

std::string name_of(const Task& task) {
  return task.name.empty() ? fmt::format("task {:#x}", task.address) : escaped(model::name_with_number(task));
}

// A call of the scheduler's own library.
bool is_scheduler_call(const model::Frame& frame) {
  return text::is_scheduler_file(frame.file.value_or(""));
}

std::string_view noun_of(model::Scheduler scheduler) {
  switch (scheduler) {
    case model::Scheduler::asyncio:
      return "Loop";
    case model::Scheduler::trio:
      return "Trio run";
    case model::Scheduler::curio:
      return "Curio kernel";
    case model::Scheduler::gevent:
      return "Gevent hub";
  }
  return "Loop";
}

// What is said of a task behind its name.
std::string doing(const Task& task) {
  std::string text;
  switch (task.state) {
    case TaskState::running:
      text = "running";
      break;
    case TaskState::ready:
      text = "ready to go on";
      break;
    case TaskState::not_started:
      text = "not started yet";
      break;
    case TaskState::waiting:
      text = escaped(task.waits_for.text);
      break;
  }
  return text + (task.cancelling ? ", being cancelled" : "");
}

class TasksText {
 public:
  TasksText(const model::Still& still, const TextOptions& options)
      : still_(still), tasks_(*still.tasks), screen_(options) {}

  std::string write_all() {
    write_heading(screen_, still_.source, still_.python, still_.consistency, "tasks");
    write_findings(screen_, still_.findings);
    if (tasks_.loops.empty()) {
      screen_.blank_line();
      screen_.paragraph("No event loop of asyncio, trio, curio or gevent runs, and there are no tasks.", "");
    }
    for (std::uint32_t loop = 0; loop < tasks_.loops.size(); ++loop) {
      write_loop(loop);
    }
    write_warnings(screen_, still_.warnings);
    return std::move(screen_).take();
  }

 private:
  void write_loop(std::uint32_t index) {
    const model::TaskLoop& loop = tasks_.loops[index];
    screen_.blank_line();
    screen_.paragraph(loop_in_words(loop), "    ", is_held_up(loop) ? style::kMark : style::kHeading);
    screen_.paragraph("  " + count_tasks(index), "    ", style::kFaint);
    if (!loop.running_task) {
      write_frames(loop.callback, "    ", false);
    }
    const auto nodes = task_tree(tasks_, index, screen_.options().fold);
    for (const TaskNode& node : nodes) {
      write_node(node, &node == &nodes.back() ? "└─ " : "├─ ", &node == &nodes.back() ? "   " : "│  ");
    }
  }

  [[nodiscard]] std::string count_tasks(std::uint32_t loop) const {
    std::int64_t all = 0;
    std::int64_t running = 0;
    std::int64_t ready = 0;
    for (const Task& task : tasks_.tasks) {
      if (task.loop != loop) {
        continue;
      }
      ++all;
      running += task.state == TaskState::running ? 1 : 0;
      ready += task.state == TaskState::ready || task.state == TaskState::not_started ? 1 : 0;
    }
    std::string text = text::with_count(all, "task");
    std::string_view before = ": ";
    const auto add = [&](std::int64_t count, std::string_view what) {
      if (count > 0) {
        text += fmt::format("{}{} {}", before, text::grouped(static_cast<std::uint64_t>(count)), what);
        before = ", ";
      }
    };
    add(running, "running");
    add(ready, "ready");
    add(all - running - ready, "waiting");
    return text;
  }

  // A thread that sleeps within a callback holds up everything else.
  [[nodiscard]] bool is_held_up(const model::TaskLoop& loop) const {
    return loop.doing == LoopDoing::runs && loop.thread &&
           still_.threads[*loop.thread].os_state != model::OsState::running &&
           still_.threads[*loop.thread].waits_for_gil != true;
  }

  std::string loop_in_words(const model::TaskLoop& loop) {
    std::string text = fmt::format("{} {:#x}", noun_of(loop.scheduler), loop.address);
    text += loop.type.empty() ? "" : fmt::format(" ({})", escaped(loop.type));
    if (loop.tid) {
      text += fmt::format(", thread {}", *loop.tid);
      if (loop.thread && still_.threads[*loop.thread].name) {
        text += fmt::format(" \"{}\"", escaped(*still_.threads[*loop.thread].name));
      }
    }
    text += ": " + loop_doing(loop);
    if (loop.ready && *loop.ready > 0) {
      text +=
          fmt::format("; {} ready",
                      text::with_count(*loop.ready, loop.scheduler == model::Scheduler::asyncio ? "callback" : "task"));
    }
    if (loop.doing != LoopDoing::nothing && loop.next_timer) {
      text += *loop.next_timer > 0 ? fmt::format("; the next timer in {}", seconds_in_words(*loop.next_timer))
                                   : std::string("; a timer is due");
    }
    return text;
  }

  std::string loop_doing(const model::TaskLoop& loop) {
    switch (loop.doing) {
      case LoopDoing::nothing:
        return loop.closed == true ? "closed" : "no thread runs it";
      case LoopDoing::guest:
        return "is a guest of another loop";
      case LoopDoing::unknown:
        return "which thread runs it is not known";
      case LoopDoing::waits:
        return "waits for files and timers";
      case LoopDoing::between:
        return loop.running_task ? "runs " + name_of(tasks_.tasks[*loop.running_task]) : "runs";
      case LoopDoing::runs:
        break;
    }
    std::string text = loop.running_task ? "runs " + name_of(tasks_.tasks[*loop.running_task]) : "runs a callback";
    if (loop.thread) {
      const std::string thread = doing_in_words(still_.threads[*loop.thread], still_);
      text += thread.empty() ? "" : fmt::format("{} ({})", is_held_up(loop) ? ", held up" : "", escaped(thread));
    }
    return text;
  }

  void write_node(const TaskNode& node, const std::string& guide, const std::string& below) {
    const Task& task = tasks_.tasks[node.task];
    write_head(task, node, guide);
    if (node.shown_above || node.in_cycle) {
      return;
    }
    const std::string stem = below + (node.children.empty() && node.deeper == 0 ? "  " : "│ ");
    write_frames(task.frames, stem, task.waits_for.kind != WaitKind::other);
    if (task.incomplete_reason) {
      write_note(stem, "calls are missing: " + escaped(*task.incomplete_reason));
    }
    if (!node.alike.empty()) {
      write_note(stem, alike_in_words(node.alike));
    }
    for (const TaskNode& child : node.children) {
      const bool last = &child == &node.children.back() && node.deeper == 0;
      write_node(child, below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
    if (node.deeper > 0) {
      write_note(below + "└─ ", fmt::format("… {}", text::with_count(node.deeper, "more task")));
    }
  }

  void write_head(const Task& task, const TaskNode& node, const std::string& guide) {
    std::string name = name_of(task);
    std::string text = task.type ? fmt::format(" ({})", escaped(*task.type)) : "";
    if (node.in_cycle) {
      text += ": awaits itself: a circle";
    } else if (node.shown_above) {
      text += ": as above";
    } else {
      text += ": " + doing(task);
    }
    if (screen_.width() > 0) {
      name = cut(name, std::max(screen_.width() - text::display_width(guide), 12));
      text = cut(text, std::max(screen_.width() - text::display_width(guide) - text::display_width(name), 1));
    }
    screen_.fitted_line(fmt::format("{}{}{}", screen_.styled(guide, style::kFaint),
                                    screen_.styled(name, node.in_cycle ? style::kMark : style::kHeading), text));
  }

  // "/srv/app.py:31 in main: await asyncio.gather(*jobs)". What only waits is left out where words say what for.
  void write_frames(std::span<const std::uint32_t> places, const std::string& stem, bool told) {
    std::size_t count = places.size();
    if (told && screen_.options().hide_plumbing) {
      while (count > 1 && is_scheduler_call(tasks_.places[places[count - 1]])) {
        --count;
      }
      // A task that stands in the library alone is shown so.
      count = count == 1 && is_scheduler_call(tasks_.places[places[0]]) ? places.size() : count;
    }
    for (const std::uint32_t place : places.first(count)) {
      write_place(tasks_.places[place], stem);
    }
  }

  void write_place(const model::Frame& frame, const std::string& stem) {
    std::string file = escaped(frame.file.value_or("?"));
    const std::string line = frame.line ? fmt::format(":{}", *frame.line) : "";
    const std::string function = escaped(frame.qualified_name.value_or(frame.function));
    std::string_view source = frame.source.value_or("");
    source.remove_prefix(std::min(source.find_first_not_of(" \t\f"), source.size()));
    std::string code = source.empty() ? "" : ": " + escaped(source);
    if (screen_.width() > 0) {
      const int fixed = text::display_width(stem) + text::display_width(line) + text::display_width(function) + 4;
      const int room = screen_.width() - fixed;
      file = cut_front(file, std::max({room - text::display_width(code), room / 2, 12}));
      code = cut(code, std::max(room - text::display_width(file), 1));
    }
    screen_.fitted_line(fmt::format("{}{} in {}{}", screen_.styled(stem, style::kFaint),
                                    screen_.styled(file + line, style::kFile),
                                    screen_.styled(function, style::kFunction), code));
  }

  void write_note(const std::string& stem, const std::string& text) {
    const int room = std::max(screen_.width() - text::display_width(stem), 12);
    screen_.fitted_line(screen_.styled(stem, style::kFaint) +
                        screen_.styled(screen_.width() > 0 ? cut(text, room) : text, style::kFaint));
  }

  std::string alike_in_words(const std::vector<std::uint32_t>& alike) {
    std::string text = fmt::format("and {} at the same place:", text::with_count(alike.size(), "more task"));
    for (const std::uint32_t task : std::span(alike).first(std::min(alike.size(), kMostNamed))) {
      text += fmt::format("{} {}", task == alike.front() ? "" : ",", name_of(tasks_.tasks[task]));
    }
    return text + (alike.size() > kMostNamed ? ", …" : "");
  }

  const model::Still& still_;
  const model::Tasks& tasks_;
  Screen screen_;
};

}  // namespace

std::string tasks_to_text(const model::Still& still, const TextOptions& options) {
  return TasksText(still, options).write_all();
}

}  // namespace stillframe::render
