// Following a path through objects, as the program itself would get at them, but for code: properties and the like are
// not run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpython/objects/object_path.h"
#include "cpython/objects/objects.h"
#include "cpython/values/printer.h"
#include "cpython/values/types.h"
#include "model/result.h"

namespace stillframe::cpython {

struct FoundObject {
  Address address = 0;
  bool hidden = false;  // a name on the way to it says that it is secret
};

class ObjectLookup {
 public:
  // `interpreter`: whose sys.modules names begin in; 0 where there is none.
  ObjectLookup(const Objects& objects, Types& types, const Redaction& redaction, Address interpreter)
      : objects_(objects), types_(types), redaction_(redaction), interpreter_(interpreter) {}

  // The error says how far the path led and what stopped it, and offers names that are near.
  Result<FoundObject> find(const ObjectPath& path);

 private:
  // What a step leads to, or why it leads nowhere.
  struct Step {
    std::optional<Address> object;
    std::string stopper;
    std::vector<std::string> near;  // what may have been meant, as it is typed
  };
  struct Begin {
    Address object = 0;
    std::size_t steps = 0;  // how many of the path's steps led to it
  };

  Result<Begin> begin(const ObjectPath& path);
  Result<Begin> begin_in_modules(const ObjectPath& path);
  std::optional<Address> module_named(std::string_view name);
  Step follow(Address object, const PathStep& step);

  Step attribute(Address object, const Type& type, const std::string& name);
  std::optional<Address> special(Address object, const Type& type, std::string_view name);
  std::optional<Address> in_class(const Type& type, const std::string& name);
  std::optional<Address> in_old_instance(Address object, const Type& type, std::string_view name) const;
  Step no_attribute(Address object, const Type& type, const std::string& name);

  static std::string what(const Type& type);

  Step subscript(Address object, const Type& type, const PathStep& step);
  Step in_sequence(Address object, const Type& type, const PathStep& step, Address items);
  Step in_dict(Address dict, const Type& type, const PathStep& step);
  Step in_children(Address object, const Type& type, const PathStep& step);
  Step in_chain(Address maps, const Type& type, const PathStep& step);
  std::optional<Address> behind_wrapper(Address object, const Type& type, PathStep& step);
  bool is_key(Address key, const PathStep& step);
  std::string written_key(Address key);
  std::optional<Address> child(Address object, ChildRole role, std::string_view name);
  Written outline(Address object);

  const Objects& objects_;
  Types& types_;
  const Redaction& redaction_;
  Address interpreter_;
  std::uint32_t followed_ = 0;  // how many objects the current step was asked of
};

}  // namespace stillframe::cpython
