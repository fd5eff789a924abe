#include "api/explain.h"

#include "diagnose/findings.h"
#include "diagnose/resource_titles.h"
#include "diagnose/watched.h"
#include "waits/thread_waits.h"

namespace stillframe::api {

void explain(const target::Target& target, model::Still& still) {
  diagnose::name_resources(still);
  diagnose::add_findings(still);
  waits::confirm_passing_waits(target, still);
}

void explain_watched(const target::Target& target, std::span<model::Still> stills) {
  if (!stills.empty()) {
    diagnose::count_looks(stills);
    explain(target, stills.back());
    diagnose::add_watched_findings(stills);
  }
}

}  // namespace stillframe::api
