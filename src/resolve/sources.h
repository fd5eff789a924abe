// The source files of a target, read once for all its stills.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "resolve/source_text.h"
#include "target/target.h"

namespace stillframe::resolve {

class Sources {
 public:
  // The text of a file, read anew where the file has changed since; null where there is none. `archives`: it may be the
  // member of a zip archive. Valid until the next call.
  SourceFile* find(const target::Target& target, std::string_view path, bool archives);
  // When the target began, in seconds since 1970.
  std::optional<double> started_at(const target::Target& target);
  // Forgets everything: the target has become another program.
  void clear();

 private:
  std::map<std::string, std::optional<SourceFile>, std::less<>> files_;  // absent: there was none
  std::optional<SourceFiles> reader_;
  std::size_t bytes_ = 0;
  std::optional<std::optional<double>> started_;
};

}  // namespace stillframe::resolve
