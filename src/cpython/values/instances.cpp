#include "cpython/values/instances.h"

#include <algorithm>

#include "cpython/values/attributes.h"
#include "cpython/values/fields.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMaxMemberLength = 128;
constexpr std::uint64_t kMaxText = 4096;
// Keys of instances that are remembered: a program's attributes have some thousand names, a hostile one has more.
constexpr std::size_t kMostKeys = 1U << 16U;

}  // namespace

std::optional<Address> Instances::get(Address object, std::string_view name) {
  const Type* type = types_.of(object);
  if (type == nullptr) {
    return std::nullopt;
  }
  if (const std::uint32_t slot = slot_of(*type, name); slot != 0) {
    const auto value = objects_.pointer(object, slot);
    return value && *value != 0 ? value : std::nullopt;
  }
  std::optional<Address> found;
  objects_.for_each_instance_attribute(object, type->address, [&](Address key, Address value) {
    if (key_text(key) == name) {
      found = value;
    }
    return !found;
  });
  return found;
}

const std::string& Instances::key_text(Address key) {
  if (keys_.size() > kMostKeys) {
    keys_.clear();
  }
  const auto [known, fresh] = keys_.try_emplace(key);
  if (fresh) {
    known->second = objects_.text(key, kMaxMemberLength).value_or("");
  }
  return known->second;
}

std::uint32_t Instances::slot_of(const Type& type, std::string_view name) {
  const auto [known, fresh] = slots_.try_emplace({&type, name}, 0);
  if (!fresh) {
    return known->second;
  }
  const auto descriptor = types_.class_attribute(type, name);
  const Type* kind = descriptor ? types_.of(*descriptor) : nullptr;
  // member_place() adds the object's address to the offset within it.
  const auto place = kind != nullptr && kind->name == "member_descriptor" ? member_place(objects_, 0, type, *descriptor)
                                                                          : std::nullopt;
  known->second = place ? static_cast<std::uint32_t>(*place) : 0;
  return known->second;
}

std::optional<std::int64_t> Instances::integer(Address object, std::string_view name) {
  return signed_integer(objects_, get(object, name));
}

std::optional<double> Instances::real(Address object, std::string_view name) {
  const auto found = get(object, name);
  const Type* type = found ? types_.of(*found) : nullptr;
  return type != nullptr ? real_number(objects_, *type, *found) : std::nullopt;
}

std::optional<bool> Instances::truth(Address object, std::string_view name) {
  const auto found = get(object, name);
  const Type* type = found ? types_.of(*found) : nullptr;
  const auto value = type != nullptr && type->name == "bool" ? objects_.integer(*found) : std::nullopt;
  return value ? std::optional(*value != 0) : std::nullopt;
}

std::optional<std::string> Instances::text(Address object, std::string_view name) {
  const auto found = get(object, name);
  const Type* type = found ? types_.of(*found) : nullptr;
  return type != nullptr && type->has(kTextSubclass) ? objects_.text(*found, kMaxText) : std::nullopt;
}

bool Instances::is_a(Address object, std::string_view qualified) {
  const Type* type = types_.of(object);
  if (type == nullptr) {
    return false;
  }
  const auto [known, fresh] = kinships_.try_emplace({type, qualified}, false);
  if (fresh) {
    known->second = type->derives_from(qualified);
  }
  return known->second;
}

bool Instances::is_none(Address object) {
  const auto type = objects_.type_of(object);
  if (type && none_type_ == 0 && other_types_.insert(*type).second && objects_.type_name(*type) == "NoneType") {
    none_type_ = *type;
  }
  return type && *type == none_type_;
}

std::optional<double> real_number(const Objects& objects, const Type& type, Address object) {
  if (type.name == "float") {
    return objects.field<double>(object, objects.layout().floating.value);
  }
  const auto whole = signed_integer(objects, object);
  return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

}  // namespace stillframe::cpython
