#include "cpython/values/place.h"

#include <fmt/format.h>

#include "cpython/stacks/frames.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kLongestPlaceName = 4096;

void put_file_and_line(Printer& out, std::string_view file, std::optional<std::int32_t> line) {
  out.put(fmt::format(", file '{}'", file));
  if (line) {
    out.put(fmt::format(", line {}", *line));
  }
}

}  // namespace

void put_place_of_code(Printer& out, Address code) {
  const Objects& objects = out.objects();
  const auto file_at = objects.pointer(code, objects.layout().code.filename);
  const auto file = file_at ? objects.text(*file_at, kLongestPlaceName) : std::nullopt;
  const auto line = objects.field<std::int32_t>(code, objects.layout().code.firstlineno);
  if (file && line) {
    put_file_and_line(out, *file, line);
  }
}

std::optional<FramePlace> place_of_frame(Printer& out, Address frame) {
  const Objects& objects = out.objects();
  CodeCache codes(objects, 0);
  // This frame alone: it leads nowhere.
  const FrameChain chain = walk_frames_from(objects, codes, {.top = frame, .behind_top = Address{0}});
  if (chain.frames.empty()) {
    return std::nullopt;
  }
  const RawFrame& found = chain.frames.front();
  FramePlace place{.file = found.code->filename, .function = found.code->name, .begun = found.lasti >= 0};
  if (found.traced_line) {
    place.line = found.traced_line;
  } else if (found.instruction_known) {
    place.line = locate(*found.code, found.lasti, objects.layout().version).line;
  }
  return place;
}

void put_place(Printer& out, const FramePlace& place) {
  put_file_and_line(out, place.file, place.line);
}

}  // namespace stillframe::cpython
