#include "cpython/tasks/lock_holders.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "cpython/objects/set_table.h"
#include "cpython/stacks/generators.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

using model::WaitKind;

// Words of one value stack that are looked at: no call stands in more blocks.
constexpr std::uint64_t kMostWords = 256;
constexpr std::size_t kMostHolders = 1000;

// Conditions have a lock, and an `async with` of them takes that.
constexpr std::array kConditions{"asyncio.locks.Condition", "curio.sync.Condition"};
constexpr std::array kLockFiles{"/asyncio/locks.py", "/curio/sync.py", "/anyio/_core/_synchronization.py"};

// Whether it is to be found out who holds what a task waits for.
bool is_wanted(const RawWait& wait) {
  return (wait.kind == WaitKind::lock || wait.kind == WaitKind::semaphore) && !wait.holders_proven;
}

class HolderSearch {
 public:
  HolderSearch(Instances& instances, std::span<RawTask> tasks) : instances_(instances), tasks_(tasks) {}

  void search() {
    for (const RawTask& task : tasks_) {
      if (is_wanted(task.wait)) {
        holders_.try_emplace(task.wait.object);
      }
    }
    if (holders_.empty()) {
      return;
    }
    for (const RawTask& task : tasks_) {
      own_ = 0;
      released_ = task.wait.kind == WaitKind::condition ? lock_of(task.wait.object) : 0;
      for (const RawFrame& frame : task.frames) {
        look_at(task, frame);
      }
      if (own_ > entrances(task)) {
        hold(holders_[task.wait.object], task);
      }
    }
    for (RawTask& task : tasks_) {
      if (is_wanted(task.wait)) {
        task.wait.holders = holders_[task.wait.object];
      }
    }
  }

 private:
  void look_at(const RawTask& task, const RawFrame& frame) {
    const Objects& objects = instances_.objects();
    const auto stack = value_stack(objects, frame.address);
    if (!stack) {
      return;
    }
    for (std::uint64_t i = 0; i < std::min(stack->count, kMostWords); ++i) {
      const auto word = objects.memory().get<Address>(stack->bottom + i * sizeof(Address));
      if (word && *word != 0) {
        note(task, *word & ~Address{3});
      }
    }
  }

  // Who waits for a lock at the entrance of its `async with` has its way out on the stack already, and so has who waits
  // to get it back in Condition.wait(). One that is there once more is of a block around that.
  static std::size_t entrances(const RawTask& task) {
    return static_cast<std::size_t>(std::ranges::count_if(task.frames, [](const RawFrame& frame) {
      return (frame.code->name == "__aenter__" || frame.code->name == "wait") &&
             std::ranges::any_of(kLockFiles, [&](const char* file) { return frame.code->filename.ends_with(file); });
    }));
  }

  static void hold(std::vector<Address>& holders, const RawTask& task) {
    if (holders.size() < kMostHolders && (holders.empty() || holders.back() != task.address)) {
      holders.push_back(task.address);
    }
  }

  // To 3.13 the stack has the bound method __aexit__, later the function and the lock itself.
  void note(const RawTask& task, Address object) {
    const Objects& objects = instances_.objects();
    const Type* type = instances_.types().of(object);
    if (type == nullptr) {
      return;
    }
    if (type->name == "method") {
      object = part(objects, object, 1).value_or(0);
    }
    if (object == 0) {
      return;
    }
    if (!holders_.contains(object)) {
      object = lock_of(object);
    }
    const auto wanted = holders_.find(object);
    if (wanted == holders_.end() || object == released_) {
      return;
    }
    if (is_wanted(task.wait) && task.wait.object == object) {
      ++own_;
    } else {
      hold(wanted->second, task);
    }
  }

  // Of a condition; 0: it is none.
  Address lock_of(Address object) {
    const bool has_one =
        std::ranges::any_of(kConditions, [&](const char* one) { return instances_.is_a(object, one); });
    return has_one ? instances_.get(object, "_lock").value_or(0) : 0;
  }

  Instances& instances_;
  std::span<RawTask> tasks_;
  std::unordered_map<Address, std::vector<Address>> holders_;  // by lock
  std::size_t own_ = 0;   // how often the lock that a task waits for is on its own stacks
  Address released_ = 0;  // the lock of the condition that it waits for: wait() has given it back
};

}  // namespace

void add_owner(Instances& instances, Address lock, std::string_view attribute, RawWait& wait) {
  if (const auto owner = instances.get(lock, attribute); owner && !instances.is_none(*owner)) {
    wait.holders = {*owner};
    wait.holders_proven = true;
  }
}

void add_holders_of_set(Instances& instances, Address set, RawWait& wait) {
  const SetTable table(instances.objects(), set);
  wait.holders_proven = table.sound() && table.each([&](Address one) {
    wait.holders.push_back(one);
    return wait.holders.size() < kMostHolders;
  });
}

void find_lock_holders(Instances& instances, std::span<RawTask> tasks) {
  HolderSearch(instances, tasks).search();
}

}  // namespace stillframe::cpython
