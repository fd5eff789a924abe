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

bool is_one_of(const LibraryFiles& files, std::string_view path) {
  if (!files.within.empty()) {
    return path.contains(files.within);
  }
  const std::size_t name = path.rfind('/') + 1;
  if (!path.substr(0, name).ends_with(files.folder) || files.modules.empty()) {
    return path.substr(0, name).ends_with(files.folder);
  }
  constexpr std::string_view kSuffix = ".py";
  if (!path.ends_with(kSuffix)) {
    return false;
  }
  const std::string_view module = path.substr(name, path.size() - name - kSuffix.size());
  return !module.contains(' ') && files.modules.contains(" " + std::string(module) + " ");
}

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
  return is_one_of(words_of(scheduler).files, path);
}

bool is_anyio_file(std::string_view path) {
  return path.contains("/anyio/_") || path.contains("/anyio/streams/") || path.ends_with("/anyio/lowlevel.py") ||
         path.ends_with("/anyio/to_thread.py");
}

bool is_scheduler_file(std::string_view path) {
  return is_anyio_file(path) ||
         std::ranges::any_of(kSchedulers, [&](const SchedulerWords& one) { return is_one_of(one.files, path); });
}

}  // namespace stillframe::text
