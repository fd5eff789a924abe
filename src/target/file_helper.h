// Opens files in a process of its own. Who opens or reads a file of a dead server sleeps until the server is back, and
// no signal wakes him: not even SIGKILL. So somebody else goes first, and is waited for for a limited time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "target/file_identity.h"
#include "target/files_in_root.h"
#include "target/target.h"

namespace stillframe::target {

// How a file is looked for.
struct Errand {
  Crossing crossing = Crossing::allowed;
  // What may not answer: the device of a mount, or any other name that is the same for the next who asks. Who waits for
  // it is found by that name: see somebody_waits_for(). Empty: a local file system.
  std::string server;
};

class FileHelper {
 public:
  // With an identity, files are opened with its rights, and the root is that of its process.
  explicit FileHelper(std::chrono::milliseconds patience, std::optional<FileIdentity> identity = std::nullopt)
      : patience_(patience), identity_(std::move(identity)) {}
  FileHelper(const FileHelper&) = delete;
  FileHelper& operator=(const FileHelper&) = delete;
  FileHelper(FileHelper&&) = delete;
  FileHelper& operator=(FileHelper&&) = delete;
  ~FileHelper();

  // A regular file by its path where the folder `root` is /, or, with an empty root, what a path of ours leads to. Of a
  // server's, its beginning and its end have been read. Without a file errno tells why; nothing at all: no answer in
  // time, or somebody who asked before still waits for one.
  std::optional<FileHandle> open(const std::string& root, const std::string& path, const Errand& errand = {});
  // Whether the file system at a path answers in time, be it with an error; none, with errno, where it was not asked.
  std::optional<bool> ask(const std::string& root, const std::string& path, const std::string& server = "");

 private:
  // Whether there is somebody who was asked; else errno tells why not.
  bool send(char what, const std::string& root, const std::string& path, const std::string& server);
  // Whether an answer has come in time.
  bool wait();
  bool start();
  void give_up();

  std::chrono::milliseconds patience_;
  std::optional<FileIdentity> identity_;
  FileHandle socket_;
  int process_ = -1;
};

// Whether a helper of an earlier look still waits for this server: the next one would wait beside it.
bool somebody_waits_for(const std::string& server);

}  // namespace stillframe::target
