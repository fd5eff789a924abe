// Opens files in a process of its own. Who opens or reads a file of a dead server sleeps until the server is back, and
// no signal wakes him: not even SIGKILL. So somebody else goes first, and is waited for for a limited time.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "target/target.h"

namespace stillframe::target {

class FileHelper {
 public:
  explicit FileHelper(std::chrono::milliseconds patience) : patience_(patience) {}
  FileHelper(const FileHelper&) = delete;
  FileHelper& operator=(const FileHelper&) = delete;
  FileHelper(FileHelper&&) = delete;
  FileHelper& operator=(FileHelper&&) = delete;
  ~FileHelper();

  // A regular file by its path where the folder `root` is /, or, with an empty root, what a path of ours leads to. Its
  // beginning and its end have been read. Without a file errno tells why; nothing at all: no answer in time.
  std::optional<FileHandle> open(const std::string& root, const std::string& path);
  // Whether the file system at a path answers in time, be it with an error; none, with errno, where it was not asked.
  std::optional<bool> ask(const std::string& root, const std::string& path);

 private:
  // Whether there is somebody who was asked; else errno tells why not.
  bool send(char what, const std::string& root, const std::string& path);
  // Whether an answer has come in time.
  bool wait();
  bool start();
  void give_up();

  std::chrono::milliseconds patience_;
  FileHandle socket_;
  int process_ = -1;
};

}  // namespace stillframe::target
