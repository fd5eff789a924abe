#include "diagnose/findings.h"

#include <algorithm>

#include "diagnose/list.h"

namespace stillframe::diagnose {

void add_findings(model::Still& still) {
  for (const Analysis analysis : kAnalyses) {
    analysis(still, still.findings);
  }
  std::ranges::stable_sort(still.findings, {}, &model::Finding::severity);
}

}  // namespace stillframe::diagnose
