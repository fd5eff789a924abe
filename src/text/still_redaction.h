// Hides what is secret in the texts of a still, whichever of them it stands in.
#pragma once

#include "model/inspection.h"
#include "model/still.h"
#include "text/redaction.h"

namespace stillframe::text {

// Command line, names, file names, what threads and tasks wait for, messages, findings, warnings. Values and source
// lines are hidden where they are read: there their names, their whole text and their columns are known.
void hide_secrets(model::Still& still, const Redaction& redaction);
void hide_secrets(model::Inspection& inspection, const Redaction& redaction);

}  // namespace stillframe::text
