#include "render/json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <unordered_map>

#include "render/json_crash.h"
#include "render/json_facts.h"
#include "render/json_waits.h"
#include "render/words.h"
#include "text/signals.h"

namespace stillframe::render {
namespace {

constexpr std::string_view kStillSchema = "stillframe/1";

Json interpreters_of(const model::Still& still) {
  Json list = Json::array();
  for (const model::Interpreter& interpreter : still.interpreters) {
    Json gil = nullptr;
    if (interpreter.gil) {
      gil = {{"held", interpreter.gil->held},
             {"holder_tid", or_null(interpreter.gil->holder_tid)},
             {"drop_requested", interpreter.gil->drop_requested}};
    }
    list.push_back({{"id", interpreter.id}, {"gil", gil}, {"gc_collecting", or_null(interpreter.gc_collecting)}});
  }
  return list;
}

Json value_of(const model::Value& value) {
  Json json = {{"name", value.name},
               {"type", value.type.empty() ? Json(nullptr) : Json(value.type)},
               {"value", value.value},
               {"kind", json_name(value.kind)},
               {"address", hex(value.address)},
               {"readable", value.readable},
               {"cut", value.cut}};
  if (!value.children.empty()) {
    Json children = Json::array();
    for (const model::Value& child : value.children) {
      children.push_back(value_of(child));
    }
    json["children"] = std::move(children);
  }
  return json;
}

Json values_of(const std::optional<std::vector<model::Value>>& values) {
  if (!values) {
    return nullptr;
  }
  Json list = Json::array();
  for (const model::Value& value : *values) {
    list.push_back(value_of(value));
  }
  return list;
}

Json files_of(const std::vector<model::WaitedFile>& files) {
  Json list = Json::array();
  for (const model::WaitedFile& file : files) {
    list.push_back(file_of(file));
  }
  return list;
}

Json waiting_of(const model::Thread& thread) {
  if (!thread.waiting_on) {
    return nullptr;
  }
  const model::WaitingOn& waiting = *thread.waiting_on;
  return {{"syscall", or_null(waiting.syscall)},
          {"text", waiting.text},
          {"address", hex(waiting.address)},
          {"timeout", seconds(waiting.timeout)},
          {"seconds_left", seconds(waiting.seconds_left)},
          {"limited", waiting.limited},
          {"waited", seconds(waiting.waited)},
          {"files", files_of(waiting.files)},
          {"file_count", waiting.file_count},
          {"processes", processes_of(waiting.processes)},
          {"wait_channel", or_null(waiting.wait_channel)}};
}

Json watched_of(const model::Thread& thread) {
  if (!thread.watched) {
    return nullptr;
  }
  return {{"syscall", thread.watched->syscall}, {"looks", thread.watched->looks}, {"slept", thread.watched->slept}};
}

Json wants_of(const model::Thread& thread) {
  if (!thread.wants) {
    return nullptr;
  }
  const auto& frame = thread.wants->frame;
  return {{"resource", thread.wants->resource},
          {"call", thread.wants->call},
          {"frame", frame ? Json(*frame) : Json(nullptr)},
          {"gives_back", or_null(thread.wants->gives_back)}};
}

Json resources_of(const model::Still& still) {
  Json list = Json::array();
  for (const model::Resource& resource : still.resources) {
    Json holders = Json::array();
    for (const model::Holder& holder : resource.holders) {
      const bool other = holder.other && *holder.other < still.others.size();
      holders.push_back({{"tid", or_null(holder.tid)},
                         {"process", other ? process_of(still.others[*holder.other].process) : Json(nullptr)},
                         {"certain", holder.certain},
                         {"how", holder.how},
                         {"frame", or_null(holder.frame)},
                         {"line", or_null(holder.line)},
                         {"begins_turn", holder.begins_turn}});
    }
    list.push_back({{"kind", json_name(resource.kind)},
                    {"address", resource.address == 0 ? Json(nullptr) : hex(resource.address)},
                    {"type", resource.type},
                    {"name", or_null(resource.name)},
                    {"state", or_null(resource.state)},
                    {"holders", std::move(holders)},
                    {"others_may_hold", resource.others_may_hold}});
  }
  return list;
}

Json pipe_waits_of(const std::vector<model::PipeWait>& waits) {
  Json list = Json::array();
  for (const model::PipeWait& wait : waits) {
    list.push_back({{"tid", wait.tid},
                    {"fd", wait.fd},
                    {"writes", wait.writes},
                    {"other_end", processes_of(wait.other_end)},
                    {"ours", wait.ours},
                    {"attended", wait.attended}});
  }
  return list;
}

Json descendants_of(const model::Still& still) {
  Json list = Json::array();
  for (const model::RelatedProcess& one : still.descendants) {
    Json json = process_of(one.process);
    json["parent"] = one.parent;
    json["threads"] = one.threads;
    json["stands_still"] = one.stands_still;
    json["pipe_waits"] = pipe_waits_of(one.waits);
    list.push_back(std::move(json));
  }
  return list;
}

Json pools_of(const model::Still& still) {
  Json list = Json::array();
  for (const model::WorkerPool& pool : still.pools) {
    Json waiting = Json::array();
    for (const std::uint64_t future : pool.waiting) {
      waiting.push_back(hex(future));
    }
    list.push_back({{"queue", hex(pool.queue)}, {"workers", pool.workers}, {"waiting", std::move(waiting)}});
  }
  return list;
}

Json signals_of(const model::Still& still) {
  if (!still.signals) {
    return nullptr;
  }
  Json caught = Json::array();
  for (int number = 1; number <= 64; ++number) {
    if ((still.signals->caught >> static_cast<unsigned>(number - 1) & 1U) != 0) {
      caught.push_back(text::signal_name(number));
    }
  }
  return {{"caught", std::move(caught)}, {"interrupt", json_name(still.signals->interrupt)}};
}

// Frames are by far the most there is: they are written piece by piece, with no tree of objects in between.
class StillJson {
 public:
  explicit StillJson(const Sink& sink) : sink_(sink) {}

  bool write(const model::Still& still, std::string_view tool_version) {
    const Json head = {{"schema", kStillSchema},
                       {"tool_version", tool_version},
                       {"taken_at", timestamp(still.taken_at)},
                       {"source", source_of(still.source)},
                       {"consistency", consistency_of(still.consistency)},
                       {"python", python_of(still.python)},
                       {"crash", crash_of(still.crash)},
                       {"interpreters", interpreters_of(still)}};
    out_ = dump(head);
    out_.pop_back();
    out_ += ",\"threads\":[";
    for (const model::Thread& thread : still.threads) {
      out_ += &thread == still.threads.data() ? "" : ",";
      write_thread(thread);
      if (!pass_on(kPiece)) {
        return false;
      }
    }
    out_ += "],";
    const Json tail = {{"pools", pools_of(still)},
                       {"descendants", descendants_of(still)},
                       {"forked_from", still.forked_from ? process_of(*still.forked_from) : Json(nullptr)},
                       {"resources", resources_of(still)},
                       {"signals", signals_of(still)},
                       {"wait_graph", wait_graph_of(still.wait_graph)},
                       {"chains", chains_of(still.chains)},
                       {"findings", findings_of(still.findings)},
                       {"warnings", still.warnings},
                       {"partial", still.partial}};
    out_ += std::string_view(dump(tail)).substr(1);
    out_ += '\n';
    return pass_on(0);
  }

 private:
  // Hands over what there is, if it is more than `least` bytes. False once the sink wants no more.
  bool pass_on(std::size_t least) {
    if (open_ && out_.size() > least) {
      open_ = sink_(out_);
      out_.clear();
    }
    return open_;
  }

  void write_thread(const model::Thread& thread) {
    const Json head = {{"tid", or_null(thread.tid)},
                       {"name", or_null(thread.name)},
                       {"os_name", or_null(thread.os_name)},
                       {"daemon", or_null(thread.daemon)},
                       {"interpreter", or_null(thread.interpreter)},
                       {"python", thread.python},
                       {"os_state", json_name(thread.os_state)},
                       {"holds_gil", or_null(thread.holds_gil)},
                       {"waits_for_gil", or_null(thread.waits_for_gil)},
                       {"gc_collecting", thread.gc_collecting},
                       {"waiting_on", waiting_of(thread)},
                       {"left_call", or_null(thread.left_call)},
                       {"watched", watched_of(thread)},
                       {"wants", wants_of(thread)},
                       {"complete", thread.complete},
                       {"torn", thread.torn},
                       {"incomplete_reason", or_null(thread.incomplete_reason)},
                       {"native_end", or_null(thread.native_end)},
                       {"merge_conflict", or_null(thread.merge_conflict)}};
    out_ += dump(head);
    out_.pop_back();
    write_frames(thread.frames);
    out_ += ",\"greenlets\":[";
    for (const model::Greenlet& greenlet : thread.greenlets) {
      out_ += &greenlet == thread.greenlets.data() ? "" : ",";
      write_greenlet(greenlet);
      if (!pass_on(kPiece)) {
        return;
      }
    }
    out_ += "]}";
  }

  void write_greenlet(const model::Greenlet& greenlet) {
    const Json head = {{"address", hex(greenlet.address)},
                       {"type", or_null(greenlet.type)},
                       {"main", greenlet.main},
                       {"complete", greenlet.complete},
                       {"incomplete_reason", or_null(greenlet.incomplete_reason)},
                       {"native_end", or_null(greenlet.native_end)},
                       {"merge_conflict", or_null(greenlet.merge_conflict)}};
    out_ += dump(head);
    out_.pop_back();
    write_frames(greenlet.frames);
    out_ += '}';
  }

  void write_frames(const std::vector<model::Frame>& frames) {
    out_ += ",\"frames\":[";
    for (const model::Frame& frame : frames) {
      out_ += &frame == frames.data() ? "" : ",";
      write_frame(frame);
      if (!pass_on(kPiece)) {
        return;
      }
    }
    out_ += ']';
  }

  void write_frame(const model::Frame& frame) {
    const bool python = frame.kind == model::FrameKind::python;
    out_ += python ? R"({"kind":"python","function":)" : R"({"kind":"native","function":)";
    const bool unknown = frame.function.empty() && (!python || frame.lost_code);
    out_ += unknown ? std::string_view("null") : text(frame.function);
    if (python) {
      member("qualified_name", frame.qualified_name);
    }
    member("file", frame.file);
    member("line", frame.line);
    if (python) {
      member("end_line", frame.end_line);
    }
    member("column", frame.column);
    if (python) {
      member("end_column", frame.end_column);
    }
    member("source", frame.source);
    if (python) {
      if (frame.source_lines) {
        write_lines(*frame.source_lines);
      }
      out_ += frame.entry ? R"(,"entry":true)" : R"(,"entry":false)";
      if (frame.lost_code) {
        out_ += ",\"lost_code\":" + dump(hex(frame.lost_code));
      }
      member("arguments", frame.arguments);
      member("locals", frame.locals);
      if (!frame.exceptions.empty()) {
        out_ += ",\"exceptions\":" + dump(values_of(frame.exceptions));
      }
      if (frame.locals_left_out > 0) {
        out_ += fmt::format(",\"locals_left_out\":{}", frame.locals_left_out);
      }
    } else {
      member("library", frame.library);
      out_ += ",\"address\":" + dump(hex(frame.address));
      if (frame.library_offset) {
        out_ += ",\"library_offset\":" + dump(hex(frame.library_offset));
      }
      out_ += frame.inlined ? R"(,"inlined":true)" : R"(,"inlined":false)";
      member("macro", frame.macro);
      out_ += frame.guessed ? R"(,"guessed":true)" : R"(,"guessed":false)";
      out_ += frame.plumbing ? R"(,"plumbing":true)" : R"(,"plumbing":false)";
    }
    out_ += '}';
  }

  void write_lines(std::string_view lines) {
    key("source_lines");
    for (char before = '[';; before = ',') {
      const auto end = std::min(lines.find('\n'), lines.size());
      out_ += before;
      out_ += text(lines.substr(0, end));
      if (end == lines.size()) {
        break;
      }
      lines.remove_prefix(end + 1);
    }
    out_ += ']';
  }

  void key(std::string_view name) { fmt::format_to(std::back_inserter(out_), ",\"{}\":", name); }
  void member(std::string_view name, const std::optional<std::int32_t>& value) {
    key(name);
    if (value) {
      fmt::format_to(std::back_inserter(out_), "{}", *value);
    } else {
      out_ += "null";
    }
  }
  void member(std::string_view name, const std::optional<std::string_view>& value) {
    key(name);
    out_ += value ? text(*value) : std::string_view("null");
  }
  void member(std::string_view name, const std::optional<std::vector<model::Value>>& values) {
    key(name);
    out_ += values ? dump(values_of(values)) : "null";
  }

  // Pooled texts are escaped once, found again by where they lie and how long they are.
  const std::string& text(std::string_view pooled) {
    auto& known = escaped_[{pooled.data(), pooled.size()}];
    if (known.empty()) {
      known = dump(Json(pooled));
    }
    return known;
  }

  struct Hash {
    std::size_t operator()(const std::pair<const char*, std::size_t>& key) const {
      return std::hash<const char*>{}(key.first) ^ (key.second << 1U);
    }
  };
  static constexpr std::size_t kPiece = std::size_t{64} << 10U;
  const Sink& sink_;
  bool open_ = true;  // the sink has taken everything so far
  std::string out_;
  std::unordered_map<std::pair<const char*, std::size_t>, std::string, Hash> escaped_;
};

}  // namespace

bool write_json(const model::Still& still, std::string_view tool_version, const Sink& sink) {
  return StillJson(sink).write(still, tool_version);
}

std::string to_json(const model::Still& still, std::string_view tool_version) {
  std::string out;
  write_json(still, tool_version, [&out](std::string_view piece) {
    out += piece;
    return true;
  });
  return out;
}

}  // namespace stillframe::render
