// Cores made by hand, for the analyses of deaths.
#pragma once

#include <csignal>
#include <string>

#include "diagnose/stills.h"

namespace stillframe::diagnose {

inline model::Frame native_frame(std::string_view function, std::string_view library, std::uint64_t address) {
  return {.kind = model::FrameKind::native, .function = function, .library = library, .address = address};
}

// Process 100, of whose thread 101 "Worker" /srv/app.py:12 in work has called strlen of libc, which died at 0x4000.
inline model::Still died_of(std::int32_t signal, std::string name, std::string code) {
  model::Still still;
  still.source = {.kind = model::SourceKind::core, .pid = 100};
  still.threads = {sleeping_thread(101, "Worker", 12)};
  model::Crash crash{.signal = signal, .signal_name = std::move(name), .code = std::move(code), .tid = 101};
  crash.frames = {python_frame("/srv/app.py", 12, "work"), native_frame("ffi_call", "/lib/libffi.so.8", 0x5000),
                  native_frame("strlen", "/lib/libc.so.6", 0x4000)};
  still.crash = std::move(crash);
  return still;
}

inline model::Finding only(Analysis analysis, const model::Still& still) {
  Findings findings = found_by(analysis, still);
  return findings.size() == 1 ? findings.front() : model::Finding{.id = std::to_string(findings.size()) + " findings"};
}

}  // namespace stillframe::diagnose
