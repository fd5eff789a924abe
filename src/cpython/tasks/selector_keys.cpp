#include "cpython/tasks/selector_keys.h"

#include <cstdint>

#include "cpython/values/fields.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostFiles = 1'000'000;
// SelectorKey(fileobj, fd, events, data) in Lib/selectors.py, a named tuple.
constexpr std::uint32_t kFile = 0;
constexpr std::uint32_t kFd = 1;
constexpr std::uint32_t kData = 3;

}  // namespace

bool for_each_key(Instances& instances, Address selector, const std::function<void(const SelectorKey&)>& visit) {
  const Objects& objects = instances.objects();
  const auto keys = instances.get(selector, "_fd_to_key");
  if (!keys) {
    return true;
  }
  std::uint64_t seen = 0;
  return objects.for_each_entry(*keys, [&](Address, Address key) {
    const auto file = tuple_item(objects, key, kFile);
    const auto fd = signed_integer(objects, tuple_item(objects, key, kFd));
    const auto data = tuple_item(objects, key, kData);
    if (file && fd && *fd >= 0 && *fd <= INT32_MAX && data) {
      visit({.file = *file, .fd = static_cast<int>(*fd), .data = *data});
    }
    return ++seen < kMostFiles;
  });
}

}  // namespace stillframe::cpython
