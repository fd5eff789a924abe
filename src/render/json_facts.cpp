#include "render/json_facts.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "render/words.h"
#include "text/display_width.h"
#include "text/untrusted_characters.h"

namespace stillframe::render {
namespace {

// As UTF-16 has it.
void append_unicode_escape(std::string& out, std::uint32_t point) {
  if (point < 0x10000) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", point);
    return;
  }
  const std::uint32_t above = point - 0x10000;
  fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xD800 + (above >> 10U), 0xDC00 + (above & 0x3FFU));
}

// Outside of its strings JSON is ASCII, and control characters of C0 in them are escaped already.
std::string with_escapes(std::string json) {
  const auto is_plain = [](char byte) { return static_cast<unsigned char>(byte) < 0x7F; };
  const auto first = std::ranges::find_if_not(json, is_plain);
  if (first == json.end()) {
    return json;
  }
  std::string_view rest = json;
  std::string out(rest.substr(0, static_cast<std::size_t>(first - json.begin())));
  rest.remove_prefix(out.size());
  while (!rest.empty()) {
    const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_plain) - rest.begin());
    out += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (rest.empty()) {
      break;
    }
    const std::string_view before = rest;
    const std::uint32_t point = text::take_code_point(rest);
    if (text::is_untrusted(point)) {
      append_unicode_escape(out, point);
    } else {
      out += before.substr(0, before.size() - rest.size());
    }
  }
  return out;
}

}  // namespace

std::string dump(const Json& json) {
  return with_escapes(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

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
