#include "api/explain.h"

#include "diagnose/findings.h"
#include "diagnose/resource_titles.h"
#include "diagnose/watched.h"
#include "waits/task_waits.h"
#include "waits/thread_waits.h"

namespace stillframe::api {

void explain(const target::Target& target, model::Still& still) {
  still.tasks ? waits::add_task_waits(target, still) : waits::add_thread_waits(target, still);
  diagnose::name_resources(still);
  diagnose::add_findings(still);
}

void explain_watched(const target::Target& target, std::span<model::Still> stills) {
  if (!stills.empty()) {
    explain(target, stills.back());
    diagnose::add_watched_findings(stills);
  }
}

}  // namespace stillframe::api
