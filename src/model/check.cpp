#include "model/check.h"

#include <string>

namespace stillframe {

void invariant_broken(std::string_view file, int line, std::string_view condition,
                      std::initializer_list<CheckedFact> facts) {
  // The path of the machine that it was compiled on says nothing.
  const auto source = file.rfind("/src/");
  std::string text(source == std::string_view::npos ? file : file.substr(source + 1));
  text += ":" + std::to_string(line) + ": " + std::string(condition) + " does not hold";
  const char* between = " (";
  for (const CheckedFact& fact : facts) {
    text += between + std::string(fact.name) + " " + std::to_string(fact.value);
    between = ", ";
  }
  throw BrokenInvariant(text + (facts.size() == 0 ? "" : ")"));
}

}  // namespace stillframe
