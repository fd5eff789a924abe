#include "cpython/sync/lock_objects.h"

#include <algorithm>
#include <unordered_set>

#include "cpython/objects/function_words.h"
#include "cpython/values/attributes.h"
#include "cpython/values/locks.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// What a lock of C code points at is a sem_t: 32 bytes in glibc and in musl.
constexpr std::uint64_t kSemaphoreSize = 32;
// An instance with more attributes is no lock's wrapper.
constexpr std::uint64_t kMostAttributes = 64;
constexpr std::size_t kMostLocks = 8;
constexpr std::size_t kLongestName = 64;

bool within(Address futex, std::optional<Address> begin) {
  return begin && *begin != 0 && futex >= *begin && futex - *begin < kSemaphoreSize;
}

}  // namespace

// struct wait_entry of Python/parking_lot.c (3.13 to 3.15) lies on the stack of the thread that waits: park_arg, addr,
// and the semaphore that it sleeps on.
std::optional<Address> parked_on(const memory::MemorySource& memory, Address futex) {
  const auto address = memory.get<Address>(futex - sizeof(Address));
  return address && *address != 0 ? std::optional(*address) : std::nullopt;
}

// ThreadHandle of Modules/_threadmodule.c (3.13 to 3.15): two list nodes of two words, ident, os_handle, has_os_handle,
// state, a PyMutex and the PyEvent thread_is_exiting, which who joins it is parked on.
std::optional<std::uint64_t> awaited_thread(const memory::MemorySource& memory, Address parked) {
  constexpr Address event = 57;
  constexpr Address ident = 32;
  const auto found =
      parked > event ? memory.get<std::uint64_t>(parked - event + ident) : memory::Read<std::uint64_t>(0);
  return found && *found != 0 ? std::optional(*found) : std::nullopt;
}

std::string_view LockObjects::type_name(Address object) {
  const Type* type = object == 0 ? nullptr : types_.of(object);
  return type == nullptr ? std::string_view() : std::string_view(type->qualified);
}

std::optional<LockObject> LockObjects::as_lock(Address object) {
  const Type* type = object == 0 ? nullptr : types_.of(object);
  if (type == nullptr) {
    return std::nullopt;
  }
  const auto is = [&](const Type& one) -> std::optional<LockType> {
    const std::string_view name = one.qualified;
    if (name == "_thread.lock" || name == "thread.lock") {
      return LockType::plain;
    }
    if (name == "_thread.RLock") {
      return LockType::recursive;
    }
    if (name == "threading._RLock") {
      return LockType::python_recursive;
    }
    if (name == "_queue.SimpleQueue") {
      return LockType::queue;
    }
    return name == "_multiprocessing.SemLock" ? std::optional(LockType::semaphore) : std::nullopt;
  };
  auto found = is(*type);
  for (const Type* base : type->mro) {
    found = found ? found : is(*base);
  }
  return found ? std::optional(LockObject{.address = object, .type = *found}) : std::nullopt;
}

// PyCFunctionObject: m_ml, m_self behind the head (Include/cpython/methodobject.h); PyMethodDef begins with its name.
std::optional<std::string> LockObjects::name_of_builtin(Address builtin) const {
  const auto definition = part(objects_, builtin, 0);
  const auto name = definition ? objects_.memory().get<Address>(*definition) : std::unexpected(memory::Fault{});
  return name ? objects_.c_string(*name, kLongestName) : std::nullopt;
}

// The name of a function's code.
std::optional<std::string> LockObjects::name_of_function(Address function) const {
  const auto code = part(objects_, function, function_words(objects_.layout().version).code);
  const auto type = code ? objects_.type_of(*code) : std::nullopt;
  const auto name =
      type && objects_.type_name(*type) == "code" ? objects_.pointer(*code, objects_.layout().code.name) : std::nullopt;
  return name ? objects_.text(*name, kLongestName) : std::nullopt;
}

std::vector<LockObject> LockObjects::locks_behind(Address object) {
  if (const auto lock = as_lock(object)) {
    return {*lock};
  }
  const Type* type = object == 0 ? nullptr : types_.of(object);
  if (type == nullptr) {
    return {};
  }
  if (type->qualified == "builtin_function_or_method") {
    const auto lock = as_lock(part(objects_, object, 1).value_or(0));
    return lock ? std::vector{*lock} : std::vector<LockObject>{};
  }
  Address instance = object;
  const Type* instance_type = type;
  if (type->qualified == "method" || type->qualified == "instancemethod") {
    instance = part(objects_, object, 1).value_or(0);  // PyMethodObject: im_func, im_self
    instance_type = instance == 0 ? nullptr : types_.of(instance);
  }
  if (instance_type == nullptr || !instance_type->is_heap()) {
    return {};
  }
  std::vector<LockObject> locks;
  if (const auto lock = as_lock(instance)) {
    locks.push_back(*lock);
  }
  for (const Attribute& one : attributes_of(objects_, instance, *instance_type, kMostAttributes).list) {
    const auto lock = locks.size() < kMostLocks ? as_lock(one.value) : std::nullopt;
    if (lock) {
      locks.push_back(*lock);
    }
  }
  return locks;
}

// A lock of C code before 3.13 (RLock: before 3.14) is a pointer to a semaphore: lock_lock, rlock_lock, handle. Later
// it is a PyMutex, one byte in the object, on which threads are parked. A SimpleQueue begins with such a lock, or with
// the byte has_threads_waiting (Modules/_queuemodule.c).
bool LockObjects::is_waited_for(const LockObject& lock, Address futex) {
  if (lock.type == LockType::python_recursive) {
    // One that is written in Python has one of C code, for which threads wait.
    auto block = objects_.instance_attribute(lock.address, "_block");
    block = block ? block : objects_.instance_attribute(lock.address, "_RLock__block");
    const auto inner = block ? as_lock(*block) : std::nullopt;
    return inner && inner->type != LockType::python_recursive && is_waited_for(*inner, futex);
  }
  const auto semaphore = part(objects_, lock.address, 0);
  if (within(futex, semaphore)) {
    return true;
  }
  if (objects_.layout().version < PythonVersion{3, 13, 0}) {
    return false;
  }
  const auto parked = parked_on(objects_.memory(), futex);
  return parked && *parked == lock.address + word(objects_, 0).value();
}

std::optional<LockObject> LockObjects::waited_for_in(const RawFrame& frame, Address futex, Variables& variables) {
  std::unordered_set<Address> seen;
  const auto look_at = [&](Address object) -> std::optional<LockObject> {
    if (object == 0 || !seen.insert(object).second) {
      return std::nullopt;
    }
    for (const LockObject& lock : locks_behind(object)) {
      if (is_waited_for(lock, futex)) {
        return lock;
      }
    }
    return std::nullopt;
  };
  for (const Address object : whole_stack_of(objects_, frame)) {
    if (const auto found = look_at(object)) {
      return found;
    }
  }
  for (const Variable& variable : variables.read(frame).list) {
    if (const auto found = look_at(variable.value)) {
      return found;
    }
  }
  return std::nullopt;
}

// To 3.13 a `with` block keeps the bound __exit__ on the stack; from 3.14 on the function and, above it, its self
// (LOAD_SPECIAL in Python/bytecodes.c).
Address LockObjects::manager_in(const std::vector<Address>& slots, std::size_t index) {
  const Address object = slots[index];
  const std::string_view name = type_name(object);
  if (name == "builtin_function_or_method") {
    return name_of_builtin(object) == "__exit__" ? part(objects_, object, 1).value_or(0) : 0;
  }
  if (name == "method" || name == "instancemethod") {
    const auto function = part(objects_, object, 0);
    return function && name_of_function(*function) == "__exit__" ? part(objects_, object, 1).value_or(0) : 0;
  }
  if (objects_.layout().version < PythonVersion{3, 14, 0} || index == 0) {
    return 0;
  }
  const std::string_view below = type_name(slots[index - 1]);
  const bool pair =
      below == "method_descriptor" || (below == "function" && name_of_function(slots[index - 1]) == "__exit__");
  return pair ? object : 0;
}

std::vector<WithBlock> LockObjects::with_blocks(const RawFrame& frame) {
  const std::vector<Block> blocks = blocks_of(objects_, frame);
  if (blocks.empty()) {
    return {};
  }
  const std::vector<Address> slots = stack_of(objects_, frame, blocks.back().depth);
  std::vector<WithBlock> found;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Address manager = slots[i] == 0 ? 0 : manager_in(slots, i);
    if (manager == 0) {
      continue;
    }
    std::optional<std::int64_t> before;
    for (const Block& block : blocks) {
      if (block.depth == i + 1 && block.may_be_with && block.before >= 0) {
        before = block.before;
      }
    }
    found.push_back({.lock = manager, .manager = manager, .before = before});
    for (const LockObject& lock : locks_behind(manager)) {
      if (lock.address != manager) {
        found.push_back({.lock = lock.address, .manager = manager, .before = before});
      }
    }
  }
  return found;
}

LockOwner LockObjects::owner_of(const LockObject& lock) const {
  if (lock.type == LockType::recursive) {
    const auto state = rlock_state(objects_, lock.address);
    return state ? LockOwner{.ident = state->owner, .known = true} : LockOwner{};
  }
  if (lock.type == LockType::python_recursive) {
    auto owner = objects_.instance_attribute(lock.address, "_owner");
    owner = owner ? owner : objects_.instance_attribute(lock.address, "_RLock__owner");
    const auto ident = owner ? objects_.integer(*owner) : std::nullopt;
    return {.ident = ident.value_or(0), .known = ident.has_value()};
  }
  return {};
}

}  // namespace stillframe::cpython
