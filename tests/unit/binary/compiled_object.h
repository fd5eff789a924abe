// Small objects that the system's compiler makes while the tests run, so that each flag and tool gives what it really
// gives here.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binary/elf_file.h"
#include "binary/native_symbols.h"
#include "temporary_folder.h"

namespace stillframe::testing {

// A directory of the test's own, with the commands that fill it.
class Workshop {
 public:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

  void write(const std::string& name, std::string_view content) const { folder_.add(name, content); }

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  // Runs a shell command in the directory; a failure of it is one of the test.
  void run(const std::string& command) const {
    const std::string all = "cd " + folder_.path() + " && { " + command + "; } > log 2>&1";
    if (std::system(all.c_str()) != 0) {
      ADD_FAILURE() << command << ":\n" << read("log");
    }
  }

  [[nodiscard]] std::string output_of(const std::string& command) const {
    run("{ " + command + "; } > output");
    return read("output");
  }

  // Opens paths of a target whose root is this directory.
  [[nodiscard]] binary::OpenFile as_root() const {
    return
        [root = folder_.path()](const std::string& name) { return open((root + name).c_str(), O_RDONLY | O_CLOEXEC); };
  }

 private:
  TemporaryFolder folder_;
};

// Opens paths as they are.
inline int open_plainly(const std::string& path) {
  return open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

inline std::unique_ptr<binary::NativeSymbols> open_symbols(const std::string& path,
                                                           const binary::OpenFile& open_file = open_plainly,
                                                           binary::FetchDebugFile fetch = {},
                                                           binary::FileAccess access = binary::FileAccess::mapped) {
  const int fd = open_plainly(path);
  auto symbols = binary::NativeSymbols::open(fd, path, {.debug_file = open_file, .source = open_file, .access = access},
                                             std::move(fetch));
  if (fd >= 0) {
    close(fd);
  }
  return symbols;
}

// The linked address of a symbol of .symtab; 0 and a failure when it is not there.
inline std::uint64_t address_of(const std::string& path, std::string_view symbol) {
  const int fd = open_plainly(path);
  const auto file = binary::ElfFile::open(fd, path);
  const auto found = file ? file->find_symbol(symbol) : std::nullopt;
  if (fd >= 0) {
    close(fd);
  }
  if (!found) {
    ADD_FAILURE() << path << " has no symbol " << symbol;
    return 0;
  }
  return found->value;
}

// The number of the first line that holds `mark`.
inline int line_of(std::string_view source, std::string_view mark) {
  int line = 1;
  const auto at = source.find(mark);
  for (const char c : source.substr(0, at)) {
    line += c == '\n' ? 1 : 0;
  }
  return at == std::string_view::npos ? -1 : line;
}

// "function file:line" of each call, the file without its directory, "+" behind inlined ones.
inline std::vector<std::string> described(const std::vector<binary::NativeCall>& calls) {
  std::vector<std::string> texts;
  for (const auto& call : calls) {
    const std::string file = call.file ? std::filesystem::path(*call.file).filename().string() : "?";
    texts.push_back(std::string(call.function) + " " + file + ":" + std::to_string(call.line.value_or(0)) +
                    (call.inlined ? "+" : ""));
  }
  return texts;
}

}  // namespace stillframe::testing
