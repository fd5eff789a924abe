// Surroundings written by hand.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "target/surroundings.h"

namespace stillframe::testing {

// What the tests write; it counts how often the dear questions are asked.
struct World {
  std::map<int, target::OpenFile> files;
  std::map<std::uint64_t, target::Socket> sockets;
  std::vector<target::FileHolder> holders;
  std::map<std::int64_t, target::ProcessFacts> processes;
  std::vector<target::ProcessFacts> children;
  std::vector<target::ProcessFacts> descendants;
  std::map<std::int64_t, std::vector<target::PipeSleep>> pipe_sleeps;
  std::optional<target::ProcessFacts> forked_from;
  std::vector<target::LockWait> locks;
  std::map<target::Tid, std::string> channels;
  std::map<int, double> clocks;
  std::size_t searches = 0;
  std::size_t file_reads = 0;
};

class FakeSurroundings : public target::Surroundings {
 public:
  explicit FakeSurroundings(World& world) : world_(world) {}

  std::optional<target::OpenFile> file(int fd) override {
    ++world_.file_reads;
    return find(world_.files, fd);
  }
  std::optional<target::Socket> socket(const std::string& /*protocol*/, std::uint64_t inode, int /*fd*/) override {
    return find(world_.sockets, inode);
  }
  std::vector<target::FileHolder> holders(std::span<const std::string> /*links*/) override {
    ++world_.searches;
    return world_.holders;
  }
  std::optional<target::ProcessFacts> process(std::int64_t pid) override { return find(world_.processes, pid); }
  std::vector<target::ProcessFacts> children() override { return world_.children; }
  std::vector<target::FileHolder> holders_anywhere(std::span<const std::string> /*links*/) override {
    ++world_.searches;
    return world_.holders;
  }
  std::vector<target::ProcessFacts> descendants() override { return world_.descendants; }
  std::vector<target::PipeSleep> pipe_sleeps(std::int64_t pid) override { return world_.pipe_sleeps[pid]; }
  std::optional<target::ProcessFacts> forked_from() override { return world_.forked_from; }
  std::vector<target::LockWait> lock_waits() override { return world_.locks; }
  std::optional<std::string> wait_channel(target::Tid tid) override { return find(world_.channels, tid); }
  std::optional<double> now(int clock) override { return find(world_.clocks, clock); }

 private:
  template <typename Map>
  static std::optional<typename Map::mapped_type> find(const Map& map, const typename Map::key_type& key) {
    const auto at = map.find(key);
    return at == map.end() ? std::nullopt : std::optional(at->second);
  }

  World& world_;
};

}  // namespace stillframe::testing
