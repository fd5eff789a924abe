#include "analysis/findings/task_words.h"

#include <fmt/format.h>

#include <ranges>

#include "analysis/findings/words.h"

namespace stillframe::analysis {

std::string name_of(const model::Task& task) {
  return task.name.empty() ? fmt::format("{:#x}", task.address) : model::name_with_number(task);
}

const model::Frame* own_place(std::span<const std::uint32_t> calls, const model::Tasks& tasks) {
  for (const std::uint32_t place : std::views::reverse(calls)) {
    if (!is_library(tasks.places[place])) {
      return &tasks.places[place];
    }
  }
  return calls.empty() ? nullptr : &tasks.places[calls.back()];
}

}  // namespace stillframe::analysis
