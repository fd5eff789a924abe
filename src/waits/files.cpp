#include "waits/files.h"

#include <algorithm>
#include <set>

namespace stillframe::waits {
namespace {

using model::FileKind;

// Others are not searched for, nor shown.
constexpr std::size_t kMostLinks = 256;
constexpr std::size_t kMostProcesses = 64;

}  // namespace

model::OtherProcess to_model(std::int64_t pid, const std::optional<target::ProcessFacts>& facts) {
  model::OtherProcess process{.pid = pid};
  if (facts) {
    process.name = facts->name;
    process.state = facts->state;
  }
  return process;
}

void WaitedFiles::describe_socket(FoundFile& file) {
  file.socket = surroundings_.socket(file.open->protocol, file.open->inode, static_cast<int>(file.shown.fd));
  if (!file.socket) {
    return;
  }
  const target::Socket& socket = *file.socket;
  file.shown.local = socket.local;
  file.shown.peer = socket.peer;
  file.shown.path = socket.path;
  file.shown.state = socket.state;
  if (socket.peer_inode) {
    file.other_end = "socket:[" + std::to_string(*socket.peer_inode) + "]";
    // A client has no name of its own: that of the server's socket says more.
    if (!file.shown.path) {
      const auto peer = surroundings_.socket(file.open->protocol, *socket.peer_inode, -1);
      file.shown.path = peer ? peer->path : std::nullopt;
    }
  }
}

FoundFile WaitedFiles::find(const WantedFile& wanted) {
  const auto [at, fresh] = known_.try_emplace(wanted.fd);
  FoundFile& file = at->second;
  if (fresh) {
    file.shown.fd = wanted.fd;
    file.open = surroundings_.file(wanted.fd);
  }
  if (fresh && file.open) {
    file.shown.kind = file.open->kind;
    file.shown.path = file.open->path;
    if (!file.open->server.empty()) {
      file.shown.server = file.open->server;
      file.shown.server_answers = file.open->server_answers;
    }
    if (!file.open->protocol.empty()) {
      describe_socket(file);
    } else if (file.open->kind == FileKind::pipe || file.open->kind == FileKind::fifo) {
      file.other_end = file.open->link;
    } else if (file.open->kind == FileKind::pidfd && file.open->pid && *file.open->pid > 0) {
      file.shown.processes = {to_model(*file.open->pid, surroundings_.process(*file.open->pid))};
    }
  }
  FoundFile found = file;
  found.shown.to_read = wanted.to_read;
  found.shown.to_write = wanted.to_write;
  return found;
}

std::optional<FoundFile> WaitedFiles::find_mapped() {
  FoundFile file{.open = surroundings_.mapped_from_silent_server()};
  if (!file.open) {
    return std::nullopt;
  }
  file.shown.kind = file.open->kind;
  file.shown.path = file.open->path;
  file.shown.server = file.open->server;
  file.shown.server_answers = file.open->server_answers;
  return file;
}

void WaitedFiles::find_other_ends(std::span<FoundFile*> files) {
  std::set<std::string> links;
  for (const FoundFile* file : files) {
    if (!file->other_end.empty() && links.size() < kMostLinks) {
      links.insert(file->other_end);
    }
  }
  if (links.empty()) {
    return;
  }
  const auto holders = surroundings_.holders(std::vector<std::string>(links.begin(), links.end()));
  for (FoundFile* file : files) {
    const bool socket = file->socket.has_value();
    for (const target::FileHolder& holder : holders) {
      // Both ends of a pipe have the same name: the other one is that which is open the other way.
      const bool other = socket || (file->open->reads && holder.writes) || (file->open->writes && holder.reads);
      if (holder.link == file->other_end && other && file->shown.processes.size() < kMostProcesses) {
        // Of the one that waits more is known than the kernel tells.
        const auto facts = holder.pid == own_ ? std::nullopt : surroundings_.process(holder.pid);
        file->shown.processes.push_back(to_model(holder.pid, facts));
      }
    }
  }
}

}  // namespace stillframe::waits
