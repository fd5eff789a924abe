#include "render/json_frame_reader.h"

#include <string>

#include "text/display_width.h"

namespace stillframe::render {
namespace {

// Of values within one another; --locals-depth allows 20.
constexpr int kMostLevels = 100;

// The byte offset of a 1-based display column. A mark that takes no column belongs to the letter before it.
std::optional<std::int32_t> byte_offset(std::string_view line, std::optional<std::int32_t> column) {
  std::int32_t at = 1;
  std::string_view rest = line;
  std::optional<std::int32_t> found;
  while (column && at <= *column) {
    if (at == *column) {
      found = static_cast<std::int32_t>(line.size() - rest.size());
    }
    if (rest.empty()) {
      break;
    }
    at += text::display_width(text::take_code_point(rest));
  }
  return found;
}

// The columns in bytes, which the JSON does not have: carets are drawn by them.
void place_bytes(model::Frame& frame) {
  if (!frame.source) {
    return;
  }
  frame.byte_column = byte_offset(*frame.source, frame.column);
  const bool one_line = frame.end_line == frame.line;
  if (one_line || frame.source_lines) {
    const std::string_view lines = frame.source_lines.value_or(*frame.source);
    const std::string_view last = one_line ? *frame.source : lines.substr(lines.rfind('\n') + 1);
    frame.end_byte_column = byte_offset(last, frame.end_column);
  }
}

}  // namespace

std::optional<std::string_view> FrameReader::pooled(const Fields& fields, std::string_view key) {
  const auto text = fields.get<std::optional<std::string>>(key);
  return text ? std::optional(still_.texts.keep(*text)) : std::nullopt;
}

std::vector<model::Frame> FrameReader::frames(const Fields& owner) {
  std::vector<model::Frame> all;
  owner.each("frames", [&](const JsonTree& one) { all.push_back(frame(Fields(one, owner.complaint()))); });
  return all;
}

model::Frame FrameReader::traced(const Fields& call) {
  return {.function = still_.texts.keep(call.get<std::string>("function")),
          .file = pooled(call, "file"),
          .line = call.get<std::optional<std::int32_t>>("line")};
}

model::Frame FrameReader::frame(const Fields& fields) {
  const auto kind = fields.get<std::string>("kind");
  if (kind != "python" && kind != "native") {
    fields.complaint().say("has a name that this version does not know", "kind");
  }
  model::Frame frame{.kind = kind == "native" ? model::FrameKind::native : model::FrameKind::python};
  frame.function = pooled(fields, "function").value_or(std::string_view());
  frame.file = pooled(fields, "file");
  frame.line = fields.get<std::optional<std::int32_t>>("line");
  frame.column = fields.get<std::optional<std::int32_t>>("column");
  frame.source = pooled(fields, "source");
  frame.kind == model::FrameKind::python ? read_python(fields, frame) : read_native(fields, frame);
  return frame;
}

void FrameReader::read_python(const Fields& fields, model::Frame& frame) {
  frame.qualified_name = pooled(fields, "qualified_name");
  frame.end_line = fields.get<std::optional<std::int32_t>>("end_line");
  frame.end_column = fields.get<std::optional<std::int32_t>>("end_column");
  frame.entry = fields.get<bool>("entry");
  frame.arguments = values(fields, "arguments");
  frame.locals = values(fields, "locals");
  frame.exceptions = values(fields, "exceptions").value_or(std::vector<model::Value>());
  frame.locals_left_out = fields.get_or<std::uint64_t>("locals_left_out", 0);
  if (fields.member_or_none("lost_code") != nullptr) {
    frame.lost_code = fields.address("lost_code");
  }
  read_lines(fields, frame);
  place_bytes(frame);
}

void FrameReader::read_lines(const Fields& fields, model::Frame& frame) {
  std::string lines;
  bool first = true;
  const bool several = fields.each_or_none("source_lines", [&](const JsonTree& line) {
    if (!line.is_string()) {
      fields.complaint().say("is no text");
      return;
    }
    lines += first ? "" : "\n";
    lines += line.get_ref<const std::string&>();
    first = false;
  });
  if (several) {
    frame.source_lines = still_.texts.keep(lines);
  }
}

void FrameReader::read_native(const Fields& fields, model::Frame& frame) {
  frame.library = pooled(fields, "library");
  frame.address = fields.address_or_null("address");
  if (fields.member_or_none("library_offset") != nullptr) {
    frame.library_offset = fields.address("library_offset");
  }
  frame.inlined = fields.get<bool>("inlined");
  frame.macro = pooled(fields, "macro");
  frame.guessed = fields.get<bool>("guessed");
  frame.plumbing = fields.get<bool>("plumbing");
}

std::optional<std::vector<model::Value>> FrameReader::values(const Fields& owner, std::string_view key, int depth) {
  std::vector<model::Value> all;
  const bool there = owner.each_or_none(
      key, [&](const JsonTree& one) { all.push_back(value(Fields(one, owner.complaint()), depth)); });
  return there ? std::optional(std::move(all)) : std::nullopt;
}

model::Value FrameReader::value(const Fields& fields, int depth) {
  if (depth == kMostLevels) {
    fields.complaint().say("lies deeper within other values than any version writes");
    return {};
  }
  model::Value value;
  value.name = values_->store(fields.get<std::string>("name"));
  value.type = values_->store(fields.get<std::optional<std::string>>("type").value_or(""));
  value.value = values_->store(fields.get<std::string>("value"));
  value.kind = fields.named("kind", model::ValueKind::raised);
  value.address = fields.address_or_null("address");
  value.readable = fields.get<bool>("readable");
  value.cut = fields.get<bool>("cut");
  value.children = values(fields, "children", depth + 1).value_or(std::vector<model::Value>());
  return value;
}

}  // namespace stillframe::render
