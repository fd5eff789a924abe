// The files that threads wait for, and who has their other ends.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/still.h"
#include "target/surroundings.h"
#include "waits/system_call_wait.h"

namespace stillframe::waits {

// A file with what is known of it.
struct FoundFile {
  model::WaitedFile shown;
  std::optional<target::OpenFile> open;  // absent in a core, and where the system does not tell
  std::optional<target::Socket> socket;
  std::string
      other_end;  // the link by which its other end is found among the open files of processes; empty: it has none
};

// A process as the model has it.
model::OtherProcess to_model(std::int64_t pid, const std::optional<target::ProcessFacts>& facts);

class WaitedFiles {
 public:
  // `own`: the process that has them.
  WaitedFiles(target::Surroundings& surroundings, std::int64_t own) : surroundings_(surroundings), own_(own) {}

  // What a descriptor stands for; each is looked up once.
  FoundFile find(const WantedFile& wanted);
  // A mapped file on whose server a thread that is in no system call may wait.
  std::optional<FoundFile> find_mapped();
  // Adds to all of these who has the other end, by one search.
  void find_other_ends(std::span<FoundFile*> files);

 private:
  void describe_socket(FoundFile& file);

  target::Surroundings& surroundings_;
  std::int64_t own_;
  std::map<int, FoundFile> known_;
};

}  // namespace stillframe::waits
