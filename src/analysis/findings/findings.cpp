#include "analysis/findings/findings.h"

#include <algorithm>

#include "analysis/findings/list.h"

namespace stillframe::analysis {

void add_findings(model::Still& still) {
  for (const Analysis analysis : kAnalyses) {
    analysis(still, still.findings);
  }
  std::ranges::stable_sort(still.findings, {}, &model::Finding::severity);
}

}  // namespace stillframe::analysis
