#include "text/program_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <vector>

#include "text/schedulers.h"

namespace stillframe::text {

using model::Frame;
using model::FrameKind;
using model::Thread;
namespace {

constexpr std::string_view kPackages = "-packages/";

// Where the name of a module in Python's own library begins: ".../lib/python3.12/queue.py", ".../lib64/python3.9/…",
// ".../lib/pypy3.10/…", ".../lib/python312.zip/…". npos: it does not lie there.
std::size_t library_module(std::string_view file) {
  constexpr std::array<std::string_view, 4> folders{"/lib/python", "/lib64/python", "/lib/pypy", "/lib64/pypy"};
  for (const std::string_view folder : folders) {
    const auto lib = file.find(folder);
    if (lib == std::string_view::npos) {
      continue;
    }
    const std::size_t version = lib + folder.size();
    const auto module = file.find('/', version);
    if (version < file.size() && file[version] >= '2' && file[version] <= '9' && module != std::string_view::npos &&
        !file.substr(version).contains(kPackages)) {
      return module + 1;
    }
  }
  return std::string_view::npos;
}

// Where the name of an installed package begins; npos: it is none.
std::size_t package_name(std::string_view file) {
  std::size_t found = std::string_view::npos;
  for (const std::string_view folder : {"/site-packages/", "/dist-packages/"}) {
    // Of a package inside of another one, as pip's vendored ones, the outer one counts.
    if (const auto at = file.find(folder); at != std::string_view::npos) {
      found = std::min(found, at + folder.size());
    }
  }
  return found;
}

// Calls, outermost first, and which of them is wanted: the innermost one of an origin; none: there is none.
std::optional<std::size_t> innermost(std::span<const Frame* const> calls, CodeOrigin origin) {
  for (std::size_t i = calls.size(); i-- > 0;) {
    if (calls[i]->kind == FrameKind::python && origin_of(calls[i]->file.value_or("")) == origin) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> own_call(std::span<const Frame* const> calls) {
  for (const CodeOrigin origin : {CodeOrigin::program, CodeOrigin::package, CodeOrigin::library}) {
    if (const auto found = innermost(calls, origin)) {
      return found;
    }
  }
  return std::nullopt;
}

std::vector<const Frame*> pointers(std::span<const Frame> frames) {
  std::vector<const Frame*> calls;
  calls.reserve(frames.size());
  std::ranges::transform(frames, std::back_inserter(calls), [](const Frame& frame) { return &frame; });
  return calls;
}

}  // namespace

CodeOrigin origin_of(std::string_view file) {
  if (file.starts_with("<frozen ") || library_module(file) != std::string_view::npos || is_scheduler_file(file)) {
    return CodeOrigin::library;
  }
  return package_name(file) != std::string_view::npos ? CodeOrigin::package : CodeOrigin::program;
}

bool is_library(const Frame& frame) {
  return frame.kind == FrameKind::python && frame.file && origin_of(*frame.file) != CodeOrigin::program;
}

const Frame* own_frame(std::span<const Frame* const> calls) {
  const auto own = own_call(calls);
  return own ? calls[*own] : nullptr;
}

const Frame* own_frame(const Thread& thread) {
  return own_frame(pointers(thread.frames));
}

std::string_view short_path(std::string_view file) {
  if (const auto package = package_name(file); package != std::string_view::npos) {
    return file.substr(package);
  }
  const auto module = library_module(file);
  return module == std::string_view::npos ? file : file.substr(module);
}

std::string place_in_words(const Frame& frame) {
  std::string text(short_path(frame.file.value_or("?")));
  text += frame.line ? fmt::format(":{}", *frame.line) : "";
  const std::string_view function = frame.qualified_name.value_or(frame.function);
  return function.empty() ? text : fmt::format("{} in {}", text, function);
}

std::string own_place_in_words(std::span<const Frame* const> calls) {
  const auto own = own_call(calls);
  if (!own) {
    return {};
  }
  const auto package = innermost(calls, CodeOrigin::package);
  const std::string place = place_in_words(*calls[*own]);
  return package && *package > *own ? fmt::format("{}, called from {}", place_in_words(*calls[*package]), place)
                                    : place;
}

std::string own_place_in_words(std::span<const Frame> frames) {
  return own_place_in_words(pointers(frames));
}

}  // namespace stillframe::text
