// Exceptions that were in flight in the thread that died.
#include <fmt/format.h>

#include <csignal>
#include <ranges>

#include "diagnose/death.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::PythonException;

// "KeyError('x'), raised at /srv/app.py:12 in price".
std::string raised_at(const PythonException& exception) {
  return exception.traceback.empty()
             ? exception.text
             : fmt::format("{}, raised at {}", exception.text, place_of(exception.traceback.back()));
}

// One fact a line: its way from where it was raised outward, and what it came from.
std::vector<std::string> story_of(const std::vector<PythonException>& all, const PythonException& exception) {
  constexpr std::size_t kMostCalls = 8;
  std::vector<std::string> lines;
  const auto& calls = exception.traceback;
  std::vector<std::string> places;
  for (const model::Frame& call : std::views::reverse(calls)) {
    places.push_back(place_of(call));
  }
  if (places.size() > 1) {
    lines.push_back("it came through " + list_of(places, kMostCalls));
  }
  const PythonException* at = &exception;
  for (std::size_t steps = 0; at->from && *at->from < all.size() && steps < all.size(); ++steps) {
    const PythonException& from = all[*at->from];
    lines.push_back(fmt::format(
        "{} {}", at->from_cause ? "its cause:" : "it was raised while another one was handled:", raised_at(from)));
    at = &from;
  }
  return lines;
}

bool came_from(const std::vector<PythonException>& all, std::size_t index) {
  return std::ranges::any_of(all, [&](const PythonException& one) { return one.from == index; });
}

}  // namespace

void find_python_exceptions(const model::Still& still, Findings& findings) {
  if (!still.crash) {
    return;
  }
  const auto& all = still.crash->exceptions;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const PythonException& exception = all[i];
    if (came_from(all, i)) {
      continue;
    }
    const std::string_view state = exception.last      ? "was caught by nobody"
                                   : exception.handled ? "was being handled"
                                                       : "was on its way";
    const std::string who = who_died(still);
    model::Finding finding = make_death(still, "python-exception",
                                        fmt::format("{} {} when {} died", raised_at(exception), state,
                                                    exception.last ? "the process" : "t" + who.substr(1)));
    // Whoever handles one may die of something else.
    const bool led_there =
        still.crash->signal == SIGABRT && killed_itself(still) && (exception.last || !exception.handled);
    finding.severity = led_there ? model::Severity::likely : model::Severity::note;
    finding.detail =
        led_there ? "that it is why the process ended itself: that is concluded from its being in flight" : "";
    finding.evidence = story_of(all, exception);
    finding.evidence.insert(finding.evidence.begin(),
                            exception.last ? "sys.last_value holds it, as for each that Python has printed"
                                           : "the thread's state holds it");
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::diagnose
