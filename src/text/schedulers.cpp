#include "text/schedulers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace stillframe::text {
namespace {

constexpr std::array kSchedulers{
#define SF_SCHEDULER(id, ...) SchedulerWords{.name = #id, __VA_ARGS__},
#include "model/schedulers.def"
#undef SF_SCHEDULER
};

}  // namespace

const SchedulerWords& words_of(model::Scheduler scheduler) {
  return kSchedulers.at(std::to_underlying(scheduler));
}

std::string names_of_schedulers(std::string_view last_separator) {
  std::string names;
  for (const SchedulerWords& one : kSchedulers) {
    if (!names.empty()) {
      names += &one == &kSchedulers.back() ? last_separator : ", ";
    }
    names += one.name;
  }
  return names;
}

bool is_file_of(model::Scheduler scheduler, std::string_view path) {
  return words_of(scheduler).owns(path);
}

bool is_scheduler_file(std::string_view path) {
  return is_anyio_file(path) ||
         std::ranges::any_of(kSchedulers, [&](const SchedulerWords& one) { return one.owns(path); });
}

}  // namespace stillframe::text
