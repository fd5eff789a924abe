#include "render/text_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "render/escape.h"
#include "render/text_source.h"
#include "render/values.h"
#include "text/display_width.h"

namespace stillframe::render {
namespace {

// The columns for a part of a line, of which `left` are left: a shorter part says nothing.
int part_of(int left) {
  constexpr int kShortestPart = 12;
  return std::max(left, kShortestPart);
}

std::string function_name(const model::Frame& frame) {
  const std::string_view name = frame.qualified_name.value_or(frame.function);
  return name.empty() && frame.lost_code ? fmt::format("<code object at {:#x} is not in the core>", *frame.lost_code)
                                         : escaped(name);
}

// The library's file without its folders.
std::string library_name(std::string_view library) {
  return escaped(library.substr(library.rfind('/') + 1));
}

// What a native frame is, and where from: ` (native, inlined, libpython3.12.so.1.0)`.
std::string kind_of(const model::Frame& frame) {
  std::string text = " (native";
  text += frame.inlined ? ", inlined" : "";
  text += frame.macro ? ", in macro " + escaped(*frame.macro) : "";
  text += frame.guessed ? ", a guess" : "";
  text += frame.library ? ", " + library_name(*frame.library) : "";
  return text + ")";
}

// A native frame of which no source is known.
void write_unplaced(Screen& screen, const model::Frame& frame) {
  std::string what = escaped(frame.function);
  if (what.empty()) {
    what = frame.library_offset && frame.library
               ? fmt::format("{}+{:#x}", library_name(*frame.library), *frame.library_offset)
               : fmt::format("{:#x}", frame.address.value_or(0));
  }
  const std::string mark = kind_of(frame);
  if (screen.width() > 0) {
    what = cut(what, part_of(screen.width() - text::display_width("  In ") - text::display_width(mark)));
  }
  screen.fitted_line(
      fmt::format("  In {}{}", screen.styled(what, style::kFunction), screen.styled(mark, style::kFaint)));
}

// Names of C++ functions and of the files of a build are long: on a screen where they do not fit side by side.
void write_in_two_lines(Screen& screen, std::string file, std::string_view number, std::string function,
                        std::string_view mark) {
  const auto room = [&screen](const std::string& around) {
    return part_of(screen.width() - text::display_width(around));
  };
  file = cut_front(file, room(fmt::format("  File \"\", line {}", number)));
  function = cut(function, room(fmt::format("    in {}", mark)));
  screen.fitted_line(fmt::format("  File {}, line {}", screen.styled("\"" + file + "\"", style::kFile), number));
  screen.fitted_line(
      fmt::format("    in {}{}", screen.styled(function, style::kFunction), screen.styled(mark, style::kFaint)));
}

void write_place(Screen& screen, const model::Frame& frame) {
  const bool native = frame.kind == model::FrameKind::native;
  std::string file = escaped(frame.file.value_or("?"));
  const std::string number = frame.line ? fmt::format("{}", *frame.line) : "?";
  std::string function = function_name(frame);
  const std::string mark = native ? kind_of(frame) : "";
  const std::string around = fmt::format("  File \"\", line {}, in {}", number, mark);
  const int room = screen.width() - text::display_width(around);
  if (screen.width() > 0 && native && room < text::display_width(file) + text::display_width(function)) {
    write_in_two_lines(screen, std::move(file), number, std::move(function), mark);
    return;
  }
  if (screen.width() > 0) {
    file = cut_front(file, part_of(room - text::display_width(function)));
    function = cut(function, part_of(room - text::display_width(file)));
  }
  screen.fitted_line(fmt::format("  File {}, line {}, in {}{}", screen.styled("\"" + file + "\"", style::kFile), number,
                                 screen.styled(function, style::kFunction), screen.styled(mark, style::kFaint)));
}

}  // namespace

void write_frame(Screen& screen, const model::Frame& frame, CaretStyle carets) {
  if (frame.kind == model::FrameKind::native && !frame.file) {
    write_unplaced(screen, frame);
    return;
  }
  write_place(screen, frame);
  write_source(screen, frame, carets);
  for (const std::string& line : value_lines(frame)) {
    screen.paragraph("      " + line, "                   ");
  }
}

}  // namespace stillframe::render
