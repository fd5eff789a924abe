// Which part of a running expression carries its operator, so that it can be underlined as Python's traceback does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stillframe::render {

enum class AnchorKind : std::uint8_t { operation, subscript, call };

// Byte range [begin, end) of what stands out in an expression: the operator of a binary operation ("+" in a() + b()),
// the brackets of a subscript or of a call.
struct Anchor {
  std::size_t begin = 0;
  std::size_t end = 0;
  AnchorKind kind = AnchorKind::operation;
  bool operator==(const Anchor&) const = default;
};

// The expression may span several lines, with comments in it. Nothing when the expression is none of the three, or
// cannot be taken apart. Lib/traceback.py, _extract_caret_anchors_from_line_segment (3.13) does this on the syntax
// tree; here the expression's own tokens do.
std::optional<Anchor> find_anchor(std::string_view expression);

// Whether the text is one name and nothing else.
bool is_name(std::string_view text);

}  // namespace stillframe::render
