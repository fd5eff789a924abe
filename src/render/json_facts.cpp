#include "render/json_facts.h"

#include <fmt/chrono.h>

#include "render/words.h"

namespace stillframe::render {

std::string timestamp(std::chrono::system_clock::time_point at) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
  const std::chrono::system_clock::time_point seconds{std::chrono::seconds(micros / 1'000'000)};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     micros % 1'000'000);
}

Json source_of(const model::Source& source) {
  return {{"kind", json_name(source.kind)},
          {"pid", or_null(source.pid)},
          {"core", or_null(source.core)},
          {"executable", or_null(source.executable)},
          {"command_line", source.command_line}};
}

Json consistency_of(const model::Consistency& consistency) {
  return {{"method", json_name(consistency.method)},
          {"consistent", consistency.consistent},
          {"pause_us", consistency.pause_us},
          {"threads_stopped", consistency.threads_stopped}};
}

Json python_of(const std::optional<model::Python>& python) {
  if (!python) {
    return nullptr;
  }
  return {{"version", python->version},
          {"build", or_null(python->build)},
          {"debug_build", python->debug_build},
          {"free_threaded", python->free_threaded},
          {"state", json_name(python->state)}};
}

Json process_of(const model::OtherProcess& process) {
  return {{"pid", process.pid},
          {"name", or_null(process.name)},
          {"state", process.state ? Json(json_name(*process.state)) : Json(nullptr)}};
}

Json processes_of(const std::vector<model::OtherProcess>& processes) {
  Json list = Json::array();
  for (const model::OtherProcess& process : processes) {
    list.push_back(process_of(process));
  }
  return list;
}

Json file_of(const model::WaitedFile& file) {
  return {{"fd", file.fd},
          {"kind", json_name(file.kind)},
          {"to_read", file.to_read},
          {"to_write", file.to_write},
          {"path", or_null(file.path)},
          {"local", or_null(file.local)},
          {"server", or_null(file.server)},
          {"server_answers", or_null(file.server_answers)},
          {"peer", or_null(file.peer)},
          {"state", or_null(file.state)},
          {"processes", processes_of(file.processes)}};
}

Json findings_of(std::span<const model::Finding> findings) {
  Json list = Json::array();
  for (const model::Finding& finding : findings) {
    list.push_back({{"id", finding.id},
                    {"severity", json_name(finding.severity)},
                    {"title", finding.title},
                    {"detail", finding.detail},
                    {"evidence", finding.evidence},
                    {"advice", finding.advice},
                    {"tids", finding.tids}});
  }
  return list;
}

}  // namespace stillframe::render
