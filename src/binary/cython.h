// Code that Cython made: the function and the line of the .pyx file, in place of those of the C file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binary/native_symbols.h"

namespace stillframe::binary {

// "pkg.mod.Order.price" for "__pyx_pw_3pkg_3mod_5Order_3price"; nothing for what is no function of a .pyx file.
std::optional<std::string> cython_function_name(std::string_view name);

// Lines of generated C files, told by the comments that Cython puts in front of each statement.
class CythonSources {
 public:
  explicit CythonSources(OpenFile open_file);

  struct Place {
    std::string file;  // of the .pyx; as Cython was given it unless it stands beside the C file
    std::int32_t line = 0;
  };
  // Which line of which .pyx file a line of a C file stands for. Nothing when the C file is not there or says nothing.
  std::optional<Place> find(const std::string& c_file, std::int32_t line);

 private:
  struct Mark {
    std::int32_t c_line = 0;
    std::int32_t line = 0;
    std::uint32_t file = 0;
  };
  struct Source {
    std::vector<Mark> marks;  // sorted by c_line
    std::vector<std::string> files;
  };
  const Source& source(const std::string& c_file);
  Source read(const std::string& c_file) const;

  OpenFile open_file_;
  std::map<std::string, Source> sources_;
};

}  // namespace stillframe::binary
