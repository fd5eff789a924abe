#include "diagnose/task_phrases.h"

#include <fmt/format.h>

#include <ranges>

#include "diagnose/phrases.h"

namespace stillframe::diagnose {

std::string name_of(const model::Task& task) {
  return task.name.empty() ? fmt::format("{:#x}", task.address) : model::name_with_number(task);
}

const model::Frame* own_place(std::span<const std::uint32_t> calls, const model::Tasks& tasks) {
  for (const std::uint32_t place : std::views::reverse(calls)) {
    if (!text::is_library(tasks.places[place])) {
      return &tasks.places[place];
    }
  }
  return calls.empty() ? nullptr : &tasks.places[calls.back()];
}

}  // namespace stillframe::diagnose
