// Objects that were asked for by name or address, and what they are made of, as plain data. The JSON is this, written
// down (docs/inspection.schema.json). Absent facts are std::nullopt, never guessed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/still.h"

namespace stillframe::model {

// What an object is to the one that has it.
enum class PartRole : std::uint8_t {
  root,       // what was asked for
  item,       // parent[0]
  entry,      // parent['key']
  attribute,  // parent.name
};

struct InspectedObject {
  PartRole role = PartRole::root;
  std::string name;                 // what was asked for; index, repr of the key, or name of the attribute
  std::optional<std::string> path;  // what to ask for to get this one; absent where no name leads to it
  std::string type;                 // with its module; empty where it could not be read
  std::string value;                // as repr() writes it
  std::string outline;              // the same without what it is made of: "{…}"
  std::optional<std::uint64_t> address;
  std::optional<std::uint64_t> refcount;  // absent too where nobody counts
  bool immortal = false;                  // 3.12+: nobody counts
  std::optional<std::uint64_t> size;      // bytes of the object itself, as object.__sizeof__() says
  std::optional<std::uint64_t> items;     // of a container: how many it has
  bool hidden = false;                    // its name says that it is secret: nothing of it is here
  bool readable = true;                   // false: some of it could not be read, and `value` says where
  bool cut = false;                       // some of `value` was left out for its length
  std::optional<std::string> same_as;     // it is shown elsewhere with what it is made of: what that one is called
  std::vector<InspectedObject> children;
  std::uint64_t left_out = 0;  // how many parts are not in `children`, where some are
};

// What came of one question.
struct Answer {
  std::string asked;
  std::optional<InspectedObject> object;
  std::optional<Error> error;  // where there is no object
};

struct Inspection {
  std::chrono::system_clock::time_point taken_at;
  Source source;
  Consistency consistency;
  std::optional<Python> python;
  std::int64_t interpreter = 0;  // the one whose modules names were looked up in
  std::vector<Answer> answers;   // in the order in which they were asked for
  std::vector<std::string> warnings;
  bool partial = false;  // something that should be here is missing (exit code 3)
};

}  // namespace stillframe::model
