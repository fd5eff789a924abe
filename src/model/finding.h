// What was concluded from a still: why the program is stuck, slow or dead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stillframe::model {

enum class Severity : std::uint8_t {
  certain,  // memory or the kernel proves it
  likely,   // `detail` says what is not proven
  note,     // no trouble by itself
};

struct Finding {
  std::string id;  // the same for the same kind of finding: "lock-cycle"
  Severity severity = Severity::note;
  std::string title;                  // one plain sentence, with the threads, files and lines that it is about
  std::string detail;                 // of what is not certain: what is missing for that; else empty
  std::vector<std::string> evidence;  // what it rests on, one fact each
  std::vector<std::string> advice;    // what usually helps
  std::vector<std::int64_t> tids;     // the threads that it is about
};

}  // namespace stillframe::model
