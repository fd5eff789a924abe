#include "render/underline.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "paths.h"
#include "render/anchors.h"

namespace stillframe::render {
namespace {

// What Python draws there is a slip of its own: the bracket before a right operand counts as part of the operator
// (3.12, and 3.13 where it follows at once), the end of a subscript is sought at the first ']' behind its slice (3.12),
// bytes are taken for characters (3.12).
bool is_slip(std::string_view line, CaretStyle style) {
  if (line.contains("a+(b)")) {
    return true;
  }
  for (const std::string_view slip : {"a - (b - c)", "(a + b) * (c + d)", "a<<(b)", "f(1)[0]", "größe"}) {
    if (style == CaretStyle::to_3_12 && line.contains(slip)) {
      return true;
    }
  }
  return false;
}

void compare(const std::string& file, CaretStyle style) {
  std::ifstream golden(testing::golden_folder + "/" + file);
  std::string row;
  int rows = 0;
  while (std::getline(golden, row)) {
    std::istringstream fields(row);
    std::string line;
    std::string begin;
    std::string end;
    std::string marks;
    std::getline(fields, line, '\t');
    std::getline(fields, begin, '\t');
    std::getline(fields, end, '\t');
    std::getline(fields, marks);
    ++rows;
    if (is_slip(line, style)) {
      continue;
    }
    const model::Frame frame{.line = 1,
                             .end_line = 1,
                             .column = 1,
                             .byte_column = std::stoi(begin),
                             .end_byte_column = std::stoi(end),
                             .source = line};
    EXPECT_EQ(underline(frame, std::string_view(line).substr(4), 4, style), marks)
        << line << "\n"
        << std::string(std::stoul(begin), ' ') << "|" << begin << " to " << end;
  }
  EXPECT_GT(rows, 300);
}

TEST(Underline, IsWhatPython312Draws) {
  compare("underlines_3.12.tsv", CaretStyle::to_3_12);
}
TEST(Underline, IsWhatPython313Draws) {
  compare("underlines_3.13.tsv", CaretStyle::from_3_13);
}

// "\\n" and "\\\\" of a golden file's field.
std::string unescaped(const std::string& field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const bool special = field[i] == '\\' && i + 1 < field.size();
    text += !special ? field[i] : field[i + 1] == 'n' ? '\n' : field[i + 1];
    i += special ? 1 : 0;
  }
  return text;
}

// As make_blocks.py writes it. Python gives an empty line marks that are an empty line.
std::string shown(const model::Frame& frame) {
  std::string text;
  for (const MarkedLine& line : marked_lines(frame)) {
    for (const auto& row : {line.text, line.marks}) {
      text += row.empty() ? "" : "    " + row + "\n";
    }
  }
  return text;
}

std::string without_empty_lines(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    out += line.empty() ? "" : line + "\n";
  }
  return out;
}

TEST(Underline, ExpressionsOfSeveralLinesAreAsPython313ShowsThem) {
  std::ifstream golden(testing::golden_folder + "/blocks_3.13.tsv");
  int rows = 0;
  for (std::string row; std::getline(golden, row); ++rows) {
    std::istringstream fields(row);
    std::array<std::string, 4> field;
    for (std::string& one : field) {
      std::getline(fields, one, '\t');
    }
    const std::string lines = unescaped(field[0]);
    const model::Frame frame{
        .byte_column = std::stoi(field[1]), .end_byte_column = std::stoi(field[2]), .source_lines = lines};
    EXPECT_EQ(shown(frame), without_empty_lines(unescaped(field[3]))) << field[1] << " to " << field[2];
  }
  EXPECT_GT(rows, 80);
}

TEST(Underline, LinesThatDoNotFitTheColumnsGiveNothing) {
  const auto lines_of = [](std::string_view text, std::int32_t begin, std::int32_t end) {
    return marked_lines({.byte_column = begin, .end_byte_column = end, .source_lines = text}).size();
  };
  EXPECT_EQ(lines_of("x = f(\n1)", 4, 2), 2);
  EXPECT_EQ(lines_of("x = f(1)", 4, 8), 0) << "one line";
  EXPECT_EQ(lines_of("x = f(\n1)", 6, 2), 0);
  EXPECT_EQ(lines_of("x = f(\n1)", 4, 3), 0);
  EXPECT_EQ(lines_of("x = f(\n1)", -1, 2), 0);
  EXPECT_EQ(lines_of("x = f(\n1)", 4, -2), 0);
  EXPECT_EQ(lines_of("\n\n\n", 0, 0), 0);
  EXPECT_EQ(lines_of("", 0, 0), 0);
}

TEST(Underline, StyleFollowsTheVersion) {
  EXPECT_EQ(caret_style("3.11.7"), CaretStyle::to_3_12);
  EXPECT_EQ(caret_style("3.12.1"), CaretStyle::to_3_12);
  EXPECT_EQ(caret_style("3.13.0"), CaretStyle::from_3_13);
  EXPECT_EQ(caret_style("3.15.0a2"), CaretStyle::from_3_13);
  EXPECT_EQ(caret_style(""), CaretStyle::from_3_13);
  EXPECT_EQ(caret_style("3"), CaretStyle::from_3_13);
}

std::string marks(std::string_view text, std::int32_t begin, std::int32_t end, std::int32_t end_line = 1) {
  const model::Frame frame{.line = 1, .end_line = end_line, .column = 1, .byte_column = begin, .end_byte_column = end};
  return underline(frame, text, 0, CaretStyle::from_3_13);
}

TEST(Underline, GoesToTheEndOfALineThatGoesOn) {
  EXPECT_EQ(marks("x = f(", 4, 1, 2), "    ^^");
  EXPECT_EQ(marks("f(", 0, 1, 3), "");
}

TEST(Underline, StandsUnderWhatIsShown) {
  EXPECT_EQ(marks("x\x1b + y", 5, 6), "        ^");  // \x1b is shown in four columns
  EXPECT_EQ(marks("x\t+ y", 4, 5), "    ^");
}

TEST(Underline, ColumnsThatDoNotFitTheLineGiveNothing) {
  EXPECT_EQ(marks("short", 2, 50), "");
  EXPECT_EQ(marks("short", 50, 60), "");
  EXPECT_EQ(marks("short", 3, 3), "");
  EXPECT_EQ(marks("short", 4, 2), "");
  EXPECT_EQ(marks("short", -4, 2), "");
  EXPECT_EQ(marks("short", 2, -4), "");
  EXPECT_EQ(marks("", 0, 0), "");
}

TEST(Anchors, HostileTextEnds) {
  EXPECT_EQ(find_anchor(""), std::nullopt);
  EXPECT_EQ(find_anchor(")"), std::nullopt);
  EXPECT_EQ(find_anchor("f(]"), std::nullopt);
  EXPECT_EQ(find_anchor("\"open"), std::nullopt);
  EXPECT_EQ(find_anchor("\"\\"), std::nullopt);
  EXPECT_EQ(find_anchor("'''"), std::nullopt);
  EXPECT_EQ(find_anchor(std::string(60'000, '(')), std::nullopt);
  EXPECT_EQ(find_anchor(std::string(30'000, '(') + std::string(30'000, ')')), std::nullopt);
  EXPECT_EQ(find_anchor("\xff\xfe + \x80"), (Anchor{.begin = 3, .end = 4}));
}

}  // namespace
}  // namespace stillframe::render
