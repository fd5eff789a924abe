// Which code is the program's own: it, and not the library that it calls, is what a reader looks for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/still.h"

namespace stillframe::text {

// Where code comes from, told by where its file lies.
enum class CodeOrigin : std::uint8_t {
  program,  // scripts, checkouts, editable installs: whatever is none of the others
  package,  // installed: below site-packages or dist-packages
  library,  // Python's own library, what was frozen into the interpreter, and the schedulers: asyncio, trio, gevent, …
};

CodeOrigin origin_of(std::string_view file);

// Whether the code of a frame is not the program's own. Native frames and those without a file are not judged.
bool is_library(const model::Frame& frame);

// Of calls, outermost first, the innermost Python frame of the program itself; where there is none that of an installed
// package, else the innermost Python frame; null where there is none.
const model::Frame* own_frame(std::span<const model::Frame* const> calls);
const model::Frame* own_frame(const model::Thread& thread);

// Where the files of installed packages and of Python's library are known by the part of the path behind their folder:
// "urllib3/connection.py", "threading.py"; others by their whole path.
std::string_view short_path(std::string_view file);

// "/srv/app.py:14 in report"; the path of a library short.
std::string place_in_words(const model::Frame& frame);

// Where a stack stands in the program's own code: "/srv/app.py:14 in report", or, where that is inside of a package
// that it called, "urllib3/connection.py:638 in connect, called from /srv/app.py:14 in report". Empty where there is no
// Python frame.
std::string own_place_in_words(std::span<const model::Frame* const> calls);
std::string own_place_in_words(std::span<const model::Frame> frames);

}  // namespace stillframe::text
