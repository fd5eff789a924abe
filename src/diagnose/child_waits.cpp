// Processes that wait for one another: a child whose pipe is full or empty while we wait for it, a child that is
// stopped, a pipe that somebody else keeps open.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::OtherProcess;
using model::PipeWait;
using model::RelatedProcess;
using model::Severity;
using model::Thread;

class Judge {
 public:
  Judge(const model::Still& still, Findings& findings) : still_(still), findings_(findings) {}

  void judge() {
    for (const Thread& thread : still_.threads) {
      if (!thread.waiting_on) {
        continue;
      }
      const std::string call = thread.waiting_on->syscall.value_or("");
      if (call == "wait4" || call == "waitid") {
        for (const RelatedProcess* one : awaited_by(thread)) {
          look_at_awaited(thread, *one);
        }
      } else if (call == "write" || call == "writev" || call == "read" || call == "readv") {
        look_at_pipe(thread);
      }
      if (call == "read" || call == "poll") {
        look_for_kept_pipe(thread);
      }
    }
  }

 private:
  // The children that a thread waits for, and what descends from them.
  [[nodiscard]] std::vector<const RelatedProcess*> awaited_by(const Thread& thread) const {
    std::set<std::int64_t> known;
    for (const OtherProcess& child : thread.waiting_on->processes) {
      known.insert(child.pid);
    }
    std::vector<const RelatedProcess*> found;
    for (const RelatedProcess& one : still_.descendants) {  // parents stand before their children
      if (known.contains(one.process.pid) || known.contains(one.parent)) {
        known.insert(one.process.pid);
        found.push_back(&one);
      }
    }
    return found;
  }

  // A thread that is awake, or has an end of its wait, may yet do what the child waits for.
  [[nodiscard]] bool others_wait(const Thread& thread) const {
    return std::ranges::all_of(
        still_.threads, [&](const Thread& one) { return &one == &thread || !one.python || waits_without_end(one); });
  }

  void look_at_awaited(const Thread& thread, const RelatedProcess& child) {
    if (child.process.state == model::OsState::stopped) {
      tell_of_stopped(thread, child);
      return;
    }
    for (const PipeWait& wait : child.waits) {
      if (wait.ours && !wait.attended) {
        tell_of_pipe(thread, child, wait);
        return;
      }
    }
  }

  // Any other child's end would wake a thread that waits for several.
  static bool waits_for_one(const Thread& thread) { return thread.waiting_on->processes.size() == 1; }

  void tell_of_stopped(const Thread& thread, const RelatedProcess& child) {
    const bool alone = waits_for_one(thread) && thread.waiting_on->processes.front().pid == child.process.pid;
    model::Finding finding{.id = "child-stopped",
                           .severity = alone ? Severity::certain : Severity::note,
                           .title = fmt::format("Thread {} waits{} for process {}, which is stopped by a signal",
                                                name_of(thread), at_place(thread), name_of(child.process)),
                           .evidence = {fmt::format("thread {}: {}", name_of(thread), thread.waiting_on->text),
                                        fmt::format("the kernel says that process {} is stopped (SIGSTOP, SIGTSTP, or "
                                                    "terminal input or output in the background)",
                                                    child.process.pid)},
                           .advice = {fmt::format("let it go on: kill -CONT {}", child.process.pid)}};
    add_tid(finding, thread.tid);
    findings_.push_back(std::move(finding));
  }

  // Severity, with the beginning of the title, and reason of what nobody but this thread could end.
  void weigh(const Thread& thread, const RelatedProcess& child, const PipeWait& wait, model::Finding& finding) const {
    std::vector<std::string> also;
    for (const OtherProcess& other : wait.other_end) {
      if (other.pid != still_.source.pid && other.pid != child.process.pid) {
        also.push_back(name_of(other));
      }
    }
    // A slow reader behind a full pipe is no trouble.
    finding.severity = also.empty() && others_wait(thread) ? Severity::certain : Severity::note;
    finding.title.insert(0, finding.severity == Severity::certain ? "Deadlock: thread " : "Thread ");
    if (!also.empty()) {
      finding.evidence.push_back(fmt::format("the other end is open in {} {} as well",
                                             also.size() == 1 ? "process" : "processes", list_of(also, 4)));
    } else if (finding.severity == Severity::note) {
      finding.evidence.push_back(
          fmt::format("another thread of this program may yet {} the pipe", wait.writes ? "read" : "write to"));
    }
    if (!wait.writes &&
        std::ranges::find(wait.other_end, child.process.pid, &OtherProcess::pid) != wait.other_end.end()) {
      finding.evidence.push_back(fmt::format(
          "process {} has the writing end itself, too: it would never see the end of its input", child.process.pid));
    }
  }

  void tell_of_pipe(const Thread& thread, const RelatedProcess& child, const PipeWait& wait) {
    model::Finding finding{.id = wait.writes ? "child-pipe-full" : "child-waits-for-input"};
    finding.title = fmt::format("{} waits{} for process {} to end, which waits {}", name_of(thread), at_place(thread),
                                name_of(child.process),
                                wait.writes ? "until somebody here reads what it writes: its pipe is full"
                                            : "for input from a pipe that is kept open here");
    finding.evidence = {fmt::format("thread {}: {}", name_of(thread), thread.waiting_on->text),
                        fmt::format("process {} sleeps in {} of fd {}, a pipe that is {}", name_of(child.process),
                                    wait.writes ? "write()" : "read()", wait.fd, wait.writes ? "full" : "empty"),
                        fmt::format("this process has the other end, and none of its threads is {}",
                                    wait.writes ? "reading" : "writing")};
    weigh(thread, child, wait, finding);
    if (!waits_for_one(thread) && finding.severity == Severity::certain) {
      finding.severity = Severity::likely;
      finding.detail = "another child that ends would let the thread go on";
    }
    finding.advice =
        wait.writes
            ? std::vector<std::string>{"use communicate(), which reads while it waits, or read all before wait()",
                                       "of a multiprocessing.Queue take all items before join()",
                                       "let it write where nobody has to read: to a file, or to subprocess.DEVNULL"}
            : std::vector<std::string>{"close the pipe before waiting (process.stdin.close(), or communicate())",
                                       "give it an end that it looks for, such as a last item"};
    add_tid(finding, thread.tid);
    findings_.push_back(std::move(finding));
  }

  // The thread itself is at a pipe to a child, which is at another pipe to us.
  void look_at_pipe(const Thread& thread) {
    const auto& files = thread.waiting_on->files;
    if (files.size() != 1 || files.front().kind != model::FileKind::pipe || !others_wait(thread)) {
      return;
    }
    const bool writes = files.front().to_write;
    for (const RelatedProcess& child : still_.descendants) {
      const bool there = std::ranges::find(files.front().processes, child.process.pid, &OtherProcess::pid) !=
                         files.front().processes.end();
      for (const PipeWait& wait : child.waits) {
        // Workers that wait for orders read as well, while somebody reads their results: with more threads than one
        // that is how a pool at leisure looks.
        const bool stuck =
            wait.ours && !wait.attended && wait.writes == writes && (writes || still_.threads.size() == 1);
        if (there && stuck) {
          tell_of_two_pipes(thread, child, wait);
          return;
        }
      }
    }
  }

  void tell_of_two_pipes(const Thread& thread, const RelatedProcess& child, const PipeWait& wait) {
    model::Finding finding{.id = "pipe-deadlock"};
    finding.title = fmt::format("{} waits{} until process {} {}, and that waits until this process {}", name_of(thread),
                                at_place(thread), name_of(child.process), wait.writes ? "reads" : "writes",
                                wait.writes ? "reads" : "writes");
    finding.evidence = {fmt::format("thread {}: {}", name_of(thread), thread.waiting_on->text),
                        fmt::format("process {} sleeps in {} of fd {}, a pipe whose other end is here",
                                    name_of(child.process), wait.writes ? "write()" : "read()", wait.fd)};
    weigh(thread, child, wait, finding);
    finding.advice = wait.writes
                         ? std::vector<std::string>{"use communicate(input), which writes and reads at once",
                                                    "or write in a thread of its own"}
                         : std::vector<std::string>{
                               "flush what was written (flush(), or bufsize=0), and end lines where lines are read",
                               "a program that finds no terminal keeps its output in a buffer: stdbuf -oL, python -u"};
    add_tid(finding, thread.tid);
    findings_.push_back(std::move(finding));
  }

  // The child has ended, and a process that it has left behind keeps the pipe open: the end of the output never comes.
  void look_for_kept_pipe(const Thread& thread) {
    const auto ended = std::ranges::find_if(still_.descendants, [&](const RelatedProcess& one) {
      return one.parent == still_.source.pid && one.process.state == model::OsState::finished;
    });
    if (ended == still_.descendants.end()) {
      return;
    }
    for (const model::WaitedFile& file : thread.waiting_on->files) {
      const bool kept = file.kind == model::FileKind::pipe && file.to_read && !file.processes.empty() &&
                        std::ranges::none_of(file.processes, [&](const OtherProcess& one) { return is_ours(one.pid); });
      if (kept) {
        tell_of_kept_pipe(thread, *ended, file);
        return;
      }
    }
  }

  [[nodiscard]] bool is_ours(std::int64_t pid) const {
    return pid == still_.source.pid || std::ranges::any_of(still_.descendants, [&](const RelatedProcess& one) {
             return one.process.pid == pid && one.parent == still_.source.pid;
           });
  }

  void tell_of_kept_pipe(const Thread& thread, const RelatedProcess& ended, const model::WaitedFile& file) {
    const OtherProcess& keeper = file.processes.front();
    model::Finding finding{
        .id = "pipe-kept-open",
        .severity = Severity::likely,
        .title =
            fmt::format("Thread {} waits{} for the end of a child's output: the child has ended, but process {} still "
                        "has the pipe open",
                        name_of(thread), at_place(thread), name_of(keeper)),
        .detail = "that it is this child's pipe is concluded from the child's end",
        .evidence = {fmt::format("thread {}: {}", name_of(thread), thread.waiting_on->text),
                     fmt::format("child {} has ended, and nobody has asked for its result yet", name_of(ended.process)),
                     fmt::format("process {}, which can write to fd {}, is no child of this one", name_of(keeper),
                                 file.fd)},
        .advice = {"let what is left running in the background write elsewhere: command > /dev/null 2>&1 &",
                   "start it with start_new_session=True and end the whole group on a timeout (os.killpg)"}};
    add_tid(finding, thread.tid);
    findings_.push_back(std::move(finding));
  }

  const model::Still& still_;
  Findings& findings_;
};

}  // namespace

void find_child_waits(const model::Still& still, Findings& findings) {
  Judge(still, findings).judge();
}

}  // namespace stillframe::diagnose
