// How the code of a call treats a lock, as its source says: what takes a lock and gives it back keeps others out; what
// leaves the giving back to other code uses it as a bell, or hands it on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cpython/stacks/frames.h"
#include "cpython/sync/object_names.h"
#include "resolve/source_text.h"
#include "target/target.h"

namespace stillframe::waits {

struct LockUse {
  std::optional<std::int32_t> taken;  // where it has called acquire(), and not release() since
  bool gives_back = false;            // it calls release() on the line where it is, or further down
  bool only_releases = false;         // it calls release() and takes the lock nowhere
  bool passes_it_on = false;          // the line where it is names the lock: what it calls is given it
};

class LockUsage {
 public:
  LockUsage(const target::Target& target, const cpython::Objects& objects, cpython::ObjectNames& names)
      : source_files_(target), objects_(objects), names_(names) {}

  // Nothing where its source is not there, or has no name for the lock.
  std::optional<LockUse> of(const cpython::RawFrame& frame, cpython::Address lock);
  // Whether a call that waits for a lock gives it back itself: a `with` statement, or a release() further down.
  // `frames` are innermost first; one that is called acquire() itself is told by its caller. Nothing where the source
  // is not there.
  std::optional<bool> gives_back(const std::vector<cpython::RawFrame>& frames, std::size_t index,
                                 cpython::Address lock);
  // Whether that line of the call is the first statement of a loop: each turn begins with it.
  bool begins_turn(const cpython::RawFrame& frame, std::int32_t line);

 private:
  struct Line {
    std::int32_t number = 0;
    std::string_view text;  // what is run by the call itself
  };

  std::optional<bool> find_give_back(const std::vector<cpython::RawFrame>& frames, std::size_t index,
                                     cpython::Address lock);
  [[nodiscard]] std::optional<std::int32_t> line_now(const cpython::RawFrame& frame) const;
  std::optional<std::string_view> text_of(const cpython::RawFrame& frame, std::int32_t line);
  std::vector<Line> lines_of(const cpython::RawFrame& frame);

  resolve::SourceFiles source_files_;
  const cpython::Objects& objects_;
  cpython::ObjectNames& names_;
  std::map<std::string, std::optional<resolve::SourceFile>> sources_;
  // By code, instruction and lock: hundreds of threads may wait at one place.
  std::map<std::tuple<const cpython::Code*, std::int64_t, cpython::Address>, std::optional<bool>> given_back_;
};

}  // namespace stillframe::waits
