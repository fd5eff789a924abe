#include "stillframe/session.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "api/explain.h"
#include "api/looks.h"
#include "render/json.h"
#include "render/json_reader.h"
#include "target/core_target.h"
#include "target/live_target.h"
#include "target/memory_target.h"

namespace stillframe {

struct Session::State {
  std::unique_ptr<target::Target> target;
  api::Looks looks;  // what is kept from look to look

  explicit State(std::unique_ptr<target::Target> opened) : target(std::move(opened)), looks(*target) {}

  static Result<Session> wrap(Result<std::unique_ptr<target::Target>> opened) {
    if (!opened) {
      return std::unexpected(std::move(opened.error()));
    }
    return Session(std::make_unique<State>(std::move(*opened)));
  }
};

namespace {

capture::NativeOption native_option(NativeFrames native) {
  switch (native) {
    case NativeFrames::none:
      return capture::NativeOption::none;
    case NativeFrames::last:
      return capture::NativeOption::last;
    case NativeFrames::python:
      return capture::NativeOption::python;
    case NativeFrames::all:
      return capture::NativeOption::all;
  }
  return capture::NativeOption::none;
}

capture::ValueOptions value_options(const ValueOptions& options, bool wanted) {
  capture::ValueOptions values;
  values.wanted = wanted;
  values.children = options.children;
  values.limits.depth = options.depth;
  values.limits.max_string = options.max_string;
  values.limits.max_items = options.max_items;
  values.limits.max_text = options.max_text;
  values.redaction = options.redact_usual ? cpython::Redaction::usual() : cpython::Redaction::none();
  for (const std::string& pattern : options.redact) {
    values.redaction.add(pattern);
  }
  return values;
}

}  // namespace

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&& other) noexcept = default;
Session& Session::operator=(Session&& other) noexcept = default;
Session::~Session() = default;

Result<Session> Session::open(std::int64_t pid, const Host& host) {
  return State::wrap(target::open_process(pid, host));
}

Result<Session> Session::open(const std::string& core, const CoreOptions& options, const Host& host) {
  return State::wrap(target::open_core(core, options, host));
}

Result<Session> Session::open(const CoreDescriptor& core, const CoreOptions& options, const Host& host) {
  target::FileHandle own(fcntl(core.fd, F_DUPFD_CLOEXEC, 3));
  if (!own) {
    return fail(ErrorKind::usage, "open the core file " + core.name, std::strerror(errno),
                "give a descriptor that is open for reading");
  }
  return State::wrap(target::open_core(std::move(own), core.name, options, host));
}

Result<Session> Session::open(CallerMemory memory, const Host& host) {
  return State::wrap(target::open_memory(std::move(memory), host));
}

Result<Still> Session::still(const StillOptions& options) {
  capture::Options reading;
  reading.no_block = options.no_block;
  reading.exhaustive = options.exhaustive;
  reading.native = native_option(options.native);
  reading.values = value_options(options.values, options.locals);
  reading.fetch = options.fetch_debug_file;
  if (!options.explain) {
    reading.resources = capture::ResourceOption::none;
    reading.tasks = capture::TaskOption::none;
  }
  auto still = state_->looks.take(reading);
  if (still && options.explain) {
    api::explain(*state_->target, *still, reading.values.redaction);
  }
  return still;
}

Result<Inspection> Session::inspect(const std::vector<std::string>& names, const InspectOptions& options) {
  capture::Options reading;
  reading.no_block = options.no_block;
  reading.exhaustive = options.exhaustive;
  reading.values = value_options(options.values, false);
  reading.objects.interpreter = options.interpreter;
  reading.objects.depth = options.depth;
  for (const std::string& name : names) {
    auto path = cpython::parse_object_path(name);
    if (!path) {
      return std::unexpected(std::move(path.error()));
    }
    reading.objects.paths.push_back(std::move(*path));
  }
  return state_->looks.inspect(reading);
}

Result<Still> Session::tasks(const TaskOptions& options) {
  capture::Options reading;
  reading.no_block = options.no_block;
  reading.exhaustive = options.exhaustive;
  reading.tasks = capture::TaskOption::all;
  auto still = state_->looks.take(reading);
  if (still) {
    api::explain(*state_->target, *still, reading.values.redaction);
    still->tasks = still->tasks ? still->tasks : std::make_shared<Tasks>();
  }
  return still;
}

std::string to_json(const Still& still, std::string_view tool_version) {
  return render::to_json(still, tool_version.empty() ? library_version() : tool_version);
}

Result<SavedStill> still_from_json(std::string_view text) {
  auto read = render::still_from_json(text);
  if (!read) {
    return std::unexpected(std::move(read.error()));
  }
  return SavedStill{.still = std::move(read->still), .tool_version = std::move(read->tool_version)};
}

}  // namespace stillframe
