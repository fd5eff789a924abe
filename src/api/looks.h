// Looks at one target: stills, and objects by their names. Asks session, capture, resolve, waits and postmortem in
// turn.
#pragma once

#include <memory>

#include "capture/options.h"
#include "model/inspection.h"
#include "model/result.h"
#include "model/still.h"
#include "resolve/sources.h"
#include "session/session.h"
#include "target/target.h"

namespace stillframe::api {

// Keeps what stays true from look to look: a second look costs a fraction of the first. Belongs to one thread.
class Looks {
 public:
  // The target must outlive it.
  explicit Looks(target::Target& target) : target_(target) {}

  // A still of every thread that Python knows; of a program without Python only where all native stacks are asked for.
  // Fails only when nothing at all can be shown; whatever could not be read is in the still's warnings, and `partial`
  // is set.
  Result<model::Still> take(const capture::Options& options);

  // The objects that `options.objects` names, as they were at one moment, got as that of a still is. Fails only when
  // the target cannot be looked at; what came of each name is in its answer.
  Result<model::Inspection> inspect(const capture::Options& options);

 private:
  // Opens the session, or refreshes it.
  Result<session::Session*> session_for(const capture::Options& options);

  target::Target& target_;
  std::unique_ptr<session::Session> session_;
  resolve::Sources sources_;
};

// One look.
Result<model::Still> take(target::Target& target, const capture::Options& options);
Result<model::Inspection> inspect(target::Target& target, const capture::Options& options);

}  // namespace stillframe::api
