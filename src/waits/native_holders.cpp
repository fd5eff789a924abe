#include "waits/native_holders.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "text/phrases.h"

namespace stillframe::waits {
namespace {

using model::Frame;
using model::FrameKind;
using model::ResourceKind;
using model::Thread;

// A thread that is inside, and its frame there.
struct Inside {
  const Thread* thread = nullptr;
  std::size_t frame = 0;
};

bool is_native(const Frame& frame, std::string_view part) {
  return frame.kind == FrameKind::native && frame.function.contains(part);
}

// The frame that has called the innermost __cxa_guard_acquire() of a thread.
std::optional<std::size_t> guarded_call(const Thread& thread) {
  for (std::size_t i = thread.frames.size(); i-- > 1;) {
    if (is_native(thread.frames[i], "__cxa_guard_acquire")) {
      return thread.frames[i - 1].kind == FrameKind::native ? std::optional(i - 1) : std::nullopt;
    }
    if (thread.frames[i].kind == FrameKind::python) {
      break;
    }
  }
  return std::nullopt;
}

// libffi calls any function for anybody: that two threads are in it says nothing.
bool tells_what_it_runs(const Frame& frame) {
  return !frame.function.empty() && !frame.library.value_or("").contains("libffi") &&
         !frame.library.value_or("").contains("_ctypes") && !frame.function.starts_with("ffi_call");
}

// Calls of the same function that have come further than its __cxa_guard_acquire(): they run the initialiser, or what
// comes after it.
std::vector<Inside> inside_initialiser(const model::Still& still, const Thread& waiter, std::size_t call) {
  std::vector<Inside> found;
  const Frame& wanted = waiter.frames[call];
  for (const Thread& thread : still.threads) {
    for (std::size_t i = 0; i + 1 < thread.frames.size(); ++i) {
      const Frame& frame = thread.frames[i];
      if (frame.kind == FrameKind::native && frame.function == wanted.function && frame.library == wanted.library &&
          !is_native(thread.frames[i + 1], "__cxa_guard_acquire")) {
        found.push_back({.thread = &thread, .frame = i});
        break;
      }
    }
  }
  return found;
}

constexpr std::array<std::string_view, 9> kMallocFunctions{
    "_int_malloc", "_int_free", "_int_realloc", "_int_memalign", "malloc_consolidate",
    "sysmalloc",   "systrim",   "tcache_init",  "unlink_chunk",
};

// What a program calls, with or without the library's own prefix: it takes and gives back the lock, and does the work
// in the others, or in itself where the compiler has made one of them.
constexpr std::array<std::string_view, 5> kMallocEntries{"malloc", "free", "calloc", "realloc", "memalign"};

bool is_in_malloc(const Frame& frame) {
  return std::ranges::any_of(kMallocFunctions, [&](std::string_view name) { return is_native(frame, name); });
}

bool is_malloc_itself(const Frame& frame) {
  std::string_view name = frame.function;
  name.remove_prefix(name.starts_with("__libc_") ? std::string_view("__libc_").size() : 0);
  return frame.kind == FrameKind::native && std::ranges::find(kMallocEntries, name) != kMallocEntries.end();
}

// Threads that are in the middle of malloc's work and do not wait for its lock: they run, or a signal handler that
// waits itself has interrupted them.
std::vector<Inside> inside_malloc(const model::Still& still, std::uint64_t lock) {
  std::vector<Inside> found;
  for (const Thread& thread : still.threads) {
    const bool waits = thread.wants && thread.wants->resource < still.resources.size() &&
                       still.resources[thread.wants->resource].address == lock;
    bool looked_at = !waits;
    bool interrupted = false;
    for (std::size_t i = thread.frames.size(); i-- > 0;) {
      const Frame& frame = thread.frames[i];
      if (looked_at && (is_in_malloc(frame) || (interrupted && is_malloc_itself(frame)))) {
        found.push_back({.thread = &thread, .frame = i});
        break;
      }
      interrupted = text::is_signal_return(frame);
      looked_at = looked_at || interrupted;
    }
  }
  return found;
}

void add(model::Resource& resource, const std::vector<Inside>& inside, std::string_view how) {
  if (inside.size() != 1 || !resource.holders.empty()) {
    return;  // which of several it is cannot be told
  }
  resource.holders.push_back(
      {.tid = inside.front().thread->tid, .how = std::string(how), .frame = inside.front().frame});
}

}  // namespace

void find_native_holders(model::Still& still) {
  std::unordered_set<const model::Resource*> seen;
  for (const Thread& thread : still.threads) {
    if (!thread.wants || thread.wants->resource >= still.resources.size()) {
      continue;
    }
    model::Resource& resource = still.resources[thread.wants->resource];
    if (!seen.insert(&resource).second) {
      continue;
    }
    if (resource.kind == ResourceKind::static_guard) {
      const auto call = guarded_call(thread);
      if (call && tells_what_it_runs(thread.frames[*call])) {
        resource.name = std::string(thread.frames[*call].function);
        add(resource, inside_initialiser(still, thread, *call), "it is inside the same function, past that point");
      }
    } else if (resource.kind == ResourceKind::arena) {
      add(resource, inside_malloc(still, resource.address), "it is in the middle of malloc's work");
    }
  }
}

}  // namespace stillframe::waits
