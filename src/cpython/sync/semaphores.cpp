#include "cpython/sync/semaphores.h"

#include "cpython/runtime/word_search.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

constexpr std::size_t kMostSemaphores = 4096;

// A sem_t begins with its value, in glibc and in musl, which marks those that are waited for with the highest bit.
constexpr std::uint32_t kValue = 0x7FFFFFFF;
constexpr std::int32_t kRecursive = 0;  // RECURSIVE_MUTEX

}  // namespace

// SemLockObject in Modules/_multiprocessing/semaphore.c, the same in 2.7 and 3.6 to 3.15: handle, last_tid, count,
// maxvalue, kind, name.
std::optional<Semaphore> semaphore_at(const Objects& objects, Address object) {
  const auto type = objects.type_of(object);
  if (!type || objects.type_name(*type) != "_multiprocessing.SemLock") {
    return std::nullopt;
  }
  const auto handle = part(objects, object, 0);
  const auto thread = objects.field<std::uint64_t>(object, word(objects, 1));
  const auto count = objects.field<std::int32_t>(object, word(objects, 2));
  const auto most = objects.memory().get<std::int32_t>(object + word(objects, 2).value() + sizeof(std::int32_t));
  const auto kind = objects.field<std::int32_t>(object, word(objects, 3));
  if (!handle || !thread || !count || !most || !kind || *most <= 0) {
    return std::nullopt;
  }
  Semaphore found{.object = object,
                  .handle = *handle,
                  .last_thread = *thread,
                  .count = *count,
                  .most = *most,
                  .recursive = *kind == kRecursive};
  if (const auto value = objects.memory().get<std::uint32_t>(*handle)) {
    found.value = *value & kValue;
  }
  return found;
}

std::vector<Semaphore> find_semaphores(const target::Target& target, const Objects& objects,
                                       const std::unordered_set<Address>& handles) {
  std::vector<Semaphore> found;
  const WordFilter filter(handles);
  search_words(target, filter, [&](Address at) {
    const Address object = at - word(objects, 0).value();
    if (auto semaphore = semaphore_at(objects, object)) {
      found.push_back(*semaphore);
    }
    return found.size() < kMostSemaphores;
  });
  return found;
}

}  // namespace stillframe::cpython
