// The surroundings of a running process.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "target/live_files.h"
#include "target/socket_tables.h"
#include "target/surroundings.h"
#include "target/unix_sockets.h"

namespace stillframe::target {

// Every fact is read when it is first asked for, and once.
class LiveSurroundings final : public Surroundings {
 public:
  // `reader` is a thread of the process that has not ended; `files` must outlive this.
  LiveSurroundings(std::int64_t pid, Tid reader, const LiveFiles& files) : pid_(pid), reader_(reader), files_(files) {}

  std::optional<OpenFile> file(int fd) override;
  std::optional<OpenFile> mapped_from_silent_server() override;
  std::optional<Socket> socket(const std::string& protocol, std::uint64_t inode, int fd) override;
  std::vector<FileHolder> holders(std::span<const std::string> links) override;
  std::vector<FileHolder> holders_anywhere(std::span<const std::string> links) override;
  std::optional<ProcessFacts> process(std::int64_t pid) override;
  std::vector<ProcessFacts> children() override;
  std::vector<ProcessFacts> descendants() override;
  ProcessSleeps sleeps(std::int64_t pid) override;
  std::optional<ProcessFacts> forked_from() override;
  std::vector<LockWait> lock_waits() override;
  Sharers sharers(std::uint64_t device, std::uint64_t inode, bool everywhere) override;
  std::unique_ptr<Target> other(std::int64_t pid) override;
  std::optional<std::string> wait_channel(Tid tid) override;
  std::optional<double> asleep_for(Tid tid) override;
  std::optional<std::uint64_t> caught_signals() override;
  std::optional<double> now(int clock) override;

 private:
  [[nodiscard]] std::string path_of(std::string_view file) const;
  [[nodiscard]] std::optional<OpenFile> read_file(int fd) const;
  // Where a file lies that has a name, if that is on a server.
  void find_server(OpenFile& file) const;
  [[nodiscard]] bool shares(std::string_view ns) const;
  bool shares_network();

  std::int64_t pid_;
  Tid reader_;
  const LiveFiles& files_;
  std::unordered_map<int, std::optional<OpenFile>> open_files_;
  std::map<std::string, SocketTable, std::less<>> tables_;
  UnixSockets unix_sockets_;
  std::optional<bool> shares_network_;
  std::unordered_map<std::int64_t, std::optional<ProcessFacts>> processes_;
  std::optional<std::vector<ProcessFacts>> children_;
  std::optional<std::vector<LockWait>> lock_waits_;
};

}  // namespace stillframe::target
