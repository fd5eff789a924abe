#include "diagnose/task_phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "text/program_code.h"

namespace stillframe::diagnose {

std::string name_of(const model::Task& task) {
  return task.name.empty() ? fmt::format("{:#x}", task.address) : model::name_with_number(task);
}

std::string own_place_of(std::span<const std::uint32_t> calls, const model::Tasks& tasks) {
  std::vector<const model::Frame*> frames;
  frames.reserve(calls.size());
  std::ranges::transform(calls, std::back_inserter(frames), [&](std::uint32_t place) { return &tasks.places[place]; });
  return text::own_place_in_words(frames);
}

bool is_of_scheduler(const model::Task& task, const model::Tasks& tasks) {
  return !task.frames.empty() && std::ranges::all_of(task.frames, [&](std::uint32_t place) {
    return text::origin_of(tasks.places[place].file.value_or("")) == text::CodeOrigin::library;
  });
}

}  // namespace stillframe::diagnose
