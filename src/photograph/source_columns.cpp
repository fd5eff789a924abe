#include "photograph/source_columns.h"

#include "model/display_width.h"

namespace stillframe::photograph {
namespace {

// The 1-based display column of a 0-based byte offset. CPython counts bytes of the line as UTF-8, whatever the file's
// encoding (Parser/, since sources are decoded first). Behind the line's end: the line on disk is not the one that runs.
std::optional<std::int32_t> column_of(std::string_view line, std::int32_t byte) {
  if (byte < 0 || static_cast<std::size_t>(byte) > line.size()) {
    return std::nullopt;
  }
  return model::display_width(line.substr(0, static_cast<std::size_t>(byte))) + 1;
}

}  // namespace

void place_columns(model::Frame& frame, std::optional<std::string_view> end_source) {
  if (!frame.source || !frame.byte_column) {
    return;
  }
  frame.column = column_of(*frame.source, *frame.byte_column);
  if (frame.column && end_source && frame.end_byte_column) {
    frame.end_column = column_of(*end_source, *frame.end_byte_column);
  }
}

}  // namespace stillframe::photograph
