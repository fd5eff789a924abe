// What resources are called and what state they are in, for those who read of them.
#pragma once

#include <vector>

#include "cpython/sync/object_names.h"
#include "cpython/values/printer.h"
#include "model/resources.h"

namespace stillframe::photograph {

class ResourceNames {
 public:
  ResourceNames(const cpython::Objects& objects, cpython::Types& types, cpython::Variables& variables,
                cpython::ObjectNames& names, const cpython::Redaction& redaction)
      : variables_(variables), names_(names), printer_(objects, types, limits_, redaction) {}

  // Type, state and the name that the code of a call has for it; of the lock of a logging handler, that handler.
  void describe(model::Resource& resource, const cpython::RawFrame& frame);
  // Of a semaphore of multiprocessing the name that the nearest call outside of multiprocessing has for its lock or
  // queue: `lock`, `tasks._rlock`.
  void name_semaphore(model::Resource& resource, const std::vector<cpython::RawFrame>& frames);

 private:
  cpython::Variables& variables_;
  cpython::ObjectNames& names_;
  cpython::ValueLimits limits_;
  cpython::Printer printer_;
};

}  // namespace stillframe::photograph
