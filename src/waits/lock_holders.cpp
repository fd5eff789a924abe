#include "waits/lock_holders.h"

#include <algorithm>

#include "cpython/sync/object_mutexes.h"
#include "cpython/sync/work_queue.h"

namespace stillframe::waits {
namespace {

using cpython::RawFrame;
using model::ResourceKind;

}  // namespace

std::optional<std::size_t> shown_frame(const model::Thread& thread, std::size_t inner) {
  for (std::size_t i = thread.frames.size(); i-- > 0;) {
    if (thread.frames[i].kind == model::FrameKind::python && inner-- == 0) {
      return i;
    }
  }
  return std::nullopt;
}

void LockHolders::find(model::Resource& resource, std::size_t index) {
  if (resource.kind == ResourceKind::future) {
    find_runner(resource);
    return;
  }
  if (resource.kind == ResourceKind::object_mutex) {
    find_critical_section(resource);
    return;
  }
  if (resource.kind == ResourceKind::stop_the_world) {
    if (!resource.holders.empty()) {
      return;  // the interpreter has said it
    }
    find_who_stops_the_world(resource);
    return;
  }
  const bool ours = std::ranges::any_of(resource.holders, [](const model::Holder& one) { return one.tid.has_value(); });
  if (resource.kind == ResourceKind::process_lock && !ours) {
    return;  // its count would say so
  }
  find_with_blocks();
  std::size_t taken = 0;
  for (const Taking& one : with_blocks_) {
    if ((one.lock == resource.address || one.manager == resource.address) && !has_let_go(one, resource.address)) {
      add(resource, one);
      ++taken;
    }
  }
  if (taken == 0) {
    find_calls_of_acquire(resource, index);
    for (const Taking& one : calls_) {
      add(resource, one);
    }
    taken = calls_.size();
  }
  if (resource.kind == ResourceKind::semaphore) {
    weigh_places(resource, index, taken);
  }
}

void LockHolders::add(model::Resource& resource, const Taking& taking) const {
  const auto tid = taking.thread->shown->tid;
  const auto known = std::ranges::find(resource.holders, tid, &model::Holder::tid);
  const bool told = !resource.holders.empty() && resource.holders.front().certain;
  if (told && known == resource.holders.end()) {
    return;  // the lock itself says that it is another one
  }
  model::Holder& holder =
      known != resource.holders.end() ? *known : resource.holders.emplace_back(model::Holder{.tid = tid});
  if (holder.how.empty()) {
    holder.how = taking.how;
  }
  if (!holder.frame) {
    holder.frame = shown_frame(*taking.thread->shown, taking.frame);
    holder.line = taking.line;
    holder.begins_turn =
        taking.line && usage_.begins_turn(taking.thread->raw->chain.frames[taking.frame], *taking.line);
  }
}

// Condition.wait() lets go of the lock whose `with` block it is called in, for as long as it waits (Lib/threading.py).
bool LockHolders::has_let_go(const Taking& taking, cpython::Address lock) {
  for (std::size_t i = 0; i < taking.frame; ++i) {
    const RawFrame& frame = taking.thread->raw->chain.frames[i];
    if (frame.code == nullptr || frame.code->name != "wait" || !frame.code->filename.ends_with("/threading.py")) {
      continue;
    }
    const cpython::Address condition = variables_.first_argument(frame);
    const auto own = condition == 0 ? std::nullopt : objects_.instance_attribute(condition, "_lock");
    const auto behind = own ? locks_.locks_behind(*own) : std::vector<cpython::LockObject>{};
    if (condition == lock || std::ranges::find(behind, lock, &cpython::LockObject::address) != behind.end()) {
      return true;
    }
  }
  return false;
}

// Each place of a semaphore may be with somebody else: with a task that gives it back when it is done, whoever took it
// for that. Only one that tells how many places it has (BoundedSemaphore), or whose users all give back what they take,
// can be said to be used up by those who are seen to have some.
void LockHolders::weigh_places(model::Resource& resource, std::size_t index, std::size_t taken) const {
  const auto initial = objects_.instance_attribute(resource.address, "_initial_value");
  const auto places = initial ? objects_.integer(*initial) : std::nullopt;
  resource.others_may_hold = places ? taken < *places
                                    : std::ranges::any_of(
                                          threads_,
                                          [&](const KnownThread& one) {
                                            const auto& wants = one.shown->wants;
                                            return wants && wants->resource == index && wants->gives_back != true;
                                          });
}

// Every `with` block of every thread that has to do with a lock, found once.
void LockHolders::find_with_blocks() {
  if (with_blocks_found_) {
    return;
  }
  with_blocks_found_ = true;
  for (const KnownThread& thread : threads_) {
    const auto& frames = thread.raw->chain.frames;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      for (const cpython::WithBlock& block : locks_.with_blocks(frames[i])) {
        with_blocks_.push_back({.lock = block.lock,
                                .manager = block.manager,
                                .thread = &thread,
                                .frame = i,
                                .line = block.before ? line_at(frames[i], *block.before) : std::nullopt,
                                .how = "it is inside the `with` block"});
      }
    }
  }
}

std::optional<std::int32_t> LockHolders::line_at(const RawFrame& frame, std::int64_t instruction) const {
  return cpython::locate(*frame.code, instruction, objects_.dialect()).line;
}

// A call that has `NAME.acquire()` on a line before the one that runs, no `NAME.release()` in between, and one further
// down. Without the last, or where it waits for the lock itself, or gives it to a call that does, it is a bell that
// others ring, or a lock that is given back by those for whom it was taken. So it is where another call has nothing but
// the release().
void LockHolders::find_calls_of_acquire(const model::Resource& resource, std::size_t index) {
  calls_.clear();
  for (const KnownThread& thread : threads_) {
    const auto& frames = thread.raw->chain.frames;
    const auto& wants = thread.shown->wants;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const auto use = usage_.of(frames[i], resource.address);
      if (use && use->only_releases) {
        calls_.clear();
        return;
      }
      const bool waits_here = wants && wants->resource == index &&
                              (wants->frame == shown_frame(*thread.shown, i) || (use && use->passes_it_on));
      if (use && use->taken && use->gives_back && !waits_here) {
        calls_.push_back({.lock = resource.address,
                          .thread = &thread,
                          .frame = i,
                          .line = use->taken,
                          .how = "it has called acquire(), and not yet release()"});
      }
    }
  }
}

// The thread of a pool that runs the call behind a future.
void LockHolders::find_runner(model::Resource& resource) {
  for (const KnownThread& thread : threads_) {
    const auto& frames = thread.raw->chain.frames;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      if (cpython::future_run_by(objects_, variables_, frames[i]) == resource.address) {
        resource.holders.push_back({.tid = thread.shown->tid,
                                    .certain = true,
                                    .how = "it runs the call",
                                    .frame = shown_frame(*thread.shown, i == 0 ? 0 : i - 1)});
        return;
      }
    }
  }
}

void LockHolders::find_critical_section(model::Resource& resource) const {
  for (const KnownThread& thread : threads_) {
    const auto held = cpython::mutexes_held(objects_, thread.raw->address);
    if (std::ranges::find(held, cpython::mutex_of_object(resource.address)) != held.end()) {
      resource.holders.push_back({.tid = thread.shown->tid,
                                  .certain = true,
                                  .how = "it is inside a critical section of that object",
                                  .frame = shown_frame(*thread.shown, 0)});
    }
  }
}

// Who has asked for it runs, and alone.
void LockHolders::find_who_stops_the_world(model::Resource& resource) const {
  std::vector<const KnownThread*> attached;
  for (const KnownThread& thread : threads_) {
    if (cpython::attachment_of(objects_, thread.raw->address) == cpython::Attachment::attached) {
      attached.push_back(&thread);
    }
  }
  if (attached.size() == 1) {
    resource.holders.push_back({.tid = attached.front()->shown->tid,
                                .how = "of all threads it alone may run",
                                .frame = shown_frame(*attached.front()->shown, 0)});
  }
}

}  // namespace stillframe::waits
