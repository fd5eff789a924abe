// What the descendants of a process wait for: pipes whose other end it has itself.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/processes.h"
#include "target/surroundings.h"

namespace stillframe::waits {

// A pipe that a thread of the process is at: its link, and whether it takes from it.
struct AttendedPipe {
  std::string link;
  bool reads = false;
};

class Family {
 public:
  // Reads what the descendants of `own` are doing.
  Family(target::Surroundings& surroundings, std::int64_t own);

  // Leaves out what they have stopped doing since, and adds who has the other ends.
  std::vector<model::RelatedProcess> finish(const std::vector<AttendedPipe>& attended);

 private:
  model::PipeWait describe(const target::PipeSleep& sleep, const std::vector<target::FileHolder>& holders,
                           const std::vector<AttendedPipe>& attended);

  target::Surroundings& surroundings_;
  std::int64_t own_;
  std::vector<std::pair<target::ProcessFacts, std::vector<target::PipeSleep>>> members_;
};

}  // namespace stillframe::waits
