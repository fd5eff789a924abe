#include "render/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "render/json_crash_reader.h"
#include "render/json_fields.h"
#include "render/json_frame_reader.h"
#include "render/json_waits_reader.h"

namespace stillframe::render {
namespace {

constexpr std::string_view kReadSchema = "stillframe/1";

using TimePoint = std::chrono::system_clock::time_point;
using MaybeInteger = std::optional<std::int64_t>;
using MaybeText = std::optional<std::string>;
using MaybeBool = std::optional<bool>;

// Digits alone.
std::optional<int> parse_digits(std::string_view text) {
  int number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    number = number * 10 + (digit - '0');
  }
  return number;
}

// "2026-05-09T07:36:11.000042Z", with no fraction or one of up to 9 digits; what is less than a microsecond is cut.
std::optional<TimePoint> parse_time(std::string_view text) {
  constexpr std::string_view kForm = "....-..-..T..:..:..";
  if (text.size() <= kForm.size() || text.back() != 'Z') {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '.' && kForm[i] != text[i]) {
      return std::nullopt;
    }
  }
  std::string fraction(text.substr(kForm.size(), text.size() - kForm.size() - 1));
  if (!fraction.empty() && (fraction.front() != '.' || fraction.size() < 2 || fraction.size() > 10)) {
    return std::nullopt;
  }
  fraction.resize(7, '0');
  const auto year = parse_digits(text.substr(0, 4));
  const auto month = parse_digits(text.substr(5, 2));
  const auto day = parse_digits(text.substr(8, 2));
  const auto hour = parse_digits(text.substr(11, 2));
  const auto minute = parse_digits(text.substr(14, 2));
  const auto second = parse_digits(text.substr(17, 2));
  const auto micros = parse_digits(std::string_view(fraction).substr(1));
  // The clock's nanoseconds end in 2262.
  if (!year || !month || !day || !hour || !minute || !second || !micros || *year < 1970 || *year > 2261 || *hour > 23 ||
      *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + std::chrono::microseconds(*micros);
}

model::Source read_source(const Fields& fields) {
  return {.kind = fields.named("kind", model::SourceKind::core),
          .pid = fields.get<MaybeInteger>("pid"),
          .core = fields.get<MaybeText>("core"),
          .executable = fields.get<MaybeText>("executable"),
          .command_line = fields.list<std::string>("command_line")};
}

model::Consistency read_consistency(const Fields& fields) {
  return {.method = fields.named("method", model::Method::core),
          .consistent = fields.get<bool>("consistent"),
          .pause_us = fields.get<std::int64_t>("pause_us"),
          .threads_stopped = fields.get<std::int64_t>("threads_stopped")};
}

model::Python read_python(const Fields& fields) {
  return {.version = fields.get<std::string>("version"),
          .build = fields.get<MaybeText>("build"),
          .debug_build = fields.get<bool>("debug_build"),
          .free_threaded = fields.get<bool>("free_threaded"),
          .state = fields.named("state", model::PythonState::finalizing)};
}

model::Gil read_gil(const Fields& fields) {
  return {.held = fields.get<bool>("held"),
          .holder_tid = fields.get<MaybeInteger>("holder_tid"),
          .drop_requested = fields.get<bool>("drop_requested")};
}

model::OtherProcess read_process(const Fields& fields) {
  return {.pid = fields.get<std::int64_t>("pid"),
          .name = fields.get<MaybeText>("name"),
          .state = fields.named_or_null("state", model::OsState::unknown)};
}

std::vector<model::OtherProcess> read_processes(const Fields& owner, std::string_view key) {
  std::vector<model::OtherProcess> all;
  owner.each(key, [&](const JsonTree& one) { all.push_back(read_process(Fields(one, owner.complaint()))); });
  return all;
}

model::WaitedFile read_file(const Fields& fields) {
  return {.fd = fields.get<std::int64_t>("fd"),
          .kind = fields.named("kind", model::FileKind::other),
          .to_read = fields.get<bool>("to_read"),
          .to_write = fields.get<bool>("to_write"),
          .path = fields.get<MaybeText>("path"),
          .server = fields.get<MaybeText>("server"),
          .server_answers = fields.get<MaybeBool>("server_answers"),
          .local = fields.get<MaybeText>("local"),
          .peer = fields.get<MaybeText>("peer"),
          .state = fields.get<MaybeText>("state"),
          .processes = read_processes(fields, "processes")};
}

model::WaitingOn read_waiting(const Fields& fields) {
  model::WaitingOn waiting;
  waiting.syscall = fields.get<MaybeText>("syscall");
  waiting.text = fields.get<std::string>("text");
  waiting.address = fields.address_or_null("address");
  waiting.timeout = fields.get<std::optional<double>>("timeout");
  waiting.seconds_left = fields.get<std::optional<double>>("seconds_left");
  waiting.limited = fields.get_or("limited", waiting.timeout || waiting.seconds_left);
  waiting.waited = fields.get_or<std::optional<double>>("waited", {});
  fields.each("files",
              [&](const JsonTree& one) { waiting.files.push_back(read_file(Fields(one, fields.complaint()))); });
  waiting.file_count = fields.get<std::int64_t>("file_count");
  waiting.processes = read_processes(fields, "processes");
  waiting.wait_channel = fields.get<MaybeText>("wait_channel");
  return waiting;
}

model::ResourceWait read_wants(const Fields& fields) {
  return {.resource = fields.get<std::size_t>("resource"),
          .call = fields.get<std::string>("call"),
          .frame = fields.get<std::optional<std::size_t>>("frame"),
          .gives_back = fields.get_or<MaybeBool>("gives_back", {})};
}

model::WatchedCall read_watched(const Fields& fields) {
  return {.syscall = fields.get<std::string>("syscall"),
          .looks = fields.get<std::size_t>("looks"),
          .slept = fields.get<std::size_t>("slept")};
}

model::Finding read_finding(const Fields& fields) {
  return {.id = fields.get<std::string>("id"),
          .severity = fields.named("severity", model::Severity::note),
          .title = fields.get<std::string>("title"),
          .detail = fields.get<std::string>("detail"),
          .evidence = fields.list<std::string>("evidence"),
          .advice = fields.list<std::string>("advice"),
          .tids = fields.list<std::int64_t>("tids")};
}

model::PipeWait read_pipe_wait(const Fields& fields) {
  return {.tid = fields.get<std::int64_t>("tid"),
          .fd = fields.get<std::int64_t>("fd"),
          .writes = fields.get<bool>("writes"),
          .other_end = read_processes(fields, "other_end"),
          .ours = fields.get<bool>("ours"),
          .attended = fields.get<bool>("attended")};
}

model::RelatedProcess read_related(const Fields& fields) {
  model::RelatedProcess related{.process = read_process(fields), .parent = fields.get<std::int64_t>("parent")};
  related.threads = fields.get_or<std::int64_t>("threads", 0);
  related.stands_still = fields.get_or("stands_still", false);
  fields.each("pipe_waits",
              [&](const JsonTree& one) { related.waits.push_back(read_pipe_wait(Fields(one, fields.complaint()))); });
  return related;
}

model::WorkerPool read_pool(const Fields& fields) {
  model::WorkerPool pool{.queue = fields.address("queue"), .workers = fields.list<std::int64_t>("workers")};
  fields.each("waiting", [&](const JsonTree& one) {
    const auto future = one.is_string() ? parse_hex(one.get_ref<const std::string&>()) : std::nullopt;
    if (!future) {
      fields.complaint().say("is no address");
    }
    pool.waiting.push_back(future.value_or(0));
  });
  return pool;
}

class StillReader {
 public:
  StillReader(const JsonTree& whole, model::Still& still) : fields_(whole, complaint_), still_(still), frames_(still) {}

  // What is wrong with the document; empty: nothing.
  std::string read() {
    read_head();
    read_list("interpreters", still_.interpreters, read_interpreter);
    read_list("threads", still_.threads, [this](const Fields& one) { return read_thread(one); });
    read_list("pools", still_.pools, read_pool);
    read_list("descendants", still_.descendants, read_related);
    still_.forked_from = fields_.object_or_null("forked_from", read_process);
    read_list("resources", still_.resources, [this](const Fields& one) { return read_resource(one); });
    still_.signals = fields_.object_or_null("signals", read_signals);
    still_.wait_graph = fields_.object_or_null("wait_graph", read_wait_graph).value_or(model::WaitGraph{});
    if (fields_.member_or_none("chains") != nullptr) {
      read_list("chains", still_.chains, [](const Fields& one) { return read_chain(one); });
    }
    read_list("findings", still_.findings, read_finding);
    still_.warnings = fields_.list<std::string>("warnings");
    still_.partial = fields_.get<bool>("partial");
    check_indices();
    return complaint_.text();
  }

 private:
  template <typename Member, typename Read>
  void read_list(std::string_view key, std::vector<Member>& into, const Read& read) {
    fields_.each(key, [&](const JsonTree& one) { into.push_back(read(Fields(one, complaint_))); });
  }

  template <typename Read>
  void read_object(std::string_view key, const Read& read) {
    if (const JsonTree* const value = fields_.member(key)) {
      const Complaint::Step step(complaint_, key);
      read(Fields(*value, complaint_));
    }
  }

  void read_head() {
    const auto taken_at = parse_time(fields_.get<std::string>("taken_at"));
    if (!taken_at) {
      complaint_.say("is no time in the form 2026-05-09T07:36:11.000042Z", "taken_at");
    }
    still_.taken_at = taken_at.value_or(TimePoint());
    read_object("source", [this](const Fields& one) { still_.source = read_source(one); });
    read_object("consistency", [this](const Fields& one) { still_.consistency = read_consistency(one); });
    still_.python = fields_.object_or_null("python", read_python);
    still_.crash = fields_.object_or_null("crash", [this](const Fields& one) { return read_crash(one, frames_); });
  }

  static model::Interpreter read_interpreter(const Fields& fields) {
    return {.id = fields.get<std::int64_t>("id"),
            .gil = fields.object_or_null("gil", read_gil),
            .gc_collecting = fields.get<MaybeBool>("gc_collecting")};
  }

  model::Thread read_thread(const Fields& fields) {
    model::Thread thread;
    thread.tid = fields.get<MaybeInteger>("tid");
    thread.name = fields.get<MaybeText>("name");
    thread.os_name = fields.get<MaybeText>("os_name");
    thread.daemon = fields.get<MaybeBool>("daemon");
    thread.interpreter = fields.get<MaybeInteger>("interpreter");
    thread.python = fields.get<bool>("python");
    thread.os_state = fields.named("os_state", model::OsState::unknown);
    thread.holds_gil = fields.get<MaybeBool>("holds_gil");
    thread.waits_for_gil = fields.get<MaybeBool>("waits_for_gil");
    thread.gc_collecting = fields.get<bool>("gc_collecting");
    thread.waiting_on = fields.object_or_null("waiting_on", read_waiting);
    thread.wants = fields.object_or_null("wants", read_wants);
    thread.torn = fields.get<bool>("torn");
    thread.left_call = fields.get_or<MaybeText>("left_call", {});
    thread.watched = fields.object_or_null("watched", read_watched);
    read_stack(fields, thread);
    fields.each("greenlets",
                [&](const JsonTree& one) { thread.greenlets.push_back(read_greenlet(Fields(one, complaint_))); });
    return thread;
  }

  model::Greenlet read_greenlet(const Fields& fields) {
    model::Greenlet greenlet;
    greenlet.address = fields.address("address");
    greenlet.type = fields.get<MaybeText>("type");
    greenlet.main = fields.get<bool>("main");
    read_stack(fields, greenlet);
    return greenlet;
  }

  // What threads and greenlets have in common.
  template <typename Owner>
  void read_stack(const Fields& fields, Owner& owner) {
    owner.complete = fields.get<bool>("complete");
    owner.incomplete_reason = fields.get<MaybeText>("incomplete_reason");
    owner.native_end = fields.get<MaybeText>("native_end");
    owner.merge_conflict = fields.get<MaybeText>("merge_conflict");
    owner.frames = frames_.frames(fields);
  }

  model::Resource read_resource(const Fields& fields) {
    model::Resource resource;
    resource.kind = fields.named("kind", model::ResourceKind::standstill);
    resource.address = fields.address_or_null("address").value_or(0);
    resource.type = fields.get<std::string>("type");
    resource.name = fields.get<MaybeText>("name");
    resource.state = fields.get<MaybeText>("state");
    resource.others_may_hold = fields.get_or("others_may_hold", false);
    fields.each("holders",
                [&](const JsonTree& one) { resource.holders.push_back(read_holder(Fields(one, complaint_))); });
    return resource;
  }

  model::Holder read_holder(const Fields& fields) {
    model::Holder holder{.tid = fields.get<MaybeInteger>("tid"),
                         .certain = fields.get<bool>("certain"),
                         .how = fields.get<std::string>("how"),
                         .frame = fields.get<std::optional<std::size_t>>("frame"),
                         .line = fields.get<std::optional<std::int32_t>>("line"),
                         .begins_turn = fields.get_or("begins_turn", false)};
    if (auto process = fields.object_or_null("process", read_process)) {
      holder.other = still_.others.size();
      still_.others.push_back({.process = std::move(*process), .thread = {.tid = holder.tid}});
    }
    return holder;
  }

  void check_indices() {
    for (std::size_t i = 0; i < still_.threads.size(); ++i) {
      const auto& wants = still_.threads[i].wants;
      if (wants && wants->resource >= still_.resources.size()) {
        const Complaint::Step step(complaint_, "threads", i);
        complaint_.say("is none of `resources`", "wants.resource");
      }
    }
  }

  Complaint complaint_;
  Fields fields_;
  model::Still& still_;
  FrameReader frames_;
};

std::unexpected<Error> refuse(ErrorKind kind, std::string stopper) {
  const bool other = kind == ErrorKind::unsupported;
  return fail(kind, "read a still from JSON", std::move(stopper),
              other ? "give a still, as stillframe dump --json, core --json and why --json write it; one of a newer "
                      "version needs that version"
                    : "give one whole line that stillframe dump --json, core --json or why --json wrote");
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: …", which quotes the document, without its name
// and its length.
std::string reason_of(std::string_view problem) {
  constexpr std::size_t kMost = 200;
  const auto end = problem.find("] ");
  problem = end == std::string_view::npos ? problem : problem.substr(end + 2);
  return problem.size() > kMost ? std::string(problem.substr(0, kMost)) + "…" : std::string(problem);
}

std::string describe_schema(const std::string& schema) {
  constexpr std::size_t kMost = 40;
  const bool plain = schema.size() <= kMost && std::ranges::all_of(schema, [](char c) { return c >= ' ' && c <= '~'; });
  return plain ? fmt::format("its schema is '{}', and this version reads '{}'", schema, kReadSchema)
               : fmt::format("its schema is not '{}', which this version reads", kReadSchema);
}

}  // namespace

Result<ReadStill> still_from_json(std::string_view text) {
  JsonTree whole;
  try {
    whole = JsonTree::parse(text);
  } catch (const JsonTree::exception& problem) {
    return refuse(ErrorKind::damaged, "it is no JSON: " + reason_of(problem.what()));
  }
  Complaint complaint;
  const auto schema = Fields(whole, complaint).get<std::string>("schema");
  if (complaint.empty() && schema != kReadSchema) {
    return refuse(ErrorKind::unsupported, describe_schema(schema));
  }
  ReadStill read{.still = {}, .tool_version = Fields(whole, complaint).get<std::string>("tool_version")};
  std::string wrong = complaint.empty() ? StillReader(whole, read.still).read() : complaint.text();
  if (!wrong.empty()) {
    return refuse(ErrorKind::damaged, std::move(wrong));
  }
  return read;
}

}  // namespace stillframe::render
