// What each task of a still waits for.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "model/tasks.h"
#include "target/target.h"
#include "waits/files.h"

namespace stillframe::waits {

// Files are looked up first: what they are is said of tasks whose loop's thread has not moved meanwhile.
class TaskFiles {
 public:
  TaskFiles(const target::Target& target, const model::Still& still);

  // Fills what each task waits for, in words and in files, and the circles of tasks that await one another.
  void tell(const std::unordered_set<target::Tid>& unmoved, model::Still& still) const;

 private:
  std::unordered_map<std::size_t, FoundFile> files_;  // by task
};

}  // namespace stillframe::waits
