#include "resolve/source_columns.h"

#include <gtest/gtest.h>

#include "resolve/files_target.h"
#include "text/display_width.h"

namespace stillframe::resolve {
namespace {

using model::Frame;
using testing::FilesTarget;

Frame placed(std::string_view line, std::int32_t begin, std::int32_t end) {
  Frame frame{.byte_column = begin, .end_byte_column = end};
  place_columns(frame, line, line);
  return frame;
}

TEST(PlaceColumns, CountsFromOneAndEndsBehind) {
  const Frame frame = placed("    total = price(x)", 12, 20);
  EXPECT_EQ(frame.column, 13);
  EXPECT_EQ(frame.end_column, 21);
}

TEST(PlaceColumns, CountsColumnsNotBytes) {
  EXPECT_EQ(placed("é = f()", 5, 8).column, 5);              // é is two bytes, one column
  EXPECT_EQ(placed("漢字 = f()", 9, 12).column, 8);          // two characters of two columns, six bytes
  EXPECT_EQ(placed("\tx = f()", 5, 8).column, 6);            // a tab is one column
  EXPECT_EQ(placed("e\xcc\x81 = f()", 6, 9).column, 5);      // a combining accent takes none
  EXPECT_EQ(placed("\xf0\x9f\x90\x8d(1)", 4, 7).column, 3);  // a snake takes two
}

TEST(PlaceColumns, NeverGuesses) {
  EXPECT_EQ(placed("short", 3, 50).column, 4);
  EXPECT_EQ(placed("short", 3, 50).end_column, std::nullopt);  // the line on disk is another one
  EXPECT_EQ(placed("short", 50, 60).column, std::nullopt);
  EXPECT_EQ(placed("short", -1, 2).column, std::nullopt);
  EXPECT_EQ(placed("short", 3, -7).end_column, std::nullopt);
  Frame without_line{.byte_column = 1, .end_byte_column = 2};
  place_columns(without_line, std::nullopt, std::nullopt);
  EXPECT_EQ(without_line.column, std::nullopt);
  EXPECT_EQ(without_line.end_column, std::nullopt);
}

TEST(PlaceColumns, TheEndIsCountedOnItsOwnLine) {
  Frame frame{.line = 1, .end_line = 2, .byte_column = 4, .end_byte_column = 3};
  place_columns(frame, "x = f(", "漢)");
  EXPECT_EQ(frame.column, 5);
  EXPECT_EQ(frame.end_column, 3);
}

model::Still still_of(std::vector<Frame> frames) {
  model::Still still;
  still.threads.push_back({.tid = 1, .frames = std::move(frames)});
  return still;
}

TEST(AddSources, FindsLinesAndColumns) {
  const FilesTarget target;
  target.write("/srv/app.py", "def f():\n    return g() + 1\n");
  auto still = still_of({{.file = "/srv/app.py", .line = 2, .end_line = 2, .byte_column = 11, .end_byte_column = 14},
                         {.file = "/srv/app.py", .line = 1},
                         {.file = "/srv/app.py", .line = 99},
                         {.file = "/srv/gone.py", .line = 1, .byte_column = 0},
                         {.file = "<stdin>", .line = 1},
                         {.function = "no file"}});
  Sources sources;
  add_sources(still, target, sources);
  const auto& frames = still.threads.at(0).frames;
  EXPECT_EQ(frames[0].source, "    return g() + 1");
  EXPECT_EQ(frames[0].column, 12);
  EXPECT_EQ(frames[0].end_column, 15);
  EXPECT_EQ(frames[1].source, "def f():");
  for (std::size_t i = 2; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].source, std::nullopt);
    EXPECT_EQ(frames[i].column, std::nullopt);
  }
  EXPECT_TRUE(still.warnings.empty());
}

TEST(AddSources, FindsLinesOfNativeFrames) {
  const FilesTarget target;
  target.write("/src/a.c", "int f(void) {\n  return g(1);\n}\n");
  target.write("/src/mod.pyx", "def f():\n    g()\n");
  const auto native = [](std::string_view file, std::int32_t line) {
    return Frame{.kind = model::FrameKind::native, .file = file, .line = line, .column = 10};
  };
  auto still = still_of({native("/src/a.c", 2), native("/src/mod.pyx", 2), native("src/a.c", 2), native("/src/a.c", 9),
                         native("/src/a.c/in/no/archive.c", 1), native("/gone/b.c", 1)});
  Sources sources;
  add_sources(still, target, sources);
  const auto& frames = still.threads.at(0).frames;
  EXPECT_EQ(frames[0].source, "  return g(1);");
  EXPECT_EQ(frames[0].column, 10) << "as the compiler counted";
  EXPECT_EQ(frames[0].end_column, std::nullopt);
  EXPECT_EQ(frames[1].source, "    g()");
  for (std::size_t i = 2; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].source, std::nullopt) << i;
  }
  EXPECT_EQ(target.opens, 4) << "once a file, and nothing for a relative name";
}

TEST(AddSources, KeepsAllLinesOfAnExpression) {
  const FilesTarget target;
  target.write("/srv/app.py", "x = f(\n    1,\n\n)\ny = 1\n");
  auto still = still_of({{.file = "/srv/app.py", .line = 1, .end_line = 4, .byte_column = 4, .end_byte_column = 1},
                         {.file = "/srv/app.py", .line = 2, .end_line = 2, .byte_column = 4, .end_byte_column = 5},
                         {.file = "/srv/app.py", .line = 4, .end_line = 6, .byte_column = 0, .end_byte_column = 1},
                         {.file = "/srv/app.py", .line = 4, .end_line = 2, .byte_column = 0, .end_byte_column = 1},
                         {.file = "/srv/app.py", .line = 1, .end_line = 2'000'000'000, .byte_column = 0}});
  Sources sources;
  add_sources(still, target, sources);
  const auto& frames = still.threads.at(0).frames;
  EXPECT_EQ(frames[0].source, "x = f(");
  EXPECT_EQ(frames[0].source_lines, "x = f(\n    1,\n\n)");
  for (std::size_t i = 1; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].source_lines, std::nullopt) << i;
  }
}

TEST(AddSources, OpensEachFileOnceForADeepRecursion) {
  const FilesTarget target;
  target.write("/srv/app.py", "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\n");
  std::vector<Frame> frames;
  for (int i = 0; i < 100'000; ++i) {
    frames.push_back({.file = "/srv/app.py", .line = 2 + 2 * (i % 2), .byte_column = 11, .end_byte_column = 15});
  }
  auto still = still_of(std::move(frames));
  Sources sources;
  add_sources(still, target, sources);
  EXPECT_EQ(target.opens, 1);
  EXPECT_EQ(still.threads[0].frames.front().source, "    return g(n)");
  EXPECT_EQ(still.threads[0].frames.back().source, "    return f(n)");
  EXPECT_EQ(still.threads[0].frames.back().column, 12);
}

TEST(AddSources, SaysWhichFilesAreNewerThanTheProgram) {
  FilesTarget target;
  target.write("/srv/app.py", "x\n");
  auto still = still_of({{.file = "/srv/app.py", .line = 1}, {.file = "/srv/app.py", .line = 1}});
  Sources sources;
  add_sources(still, target, sources);
  EXPECT_TRUE(still.warnings.empty()) << "when it started is not known";

  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  target.started = now - 1000;
  sources.clear();
  add_sources(still, target, sources);
  ASSERT_EQ(still.warnings.size(), 1U);
  EXPECT_NE(still.warnings[0].find("/srv/app.py changed after the program started"), std::string::npos);

  still.warnings.clear();
  target.started = now + 1;
  sources.clear();
  add_sources(still, target, sources);
  EXPECT_TRUE(still.warnings.empty());
}

TEST(DisplayWidth, OfCodePoints) {
  EXPECT_EQ(text::display_width(U'a'), 1);
  EXPECT_EQ(text::display_width(U'é'), 1);
  EXPECT_EQ(text::display_width(U'漢'), 2);
  EXPECT_EQ(text::display_width(U'가'), 2);
  EXPECT_EQ(text::display_width(U'\U0001f40d'), 2);
  EXPECT_EQ(text::display_width(U'\u0301'), 0);
  EXPECT_EQ(text::display_width(U'\U0001f321'), 1);  // a thermometer, neutral in UAX #11
}

TEST(DisplayWidth, InvalidBytesCountOneByOne) {
  EXPECT_EQ(text::display_width("\xff\xfe"), 2);
  EXPECT_EQ(text::display_width("\xe2\x82"), 2);
  EXPECT_EQ(text::display_width("\xed\xa0\x80"), 3);
}

TEST(AddSources, ReadsAFileAnewOnlyWhereItHasChanged) {
  const FilesTarget target;
  target.write("/srv/app.py", "first\n");
  Sources sources;
  auto one = still_of({{.file = "/srv/app.py", .line = 1}});
  add_sources(one, target, sources);
  EXPECT_EQ(target.opens, 1);
  target.write("/srv/app.py", "the second\n");
  auto two = still_of({{.file = "/srv/app.py", .line = 1}});
  add_sources(two, target, sources);
  EXPECT_EQ(one.threads[0].frames[0].source, "first");
  EXPECT_EQ(two.threads[0].frames[0].source, "the second");
}

}  // namespace
}  // namespace stillframe::resolve
