#include "api/explain.h"

#include "api/still_check.h"
#include "diagnose/findings.h"
#include "diagnose/resource_titles.h"
#include "diagnose/watched.h"
#include "text/still_redaction.h"
#include "waits/thread_waits.h"

namespace stillframe::api {

namespace {

void find_out(const target::Target& target, model::Still& still) {
  diagnose::name_resources(still);
  check_fits_together(still);
  diagnose::add_findings(still);
  waits::confirm_passing_waits(target, still);
}

}  // namespace

void explain(const target::Target& target, model::Still& still, const text::Redaction& redaction) {
  find_out(target, still);
  text::hide_secrets(still, redaction);
}

void explain_watched(const target::Target& target, std::span<model::Still> stills, const text::Redaction& redaction) {
  if (!stills.empty()) {
    diagnose::count_looks(stills);
    find_out(target, stills.back());
    diagnose::add_watched_findings(stills);
    text::hide_secrets(stills.back(), redaction);
  }
}

}  // namespace stillframe::api
