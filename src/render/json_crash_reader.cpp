#include "render/json_crash_reader.h"

#include <string>

namespace stillframe::render {
namespace {

model::MemoryArea read_area(const Fields& fields) {
  return {.begin = fields.address("begin"),
          .end = fields.address("end"),
          .readable = fields.get<bool>("readable"),
          .writable = fields.get<bool>("writable"),
          .executable = fields.get<bool>("executable"),
          .path = fields.get<std::optional<std::string>>("path"),
          .file_offset = fields.get<std::uint64_t>("file_offset"),
          .file_size = fields.get<std::optional<std::uint64_t>>("file_size")};
}

model::Fault read_fault(const Fields& fields) {
  model::Fault fault;
  fault.pc = fields.address("pc");
  fault.address = fields.address_or_null("address");
  fault.access = fields.named_or_null("access", model::AccessKind::execute);
  fault.bytes = fields.get<std::optional<std::uint32_t>>("bytes").value_or(0);
  fault.instruction = fields.get<std::optional<std::string>>("instruction");
  fault.operand = fields.get<std::optional<std::string>>("operand");
  fields.each("registers", [&](const JsonTree& one) {
    const Fields entry(one, fields.complaint());
    fault.registers.push_back({.name = entry.get<std::string>("name"), .value = entry.address("value")});
  });
  fault.area = fields.object_or_null("area", read_area);
  fault.handled = fields.get<bool>("handled");
  return fault;
}

model::StackArea read_stack(const Fields& fields) {
  return {.begin = fields.address("begin"),
          .end = fields.address("end"),
          .sp = fields.address("sp"),
          .guard = fields.address("guard")};
}

model::CppException read_cpp_exception(const Fields& fields) {
  return {.type = fields.get<std::string>("type"), .what = fields.get<std::optional<std::string>>("what")};
}

model::PythonException read_exception(const Fields& fields, FrameReader& frames) {
  model::PythonException exception;
  exception.type = fields.get<std::string>("type");
  exception.text = fields.get<std::string>("text");
  exception.handled = fields.get<bool>("handled");
  exception.last = fields.get<bool>("last");
  fields.each("traceback", [&](const JsonTree& call) {
    exception.traceback.push_back(frames.traced(Fields(call, fields.complaint())));
  });
  exception.from = fields.get<std::optional<std::size_t>>("from");
  exception.from_cause = fields.get<bool>("from_cause");
  return exception;
}

}  // namespace

model::Crash read_crash(const Fields& fields, FrameReader& frames) {
  model::Crash crash;
  crash.signal_name = fields.get<std::string>("signal");
  crash.signal = fields.get<std::int32_t>("signal_number");
  crash.code = fields.get<std::optional<std::string>>("code");
  crash.fault_address = fields.address_or_null("fault_address");
  crash.tid = fields.get<std::optional<std::int64_t>>("tid");
  crash.sender_pid = fields.get<std::optional<std::int64_t>>("sender_pid");
  crash.sender_uid = fields.get<std::optional<std::int64_t>>("sender_uid");
  // What the schema does not demand.
  using Text = std::optional<std::string>;
  crash.fault = fields.object_or_null("fault", read_fault);
  crash.stack = fields.object_or_null("stack", read_stack);
  crash.abort_message = fields.get_or<Text>("abort_message", std::nullopt);
  crash.fatal_function = fields.get_or<Text>("fatal_function", std::nullopt);
  crash.fatal_message = fields.get_or<Text>("fatal_message", std::nullopt);
  crash.cpp_exception = fields.object_or_null("cpp_exception", read_cpp_exception);
  fields.each_or_none("exceptions", [&](const JsonTree& one) {
    crash.exceptions.push_back(read_exception(Fields(one, fields.complaint()), frames));
  });
  crash.system_call = fields.get_or<Text>("system_call", std::nullopt);
  for (const auto& exception : crash.exceptions) {
    if (exception.from && *exception.from >= crash.exceptions.size()) {
      fields.complaint().say("has an exception that comes from one that is not there");
    }
  }
  return crash;
}

}  // namespace stillframe::render
