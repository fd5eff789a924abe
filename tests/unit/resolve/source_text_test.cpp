#include "resolve/source_text.h"

#include <gtest/gtest.h>
#include <minizip/zip.h>
#include <sys/stat.h>

#include "resolve/files_target.h"

namespace stillframe::resolve {
namespace {

using testing::FilesTarget;
using namespace std::string_literals;

std::vector<std::string> lines_of(std::string bytes) {
  SourceText text(std::move(bytes));
  std::vector<std::string> lines;
  for (std::int32_t number = 1; number < 100; ++number) {
    const auto line = text.line(number);
    if (!line) {
      break;
    }
    lines.emplace_back(*line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(SourceText, EveryKindOfLineEnd) {
  EXPECT_EQ(lines_of("a\nb\n"), (Lines{"a", "b"}));
  EXPECT_EQ(lines_of("a\r\nb\r\n"), (Lines{"a", "b"}));
  EXPECT_EQ(lines_of("a\rb\r"), (Lines{"a", "b"}));
  EXPECT_EQ(lines_of("a\n\r\n\rb"), (Lines{"a", "", "", "b"}));
  EXPECT_EQ(lines_of("a\x0c"
                     "b\n"),
            (Lines{"a\x0c"
                   "b"}));  // a form feed ends no line
}

TEST(SourceText, NoLineBehindTheEnd) {
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("\n"), Lines{""});
  SourceText text("a\nb"s);
  EXPECT_EQ(text.line(0), std::nullopt);
  EXPECT_EQ(text.line(-1), std::nullopt);
  EXPECT_EQ(text.line(3), std::nullopt);
  EXPECT_EQ(text.line(INT32_MAX), std::nullopt);
  EXPECT_EQ(text.line(2), "b");
  EXPECT_EQ(text.line(1), "a");
}

TEST(SourceText, AVeryLongLineIsCutBetweenCharacters) {
  std::string bytes(SourceText::kLongestLine - 1, 'x');
  bytes += "é and more\n";
  SourceText text(std::move(bytes));
  const auto line = text.line(1);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->size(), SourceText::kLongestLine - 1);
  EXPECT_EQ(line->back(), 'x');
}

TEST(SourceEncoding, CookieOfPep263) {
  EXPECT_EQ(source_encoding("# -*- coding: latin-1 -*-\n"), "latin-1");
  EXPECT_EQ(source_encoding("#!/usr/bin/python\n# vim: set fileencoding=Shift_JIS :\n"), "shift-jis");
  EXPECT_EQ(source_encoding("\r\n \t# coding=cp1251"), "cp1251");
  EXPECT_EQ(source_encoding("# coding is fun, encoding: koi8-r"), "koi8-r");
}

TEST(SourceEncoding, NoCookieWhereItDoesNotCount) {
  EXPECT_EQ(source_encoding("x = 'coding: latin-1'\n"), "utf-8");
  EXPECT_EQ(source_encoding("x = 1\n# coding: latin-1\n"), "utf-8");  // behind a line of code
  EXPECT_EQ(source_encoding("#\n#\n# coding: latin-1\n"), "utf-8");   // on the third line
  EXPECT_EQ(source_encoding("# coding:\n"), "utf-8");
  EXPECT_EQ(source_encoding(""), "utf-8");
}

TEST(SourceText, OtherEncodingsBecomeUtf8) {
  EXPECT_EQ(lines_of("# coding: latin-1\nx = '\xe9'\n").at(1), "x = 'é'");
  EXPECT_EQ(lines_of("# coding: cp1251\nx = '\xcf\xf0'\n").at(1), "x = 'Пр'");
  EXPECT_EQ(lines_of("# coding: shift_jis\nx = '\x8a\xbf\x8e\x9a'\n").at(1), "x = '漢字'");
  EXPECT_EQ(lines_of("# coding: euc-jp\nx = '\xb4\xc1'\n").at(1), "x = '漢'");
  EXPECT_EQ(lines_of("\xef\xbb\xbfx = 'é'\n").at(0), "x = 'é'");
}

TEST(SourceText, WhatCannotBeDecodedLosesNoLine) {
  EXPECT_EQ(lines_of("# coding: no-such-code\nx = '\xe9'\ny\n"), (Lines{"# coding: no-such-code", "x = '\xe9'", "y"}));
  EXPECT_EQ(lines_of("# coding: euc-jp\nx\xb4\ny\n").size(), 3U);
  EXPECT_EQ(lines_of("# coding: euc-jp\n\xff\xff\xb4").size(), 2U);
  EXPECT_EQ(lines_of("# coding: " + std::string(5000, 'a') + "\nx\n").at(1), "x");
}

TEST(ReadSource, AFileOfTheTarget) {
  const FilesTarget target;
  target.write("/srv/app.py", "import os\nprint(os)\n");
  auto file = SourceFiles(target).read("/srv/app.py");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text.line(2), "print(os)");
  EXPECT_TRUE(file->modified_at);
}

TEST(ReadSource, NamesThatAreNoFiles) {
  const FilesTarget target;
  for (const std::string_view name : {"", "<stdin>", "<string>", "<frozen importlib._bootstrap>"}) {
    EXPECT_FALSE(SourceFiles(target).read(name));
  }
  EXPECT_FALSE(SourceFiles(target).read(std::string_view("a\0b", 3)));
  EXPECT_EQ(target.opens, 0);
  EXPECT_FALSE(SourceFiles(target).read("/no/such.py"));
  target.write("<odd>/name.py", "x\n");
  EXPECT_TRUE(SourceFiles(target).read("<odd>/name.py"));
}

TEST(ReadSource, NeverReadsWhatIsNoRegularFile) {
  const FilesTarget target;
  target.write("/srv/app.py", "");
  ASSERT_EQ(::mkfifo(target.real("/srv/pipe.py").c_str(), 0600), 0);
  EXPECT_FALSE(SourceFiles(target).read("/srv/pipe.py"));
  EXPECT_FALSE(SourceFiles(target).read("/srv"));
}

TEST(ReadSource, RefusesAHugeFile) {
  const FilesTarget target;
  target.write("/srv/huge.py", "x\n");
  std::filesystem::resize_file(target.real("/srv/huge.py"), (std::uintmax_t{64} << 20U) + 1);
  EXPECT_FALSE(SourceFiles(target).read("/srv/huge.py"));
}

void write_zip(const FilesTarget& target, std::string_view path,
               const std::vector<std::pair<std::string, std::string>>& members) {
  target.write(path, "");
  void* zip = zipOpen64(target.real(path).c_str(), APPEND_STATUS_CREATE);
  for (const auto& [name, bytes] : members) {
    zipOpenNewFileInZip64(zip, name.c_str(), nullptr, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 6, 0);
    zipWriteInFileInZip(zip, bytes.data(), static_cast<unsigned>(bytes.size()));
    zipCloseFileInZip(zip);
  }
  zipClose(zip, nullptr);
}

TEST(ReadSource, AMemberOfAZipArchive) {
  const FilesTarget target;
  write_zip(target, "/srv/app.pyz",
            {{"__main__.py", "import pkg.mod\n"}, {"pkg/mod.py", "# coding: latin-1\r\nx = '\xe9'\r\n"}});
  auto main = SourceFiles(target).read("/srv/app.pyz/__main__.py");
  ASSERT_TRUE(main);
  EXPECT_EQ(main->text.line(1), "import pkg.mod");
  auto nested = SourceFiles(target).read("/srv/app.pyz/pkg/mod.py");
  ASSERT_TRUE(nested);
  EXPECT_EQ(nested->text.line(2), "x = 'é'");
  EXPECT_FALSE(SourceFiles(target).read("/srv/app.pyz/pkg/missing.py"));
  EXPECT_FALSE(SourceFiles(target).read("/srv/app.pyz/PKG/mod.py"));  // case matters
  EXPECT_FALSE(SourceFiles(target).read("/srv/app.pyz/"));
}

TEST(ReadSource, AnArchivesListIsReadOnce) {
  const FilesTarget target;
  std::vector<std::pair<std::string, std::string>> members;
  for (int i = 0; i < 1000; ++i) {
    members.emplace_back("m" + std::to_string(i), "line " + std::to_string(i));
  }
  write_zip(target, "/srv/app.zip", members);
  auto handle = target.open_file("/srv/app.zip");
  ASSERT_TRUE(handle);
  const auto size = std::filesystem::file_size(target.real("/srv/app.zip"));
  const auto archive = ZipArchive::open(std::move(*handle), size, "/srv/app.zip", *target.file_budget());
  ASSERT_TRUE(archive);
  for (const auto& [name, bytes] : members) {
    EXPECT_EQ(archive->read(name, 100), bytes);
  }
  EXPECT_FALSE(archive->read("none", 100));
  EXPECT_EQ(archive->steps(), 2000U) << "one for each name of the list, and one to read each member";
}

TEST(ReadSource, AnArchiveIsSearchedAsFarAsTheBudgetLasts) {
  const FilesTarget target;
  write_zip(target, "/srv/app.zip", {{"first", "a"}, {"second", "b"}});
  target.file_budget()->begin(300);
  SourceFiles sources(target);
  EXPECT_TRUE(sources.read("/srv/app.zip/first"));
  EXPECT_FALSE(sources.read("/srv/app.zip/second"));
  EXPECT_TRUE(target.file_budget()->warning());
}

TEST(ReadSource, AllSourcesShareOneBudget) {
  const FilesTarget target;
  target.write("/a.py", std::string(600, '#'));
  target.write("/b.py", std::string(600, '#'));
  target.write("/c.py", std::string(300, '#'));
  target.file_budget()->begin(1000);
  SourceFiles sources(target);
  EXPECT_TRUE(sources.read("/a.py"));
  EXPECT_FALSE(sources.read("/b.py"));
  EXPECT_TRUE(sources.read_plain("/c.py"));
  EXPECT_TRUE(target.file_budget()->warning()->starts_with("/b.py was not read"));
}

TEST(ReadSource, AZipArchiveBehindAShebangLine) {
  const FilesTarget target;
  write_zip(target, "/srv/plain.zip", {{"mod.py", "x = 1\n"}});
  std::ifstream plain(target.real("/srv/plain.zip"), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(plain)), {});
  target.write("/srv/app.pyz", "#!/usr/bin/env python3\n" + bytes);
  auto file = SourceFiles(target).read("/srv/app.pyz/mod.py");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text.line(1), "x = 1");
}

TEST(ReadSource, DamagedArchivesGiveNothing) {
  const FilesTarget target;
  target.write("/srv/none.zip", "this is no archive");
  EXPECT_FALSE(SourceFiles(target).read("/srv/none.zip/mod.py"));
  target.write("/srv/empty.zip", "");
  EXPECT_FALSE(SourceFiles(target).read("/srv/empty.zip/mod.py"));

  write_zip(target, "/srv/good.zip", {{"a.py", std::string(3000, 'a')}, {"mod.py", "x = 1\ny = 2\nz = 3\n"}});
  std::ifstream good(target.real("/srv/good.zip"), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(good)), {});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ 0xff);
    target.write("/srv/broken.zip", broken);
    static_cast<void>(SourceFiles(target).read("/srv/broken.zip/mod.py"));  // must only come back
    target.write("/srv/cut.zip", bytes.substr(0, at));
    static_cast<void>(SourceFiles(target).read("/srv/cut.zip/mod.py"));
  }
}

TEST(ReadSource, AMemberLongerThanTheLimitIsRefused) {
  const FilesTarget target;
  write_zip(target, "/srv/bomb.zip", {{"mod.py", std::string((std::size_t{64} << 20U) + 1, ' ')}});
  EXPECT_FALSE(SourceFiles(target).read("/srv/bomb.zip/mod.py"));
}

}  // namespace
}  // namespace stillframe::resolve
