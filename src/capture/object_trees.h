// Objects that were asked for, each with what it is made of, level by level.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capture/options.h"
#include "cpython/objects/objects.h"
#include "cpython/stacks/interpreters.h"
#include "model/inspection.h"

namespace stillframe::capture {

struct ObjectTrees {
  std::vector<model::Answer> answers;  // one for each path
  std::int64_t interpreter = 0;
  std::vector<std::string> warnings;
  std::size_t unreadable = 0;  // answers that are none, objects of which something could not be read
};

// Called at the moment that is shown.
ObjectTrees read_objects(const cpython::Objects& objects, const cpython::RawProcess& process, const Options& options);

}  // namespace stillframe::capture
