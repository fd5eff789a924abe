#include "cpython/values/object_facts.h"

#include <limits>

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostCountedItems = std::uint64_t{1} << 44U;
// Include/object.h: tp_flags of types whose objects have values behind them (3.13+).
constexpr std::uint64_t kInlineValues = 1U << 2U;

// Free-threaded builds count in two words right in front of ob_type: ob_ref_local, of the thread that made the object,
// and ob_ref_shared, of all others, whose low two bits are flags (Include/object.h, 3.13t+).
std::optional<ReferenceCount> count_in_two(const Objects& objects, Address object) {
  const std::uint32_t type = objects.layout().object.type.value();
  constexpr std::uint32_t kLocalBefore = 12;
  constexpr std::uint32_t kSharedBefore = 8;
  if (type < kLocalBefore) {
    return std::nullopt;
  }
  const auto local = objects.memory().get<std::uint32_t>(object + type - kLocalBefore);
  const auto shared = objects.memory().get<std::int64_t>(object + type - kSharedBefore);
  if (!local || !shared) {
    return std::nullopt;
  }
  if (*local == std::numeric_limits<std::uint32_t>::max()) {
    return ReferenceCount{.count = 0, .immortal = true};
  }
  const std::int64_t count = static_cast<std::int64_t>(*local) + (*shared >> 2);
  return count > 0 ? std::optional(ReferenceCount{.count = static_cast<std::uint64_t>(count)}) : std::nullopt;
}

}  // namespace

std::optional<ReferenceCount> reference_count(const Objects& objects, Address object) {
  const Layout& layout = objects.layout();
  if (layout.build.free_threaded) {
    return count_in_two(objects, object);
  }
  const auto raw = objects.field<std::int64_t>(object, layout.object.refcnt);
  if (!raw) {
    return std::nullopt;
  }
  if (objects.dialect().objects.reference_counts != ReferenceCounts::whole_word) {
    const auto low = static_cast<std::int32_t>(static_cast<std::uint64_t>(*raw) & 0xFFFFFFFFU);
    return low < 0 ? std::optional(ReferenceCount{.count = 0, .immortal = true})
                   : (low > 0 ? std::optional(ReferenceCount{.count = static_cast<std::uint64_t>(low)}) : std::nullopt);
  }
  return *raw > 0 ? std::optional(ReferenceCount{.count = static_cast<std::uint64_t>(*raw)}) : std::nullopt;
}

std::optional<std::uint64_t> own_size(const Objects& objects, Address object, const Type& type) {
  const bool elsewhere =
      objects.dialect().dicts.managed == ManagedAttributesFormat::inline_values && (type.flags & kInlineValues) != 0;
  if (elsewhere || type.has(kTextSubclass) || type.has(kTypeSubclass)) {
    return std::nullopt;
  }
  if (type.item_size == 0) {
    return type.basic_size;
  }
  const auto size = objects.variable_size(object, type.has(kLongSubclass));
  if (!size || size->count > kMostCountedItems) {
    return std::nullopt;
  }
  return (type.basic_size + size->count * type.item_size + 7) & ~std::uint64_t{7};
}

}  // namespace stillframe::cpython
