#include "analysis/explain.h"

#include "analysis/findings/findings.h"
#include "analysis/findings/waits_in_words.h"
#include "analysis/waits/waits.h"

namespace stillframe::analysis {

void explain(const target::Target& target, model::Still& still) {
  explain_waits(target, still);
  name_resources(still);
  add_findings(still);
}

}  // namespace stillframe::analysis
