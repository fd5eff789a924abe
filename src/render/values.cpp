#include "render/values.h"

#include <fmt/format.h>

#include "render/escape.h"

namespace stillframe::render {
namespace {

// Where a variable stands, if that is not where it was declared.
std::string_view mark_of(const model::Value& value) {
  switch (value.kind) {
    case model::ValueKind::cell:
      return " (cell)";
    case model::ValueKind::free:
      return " (free)";
    default:
      return "";
  }
}

// The heading stands before the first, and blanks as wide before the others.
class ValueBlock {
 public:
  ValueBlock(std::string_view heading, std::vector<std::string>& lines) : heading_(heading), lines_(lines) {}
  void add(std::string_view text) {
    lines_.push_back(fmt::format("{:<11}{}", first_ ? heading_ : "", text));
    first_ = false;
  }

 private:
  std::string_view heading_;
  std::vector<std::string>& lines_;
  bool first_ = true;
};

void add_all(const std::optional<std::vector<model::Value>>& values, ValueBlock& block) {
  if (values) {
    for (const model::Value& value : *values) {
      block.add(fmt::format("{} = {}{}", escaped(value.name), escaped(value.value), mark_of(value)));
    }
  }
}

}  // namespace

std::vector<std::string> value_lines(const model::Frame& frame) {
  std::vector<std::string> lines;
  ValueBlock arguments("arguments:", lines);
  add_all(frame.arguments, arguments);
  ValueBlock locals("locals:", lines);
  add_all(frame.locals, locals);
  if (frame.locals_left_out > 0) {
    locals.add(fmt::format("… {} more", frame.locals_left_out));
  }
  for (const model::Value& exception : frame.exceptions) {
    ValueBlock block(exception.kind == model::ValueKind::raised ? "raises:" : "handles:", lines);
    block.add(escaped(exception.value));
  }
  return lines;
}

}  // namespace stillframe::render
