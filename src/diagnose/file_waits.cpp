// Waits for files: a lock that another process holds, a server or a disk that does not answer, input that nobody gives.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::FileKind;
using model::Thread;
using model::WaitingOn;

void tell_of_lock(const model::Still& still, const Thread& thread, Findings& findings) {
  const WaitingOn& waiting = *thread.waiting_on;
  if (waiting.processes.empty() || waiting.files.empty()) {
    return;
  }
  const model::OtherProcess& holder = waiting.processes.front();
  const std::string file = waiting.files.front().path.value_or(fmt::format("fd {}", waiting.files.front().fd));
  const bool itself = holder.pid == still.source.pid;
  model::Finding finding{.id = "file-lock", .severity = model::Severity::certain};
  add_tid(finding, thread.tid);
  finding.title = fmt::format("Thread {} waits{} for a lock of {} that {} holds", name_of(thread), at_place(thread),
                              file, itself ? "this process itself" : "process " + name_of(holder));
  finding.evidence = {fmt::format("thread {}: {}", name_of(thread), waiting.text)};
  if (itself) {
    finding.advice = {"a file that was opened twice is locked twice with flock(): lock it through one open file"};
  } else {
    finding.evidence.push_back(
        fmt::format("/proc/locks names process {} as its holder, which is {}", holder.pid, state_of(holder)));
    finding.advice = {fmt::format("see what it does: stillframe why {}", holder.pid),
                      "ask for the lock with LOCK_NB and a limit of time"};
  }
  findings.push_back(std::move(finding));
}

// Functions of the kernel in which a file system waits for a server (fs/nfs, net/sunrpc, fs/fuse, fs/smb, fs/ceph).
bool is_server_wait(std::string_view channel) {
  constexpr std::array<std::string_view, 8> names{"rpc_", "nfs",   "request_wait_answer", "fuse_", "cifs",
                                                  "smb",  "ceph_", "wait_for_response"};
  return std::ranges::any_of(names, [&](std::string_view name) { return channel.starts_with(name); });
}

// The file on a server that a thread reads or writes; null: none. Of several, as poll() has them, it may be any.
const model::WaitedFile* file_on_server(const WaitingOn& waiting) {
  if (waiting.files.size() != 1 || !waiting.files[0].server) {
    return nullptr;
  }
  const FileKind kind = waiting.files[0].kind;
  return kind == FileKind::file || kind == FileKind::directory ? waiting.files.data() : nullptr;
}

std::string name_of_file(const model::WaitedFile& file) {
  return file.fd >= 0 ? "the file" : fmt::format("the mapped file {}", file.path.value_or("?"));
}

// What a thread waits for that reads or writes a file, or needs a page of memory.
struct Storage {
  const model::WaitedFile* file = nullptr;  // on a server
  bool server = false;
  bool silent = false;  // that server, which Stillframe has asked

  explicit Storage(const WaitingOn& waiting)
      : file(file_on_server(waiting)),
        server(file != nullptr || is_server_wait(waiting.wait_channel.value_or(""))),
        silent(file != nullptr && file->server_answers == false) {}

  // Nothing is known of a server whose name we don't have but that it lets a thread wait.
  [[nodiscard]] bool may_be_dead() const { return silent || (server && file == nullptr); }

  [[nodiscard]] std::string in_words(bool interruptible) const {
    std::string words = server ? "a file server" : "the disk or memory";
    if (silent) {
      words += ", which does not answer";
    }
    if (!interruptible) {
      words += silent ? ", and cannot be interrupted" : " and cannot be interrupted";
    }
    return words;
  }
};

void tell_of_disk(const Thread& thread, Findings& findings) {
  const WaitingOn& waiting = *thread.waiting_on;
  const Storage storage(waiting);
  const std::string what = storage.in_words(thread.os_state != model::OsState::uninterruptible);
  model::Finding finding{.id = "disk-wait",
                         .severity = storage.may_be_dead() ? model::Severity::likely : model::Severity::note,
                         .title = fmt::format("Thread {} waits{} for {}", name_of(thread), at_place(thread), what),
                         .detail = storage.may_be_dead() ? "the server may answer in a moment: look once more" : ""};
  add_tid(finding, thread.tid);
  finding.evidence = {fmt::format("thread {}: {}", name_of(thread), waiting.text)};
  if (storage.file != nullptr) {
    finding.evidence.push_back(
        fmt::format("{} is on a server: {}", name_of_file(*storage.file), *storage.file->server));
  }
  if (storage.file != nullptr && storage.file->server_answers) {
    finding.evidence.emplace_back(storage.silent ? "the server has not answered Stillframe in two seconds either"
                                                 : "the server answers Stillframe");
  }
  if (waiting.wait_channel) {
    finding.evidence.push_back(fmt::format("it sleeps in {} of the kernel", *waiting.wait_channel));
  }
  finding.advice = {storage.server
                        ? "see whether the server is there: df hangs on its mount likewise"
                        : "see whether the disk is slow or the machine short of memory: cat /proc/pressure/io"};
  findings.push_back(std::move(finding));
}

void tell_of_connect(const Thread& thread, const model::WaitedFile& file, Findings& findings) {
  model::Finding finding{.id = "no-answer",
                         .severity = model::Severity::likely,
                         .title = fmt::format("Thread {} waits{} for an answer from {}, which has not come yet",
                                              name_of(thread), at_place(thread), file.peer.value_or("its peer")),
                         .detail = "an answer that is on its way takes some milliseconds too: look once more"};
  add_tid(finding, thread.tid);
  finding.evidence = {fmt::format("thread {}: {}", name_of(thread), thread.waiting_on->text),
                      "the connection is asked for, and not yet confirmed (SYN sent)"};
  finding.advice = {"see whether the host is up and a firewall drops what is sent to this port",
                    "connect with a timeout: socket.create_connection(address, timeout=5)"};
  findings.push_back(std::move(finding));
}

void tell_of_input(const Thread& thread, const model::WaitedFile& file, Findings& findings) {
  model::Finding finding{
      .id = "waits-for-input",
      .title = fmt::format("Thread {} waits{} for its standard input", name_of(thread), at_place(thread))};
  add_tid(finding, thread.tid);
  finding.evidence = {fmt::format("thread {}: {}", name_of(thread), thread.waiting_on->text)};
  finding.advice = {
      file.kind == FileKind::terminal ? "type what it asks for, at its terminal" : "write to its input, or close it",
      "where nobody is there to answer, start it with its input from /dev/null"};
  findings.push_back(std::move(finding));
}

}  // namespace

void find_file_waits(const model::Still& still, Findings& findings) {
  for (const Thread& thread : still.threads) {
    if (!thread.waiting_on || still.source.kind == model::SourceKind::core) {
      continue;
    }
    const WaitingOn& waiting = *thread.waiting_on;
    const std::string call = waiting.syscall.value_or("");
    if (call == "flock" || call == "fcntl") {
      tell_of_lock(still, thread, findings);
    } else if ((thread.os_state == model::OsState::uninterruptible && call != "vfork" && !call.starts_with("clone")) ||
               file_on_server(waiting) != nullptr) {
      tell_of_disk(thread, findings);
    } else if (call == "connect" && waiting.files.size() == 1 && waiting.files.front().state == "connecting") {
      tell_of_connect(thread, waiting.files.front(), findings);
    } else if (call == "read" && waiting.files.size() == 1 && waiting.files.front().fd == 0) {
      tell_of_input(thread, waiting.files.front(), findings);
    }
  }
}

}  // namespace stillframe::diagnose
