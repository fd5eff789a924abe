// What resources are called and what state they are in, for those who read of them.
#pragma once

#include <string_view>
#include <vector>

#include "capture/options.h"
#include "cpython/sync/object_names.h"
#include "cpython/values/printer.h"
#include "model/resources.h"

namespace stillframe::waits {

class ResourceNames {
 public:
  // `recognised`: types that need not be fit for printing.
  ResourceNames(const cpython::Objects& objects, cpython::Types& recognised, cpython::Variables& variables,
                cpython::ObjectNames& names, const cpython::Redaction& redaction, capture::ResourceOption wish)
      : recognised_(recognised),
        variables_(variables),
        names_(names),
        wish_(wish),
        types_(objects),
        printer_(objects, types_, limits_, redaction) {}

  // Type, state (where it is wished) and the name that the code of a call has for it; of the lock of a logging handler,
  // that handler. `base`: a class that it is known to be of, which must do where no state is wished.
  void describe(model::Resource& resource, const cpython::RawFrame& frame, std::string_view base = "");
  // Of a semaphore of multiprocessing the name that the nearest call outside of multiprocessing has for its lock or
  // queue: `lock`, `tasks._rlock`.
  void name_semaphore(model::Resource& resource, const std::vector<cpython::RawFrame>& frames);

 private:
  cpython::Types& recognised_;
  cpython::Variables& variables_;
  cpython::ObjectNames& names_;
  capture::ResourceOption wish_;
  cpython::Types types_;  // with the kinds that printing needs: only of what is printed
  cpython::ValueLimits limits_;
  cpython::Printer printer_;
};

}  // namespace stillframe::waits
