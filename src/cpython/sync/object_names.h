// What the code of a call calls an object: `lock`, `self.lock`, `registry.lock`.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/frames.h"
#include "cpython/stacks/variables.h"
#include "cpython/values/types.h"

namespace stillframe::cpython {

class ObjectNames {
 public:
  ObjectNames(const Objects& objects, Types& types, Variables& variables)
      : objects_(objects), types_(types), variables_(variables) {}

  // The shortest name by which the frame's code can reach the object: a variable, a global that the code mentions, or
  // an attribute of one of them, at most two levels deep. Nothing where there is none.
  std::optional<std::string> find(const RawFrame& frame, Address object);

 private:
  struct Named {
    std::string name;
    Address object = 0;
  };

  std::vector<Named> roots(const RawFrame& frame);
  void add_globals(const RawFrame& frame, std::vector<Named>& roots) const;
  std::vector<Named> attributes_of(const Named& owner);
  // Whether an object may be one of a Python class; found out with less than all that is to be known of its type.
  bool has_python_class(Address object);

  const Objects& objects_;
  Types& types_;
  Variables& variables_;
  std::unordered_map<Address, bool> python_classes_;  // by type
};

}  // namespace stillframe::cpython
