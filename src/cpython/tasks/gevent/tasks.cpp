#include "cpython/tasks/gevent/tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "cpython/stacks/variables.h"
#include "cpython/tasks/gevent/links.h"
#include "cpython/values/instances.h"
#include "cpython/values/members.h"
#include "text/scheduler_files.h"

namespace stillframe::cpython {
namespace {

using model::WaitKind;

constexpr std::uint64_t kMostVariables = 1000;
constexpr std::uint64_t kLongestName = 4096;
// gevent.Greenlet; the module's name is that of the compiled one, of the one that is not, and the one before 1.3.
constexpr std::array kOwnTypes{"gevent._gevent_cgreenlet.Greenlet", "gevent._greenlet.Greenlet",
                               "gevent.greenlet.Greenlet"};
// Methods of gevent's sockets that wait (gevent/_socketcommon.py, _socket3.py).
constexpr std::array kReads{"recv", "recvfrom", "recv_into", "recvfrom_into", "recvmsg", "recvmsg_into", "accept"};
constexpr std::array kWrites{"send", "sendall", "sendto", "sendmsg", "connect", "connect_ex"};

bool is_file(const RawFrame& frame, std::string_view name) {
  return frame.code->filename.ends_with(name);
}

class Reader {
 public:
  Reader(const Objects& objects, const RawProcess& process, const GreenletList& greenlets, RawTasks& found)
      : objects_(objects),
        process_(process),
        greenlets_(greenlets),
        found_(found),
        types_(objects, Types::Purpose::recognition),
        instances_(objects, types_),
        variables_(objects, kMostVariables) {}

  void read(std::size_t most) {
    for (const RawGreenlet& greenlet : greenlets_.greenlets) {
      if (instances_.is_a(greenlet.address, "gevent.hub.Hub") && greenlet.main_greenlet != 0) {
        add_hub(greenlet);
      }
    }
    const auto count =
        std::ranges::count_if(greenlets_.greenlets, [&](const RawGreenlet& one) { return is_task(one); });
    if (static_cast<std::size_t>(count) > most) {
      found_.left_out = true;
      found_.problems.push_back(fmt::format("there are more than {} greenlets of gevent: they are not shown", most));
      return;
    }
    const std::size_t first = found_.tasks.size();
    for (const RawGreenlet& greenlet : greenlets_.greenlets) {
      if (is_task(greenlet)) {
        add_task(greenlet);
      }
    }
    see_who_waits_for_greenlets(std::span(found_.tasks).subspan(first));
  }

 private:
  // All greenlets of a thread have the same main one.
  [[nodiscard]] bool is_task(const RawGreenlet& greenlet) const {
    const auto hub = hubs_.find(greenlet.main_greenlet);
    return hub != hubs_.end() && found_.loops[hub->second].loop.address != greenlet.address;
  }

  void add_hub(const RawGreenlet& hub) {
    RawLoopState state{.scheduler = model::Scheduler::gevent, .doing = model::LoopDoing::unknown};
    state.loop.address = hub.address;
    state.loop.type = types_.name_of(hub.address);
    const auto ident = instances_.integer(hub.address, "thread_ident");
    for (const RawInterpreter& interpreter : process_.interpreters) {
      for (const RawThread& thread : interpreter.threads) {
        if (ident && thread.thread_id == static_cast<std::uint64_t>(*ident)) {
          state.thread = thread.address;
          tell_doing(thread, hub, state);
        }
      }
    }
    if (hubs_.try_emplace(hub.main_greenlet, found_.loops.size()).second) {
      found_.loops.push_back(std::move(state));
    }
  }

  // Hub.run() calls the loop in C, and that calls what it calls back.
  static void tell_doing(const RawThread& thread, const RawGreenlet& hub, RawLoopState& state) {
    const auto& frames = thread.chain.frames;  // innermost first
    if (hub.suspended) {
      state.doing = model::LoopDoing::runs;
      state.callback.assign(frames.rbegin(), frames.rend());
      return;
    }
    const auto run = std::ranges::find_if(
        frames, [](const RawFrame& frame) { return frame.code->name == "run" && is_file(frame, "/gevent/hub.py"); });
    if (run != frames.end()) {
      state.doing = run == frames.begin() ? model::LoopDoing::waits : model::LoopDoing::runs;
      state.callback.assign(std::reverse_iterator(run), frames.rend());
    }
  }

  void add_task(const RawGreenlet& greenlet) {
    RawLoopState& loop = found_.loops[hubs_.at(greenlet.main_greenlet)];
    RawTask task{.address = greenlet.address, .loop = loop.loop.address};
    const Type* type = types_.of(greenlet.address);
    const std::string_view name = type != nullptr ? std::string_view(type->qualified) : std::string_view();
    if (std::ranges::find(kOwnTypes, name) == kOwnTypes.end()) {
      task.type = name;
    }
    const auto given = instances_.get(greenlet.address, "name");
    task.name = greenlet.main ? "main greenlet" : given ? objects_.text(*given, kLongestName).value_or("") : "";
    if (greenlet.suspended) {
      task.frames.assign(greenlet.chain.frames.rbegin(), greenlet.chain.frames.rend());
      task.broken = greenlet.chain.broken.transform(describe);
      task.wait = wait_of(greenlet.chain);
    } else {
      task.state = model::TaskState::running;
      task.frames = loop.callback;
      loop.running_task = greenlet.address;
    }
    found_.tasks.push_back(std::move(task));
  }

  void see_who_waits_for_greenlets(std::span<RawTask> tasks) {
    std::unordered_set<Address> known;
    for (const RawTask& task : tasks) {
      known.insert(task.address);
    }
    GreenletLinks links(instances_, known);
    std::unordered_set<Address> waiting;
    for (RawTask& task : tasks) {
      auto [awaited_by, spawner] = links.of(task.address);
      waiting.insert(awaited_by.begin(), awaited_by.end());
      task.awaited_by = std::move(awaited_by);
      task.parent = spawner;
    }
    for (RawTask& task : tasks) {
      if (task.wait.kind == WaitKind::unknown && waiting.contains(task.address)) {
        task.wait.kind = WaitKind::tasks;
      }
    }
  }

  // By the innermost calls, as far as they are gevent's own; much of it is compiled and leaves none.
  RawWait wait_of(const FrameChain& chain) {
    for (const RawFrame& frame : chain.frames) {
      if (!text::is_gevent_file(frame.code->filename)) {
        break;
      }
      if (auto wait = wait_of(frame)) {
        return std::move(*wait);
      }
    }
    return {.kind = WaitKind::unknown};
  }

  std::optional<RawWait> wait_of(const RawFrame& frame) {
    const std::string_view function = frame.code->name;
    const auto among = [&](const auto& names) { return std::ranges::find(names, function) != names.end(); };
    if (function == "sleep" && is_file(frame, "/gevent/hub.py")) {
      const auto seconds = local_variable(variables_, frame, "seconds");
      const Type* type = seconds ? types_.of(*seconds) : nullptr;
      return RawWait{.kind = WaitKind::sleep,
                     .delay = type != nullptr ? real_number(objects_, *type, *seconds) : std::nullopt};
    }
    const auto self = local_variable(variables_, frame, "self");
    if (self && function == "acquire" && instances_.is_a(*self, "gevent.lock.RLock")) {
      RawWait wait{.kind = WaitKind::lock, .object = *self};
      const auto owner = instances_.get(*self, "_owner");
      if (owner && !instances_.is_none(*owner)) {
        wait.holders.push_back(*owner);
        wait.holders_proven = true;
      }
      return wait;
    }
    const bool writes = among(kWrites);
    if (self && (writes || among(kReads)) && frame.code->filename.contains("/gevent/_socket")) {
      return of_socket(*self, writes);
    }
    return std::nullopt;
  }

  // A socket of gevent has one of the interpreter, whose first member is the descriptor (Modules/socketmodule.h).
  RawWait of_socket(Address self, bool writes) {
    RawWait wait{.kind = writes ? WaitKind::write : WaitKind::read, .object = self};
    const auto socket = instances_.get(self, "_sock");
    const bool known = socket && instances_.is_a(*socket, "_socket.socket");
    const auto fd = known ? objects_.field<std::int32_t>(*socket, word(objects_, 0)) : std::nullopt;
    if (fd && *fd >= 0) {
      wait.file = WatchedFile{.fd = *fd, .to_write = writes};
    }
    return wait;
  }

  const Objects& objects_;
  const RawProcess& process_;
  const GreenletList& greenlets_;
  RawTasks& found_;
  Types types_;
  Instances instances_;
  Variables variables_;
  std::unordered_map<Address, std::size_t> hubs_;  // loops in found_, by the main greenlet
};

}  // namespace

void read_gevent(const Objects& objects, const RawProcess& process, const GreenletList& greenlets, std::size_t most,
                 RawTasks& found) {
  if (!greenlets.greenlets.empty()) {
    Reader(objects, process, greenlets, found).read(most);
  }
}

}  // namespace stillframe::cpython
