#include "diagnose/watched.h"

#include <algorithm>

namespace stillframe::diagnose {

void add_watched_findings(std::span<model::Still> stills) {
  if (stills.size() < 2) {
    return;
  }
  model::Still& last = stills.back();
  for (const WatchAnalysis analysis : kWatchAnalyses) {
    analysis(stills, last.findings);
  }
  std::ranges::stable_sort(last.findings, {}, &model::Finding::severity);
}

}  // namespace stillframe::diagnose
