#include "waits/lock_holders.h"

#include <algorithm>

#include "cpython/sync/object_mutexes.h"
#include "cpython/sync/work_queue.h"

namespace stillframe::waits {
namespace {

using cpython::RawFrame;
using model::ResourceKind;

// Lines of one function that are read for the place where it took a lock.
constexpr std::int32_t kMostLines = 2000;

bool calls(std::string_view line, const std::string& name, std::string_view method) {
  const auto comment = line.find('#');
  const auto at = line.substr(0, comment).find(name + std::string(method));
  if (at == std::string_view::npos) {
    return false;
  }
  // `lock.acquire` is not what is called in `other_lock.acquire`.
  const char before = at == 0 ? ' ' : line[at - 1];
  const bool letter = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
                      (before >= '0' && before <= '9') || before == '_' || before == '.';
  return !letter;
}

}  // namespace

std::optional<std::size_t> shown_frame(const model::Thread& thread, std::size_t inner) {
  for (std::size_t i = thread.frames.size(); i-- > 0;) {
    if (thread.frames[i].kind == model::FrameKind::python && inner-- == 0) {
      return i;
    }
  }
  return std::nullopt;
}

void LockHolders::find(model::Resource& resource) {
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
  bool found = false;
  for (const Taking& one : with_blocks_) {
    if (one.lock == resource.address || one.manager == resource.address) {
      add(resource, one);
      found = true;
    }
  }
  if (!found) {
    find_calls_of_acquire(resource);
    for (const Taking& one : calls_) {
      add(resource, one);
    }
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
  }
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
  return cpython::locate(*frame.code, instruction, objects_.layout().version).line;
}

// A call that has `NAME.acquire()` on a line before the one that runs, and no `NAME.release()` in between.
void LockHolders::find_calls_of_acquire(const model::Resource& resource) {
  calls_.clear();
  for (const KnownThread& thread : threads_) {
    const auto& frames = thread.raw->chain.frames;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const RawFrame& frame = frames[i];
      if (frame.code == nullptr || frame.code->lost || !frame.instruction_known) {
        continue;
      }
      const auto now = line_at(frame, frame.lasti);
      const auto name = now ? names_.find(frame, resource.address) : std::nullopt;
      const auto line = name ? line_of_acquire(frame, *now, *name) : std::nullopt;
      if (line) {
        calls_.push_back({.lock = resource.address,
                          .thread = &thread,
                          .frame = i,
                          .line = line,
                          .how = "it has called acquire(), and not yet release()"});
      }
    }
  }
}

std::optional<std::int32_t> LockHolders::line_of_acquire(const RawFrame& frame, std::int32_t until,
                                                         const std::string& name) {
  const auto [source, fresh] = sources_.try_emplace(frame.code->filename);
  if (fresh) {
    source->second = source_files_.read(frame.code->filename);
  }
  std::optional<std::int32_t> taken;
  const std::int32_t from = std::max({frame.code->first_line, until - kMostLines, 1});
  for (std::int32_t number = from; source->second && number < until; ++number) {
    const auto line = source->second->text.line(number);
    if (!line) {
      break;
    }
    if (calls(*line, name, ".acquire(")) {
      taken = number;
    } else if (calls(*line, name, ".release(")) {
      taken.reset();
    }
  }
  return taken;
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
