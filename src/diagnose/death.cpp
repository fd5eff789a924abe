#include "diagnose/death.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::Frame;
using model::FrameKind;

// How the C library and the interpreter go about dying: whoever called them is who matters.
constexpr std::array kWaysToDie{
    std::string_view("pthread_kill_implementation"),
    std::string_view("pthread_kill_internal"),
    std::string_view("pthread_kill"),
    std::string_view("raise"),
    std::string_view("gsignal"),
    std::string_view("abort"),
    std::string_view("kill"),
    std::string_view("tgkill"),
    std::string_view("restore_rt"),
};

bool is_way_to_die(std::string_view function) {
  for (const std::string_view prefix : {"__GI_", "__"}) {
    function.remove_prefix(function.starts_with(prefix) ? prefix.size() : 0);
  }
  return std::ranges::find(kWaysToDie, function) != kWaysToDie.end();
}

bool is_native(const Frame& frame) {
  return frame.kind == FrameKind::native;
}

std::string native_place(const Frame& frame) {
  std::string text = place_of(frame);
  if (frame.function.empty() && frame.library) {  // a stripped file: where in it, for who has its symbols
    return fmt::format("{}+{:#x}", file_name(*frame.library), frame.library_offset.value_or(0));
  }
  if (frame.file && frame.line) {
    text += fmt::format(" ({}:{})", file_name(*frame.file), *frame.line);
  }
  return text;
}

}  // namespace

bool killed_itself(const model::Still& still) {
  return still.crash->sender_pid && still.crash->sender_pid == still.source.pid;
}

std::string who_died(const model::Still& still) {
  const auto* thread = thread_of(still, still.crash->tid);
  if (thread != nullptr) {
    return "Thread " + name_of(*thread);
  }
  return still.crash->tid ? fmt::format("Thread {}", *still.crash->tid) : "The process";
}

const Frame* fatal_call(const model::Crash& crash) {
  const auto inner_first = std::views::reverse(crash.frames);
  if (crash.fault) {
    const auto found = std::ranges::find_if(
        inner_first, [&](const Frame& frame) { return is_native(frame) && frame.address == crash.fault->pc; });
    if (found != inner_first.end()) {
      return &*found;
    }
  }
  const auto found = std::ranges::find_if(
      inner_first, [&](const Frame& frame) { return is_native(frame) && !is_way_to_die(frame.function); });
  const bool native_inside =
      found != inner_first.end() &&
      std::find_if(inner_first.begin(), found, [](const Frame& frame) { return !is_native(frame); }) == found;
  return native_inside ? &*found : nullptr;
}

namespace {

// A native call (null: none is known), and the Python code that led there.
std::string place_from(const model::Crash& crash, const Frame* call) {
  const Frame* innermost = nullptr;
  const Frame* own = nullptr;
  // What runs inside of the call that died (a handler, the library's way to die) is not what led there.
  std::size_t outside = call == nullptr ? crash.frames.size() : static_cast<std::size_t>(call - crash.frames.data());
  while (outside-- > 0 && own == nullptr) {
    const Frame& frame = crash.frames[outside];
    if (frame.kind == FrameKind::python) {
      innermost = innermost == nullptr ? &frame : innermost;
      own = text::is_library(frame) ? nullptr : &frame;
    }
  }
  const Frame* python = own == nullptr ? innermost : own;
  std::string text = call == nullptr || !is_native(*call) || (call->function.empty() && !call->library)
                         ? ""
                         : "in " + native_place(*call);
  if (python != nullptr) {
    text += fmt::format("{} {}", text.empty() ? "at" : ", called from", place_of(*python));
  }
  return text;
}

}  // namespace

std::string place_died(const model::Crash& crash) {
  const Frame* call = fatal_call(crash);
  // A jump into nowhere has no name: who jumped has.
  while (call != nullptr && call->function.empty() && !call->library && call != crash.frames.data() &&
         is_native(*std::prev(call))) {
    --call;
  }
  return place_from(crash, call);
}

std::string where_of(const model::Crash& crash, const Frame& call) {
  const std::string place = place_from(crash, &call);
  return place.empty() ? "" : ", " + place;
}

std::string where_died(const model::Crash& crash) {
  const std::string place = place_died(crash);
  return place.empty() ? "" : ", " + place;
}

bool runs(const model::Crash& crash, std::string_view function) {
  return std::ranges::any_of(
      crash.frames, [&](const Frame& frame) { return is_native(frame) && frame.function.starts_with(function); });
}

const Frame* caller_of(const model::Crash& crash, std::initializer_list<std::string_view> functions) {
  const auto inner_first = std::views::reverse(crash.frames);
  const auto is_one = [&](const Frame& frame) {
    return is_native(frame) && std::ranges::any_of(functions, [&](std::string_view function) {
             return frame.function.starts_with(function);
           });
  };
  auto at = std::ranges::find_if(inner_first, is_one);
  // Outward to the last of them.
  for (auto next = at; next != inner_first.end(); ++next) {
    at = is_one(*next) ? next : at;
  }
  return at == inner_first.end() || std::next(at) == inner_first.end() ? nullptr : &*std::next(at);
}

std::string words_of(const Recursion& recursion) {
  std::vector<std::string> words;
  for (const Frame* frame : recursion.round) {
    if (frame->kind == FrameKind::python) {
      const std::string_view function = frame->qualified_name.value_or(frame->function);
      words.push_back(fmt::format("{} ({}:{})", function, frame->file.value_or("?"), frame->line.value_or(0)));
    } else if (!frame->plumbing) {
      words.push_back(native_place(*frame));
    }
  }
  constexpr std::size_t kMostWords = 6;
  return words.empty() ? "the interpreter's own functions" : list_of(words, kMostWords);
}

model::Finding make_death(const model::Still& still, std::string id, std::string title) {
  model::Finding finding{.id = std::move(id), .severity = model::Severity::certain, .title = std::move(title)};
  add_tid(finding, still.crash->tid);
  return finding;
}

}  // namespace stillframe::diagnose
