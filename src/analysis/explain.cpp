#include "analysis/explain.h"

#include "analysis/findings/findings.h"
#include "analysis/findings/waits_in_words.h"
#include "analysis/findings/watched.h"
#include "analysis/tasks/explain.h"
#include "analysis/waits/waits.h"

namespace stillframe::analysis {

void explain(const target::Target& target, model::Still& still) {
  still.tasks ? explain_tasks(target, still) : explain_waits(target, still);
  name_resources(still);
  add_findings(still);
}

void explain_watched(const target::Target& target, std::span<model::Still> stills) {
  if (!stills.empty()) {
    explain(target, stills.back());
    add_watched_findings(stills);
  }
}

}  // namespace stillframe::analysis
