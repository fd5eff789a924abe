#include "analysis/explain.h"

#include "analysis/findings/findings.h"
#include "analysis/findings/waits_in_words.h"
#include "analysis/findings/watched.h"
#include "analysis/tasks/explain.h"
#include "analysis/waits/waits.h"
#include "text/still_redaction.h"

namespace stillframe::analysis {

namespace {

void find_out(const target::Target& target, model::Still& still) {
  still.tasks ? explain_tasks(target, still) : explain_waits(target, still);
  name_resources(still);
  add_findings(still);
}

}  // namespace

void explain(const target::Target& target, model::Still& still, const text::Redaction& redaction) {
  find_out(target, still);
  text::hide_secrets(still, redaction);
}

void explain_watched(const target::Target& target, std::span<model::Still> stills, const text::Redaction& redaction) {
  if (!stills.empty()) {
    find_out(target, stills.back());
    add_watched_findings(stills);
    text::hide_secrets(stills.back(), redaction);
  }
}

}  // namespace stillframe::analysis
