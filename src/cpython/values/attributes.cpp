#include "cpython/values/attributes.h"

#include <algorithm>
#include <ranges>
#include <unordered_set>

#include "cpython/objects/dict_format.h"
#include "cpython/values/kinds.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMaxNameLength = 1024;
// Entries of a class's dict that are looked through for slots.
constexpr std::uint64_t kMaxClassEntries = 4096;

// A slot of a class, seen from its dict: a member descriptor (PyMemberDescrObject in Include/cpython/descrobject.h,
// d_type, d_name, d_qualname, d_member) whose PyMemberDef says where the object keeps it.
struct MemberDef {
  Address name = 0;
  std::int32_t type = 0;
  std::int64_t offset = 0;
};

class Collector {
 public:
  Collector(const Objects& objects, Address object, const Type& type, std::uint64_t most)
      : objects_(objects), object_(object), type_(type), most_(most) {}

  Attributes collect() {
    for (const Type* base : type_.mro | std::views::reverse) {
      add_slots(*base);
    }
    add_slots(type_);
    add_dict();
    return std::move(found_);
  }

 private:
  void add(std::string name, Address value) {
    if (found_.list.size() >= most_) {
      ++found_.left_out;
      return;
    }
    found_.list.push_back({.name = std::move(name), .value = value});
  }

  // Python classes only: the members of types made by C code are their own business.
  void add_slots(const Type& owner) {
    const auto dict = owner.is_heap() && may_have_slots(owner)
                          ? objects_.pointer(owner.address, objects_.layout().type.dict)
                          : std::nullopt;
    if (!dict || *dict == 0) {
      return;
    }
    std::uint64_t seen = 0;
    objects_.for_each_entry(*dict, [&](Address key, Address value) {
      add_slot(key, value);
      return ++seen < kMaxClassEntries;
    });
  }

  // Slots take room: an object of a class that has some of its own is larger than one of any of its bases.
  static bool may_have_slots(const Type& owner) {
    return std::ranges::none_of(owner.mro, [&](const Type* base) { return base->basic_size == owner.basic_size; });
  }

  void add_slot(Address key, Address descriptor) {
    const auto descriptor_type = objects_.type_of(descriptor);
    if (!descriptor_type || !is_member_descriptor(*descriptor_type)) {
      return;
    }
    const auto place = member_place(objects_, object_, type_, descriptor);
    if (!place) {
      return;
    }
    const auto value = objects_.memory().get<Address>(*place);
    auto name = objects_.text(key, kMaxNameLength);
    if (!value || !name) {
      found_.whole = false;
    } else if (*value != 0) {
      add(std::move(*name), *value);
    }
  }

  bool is_member_descriptor(Address type) {
    if (member_descriptor_ == 0 && objects_.type_name(type) == "member_descriptor") {
      member_descriptor_ = type;
    }
    return type == member_descriptor_;
  }

  void add_dict() {
    const auto visit = [&](Address key, Address value) {
      auto name = objects_.text(key, kMaxNameLength);
      if (!name) {
        found_.whole = false;
        return true;
      }
      add(std::move(*name), value);
      return found_.list.size() < most_ + kCountedBeyond;
    };
    if (!objects_.for_each_instance_attribute(object_, type_.address, visit)) {
      found_.whole = false;
    }
  }

  // How far attributes that are left out are counted.
  static constexpr std::uint64_t kCountedBeyond = 100'000;

  const Objects& objects_;
  Address object_;
  const Type& type_;
  std::uint64_t most_;
  Address member_descriptor_ = 0;
  Attributes found_;
};

}  // namespace

std::optional<Address> member_place(const Objects& objects, Address object, const Type& type, Address descriptor) {
  const auto head = objects.layout().object.type.value() + std::uint32_t{sizeof(Address)};
  const std::uint32_t before = objects.layout().version.major < 3 ? 2 : 3;  // 2.7 has no d_qualname
  const auto definition = objects.pointer(descriptor, head + before * std::uint32_t{sizeof(Address)});
  const auto member = definition ? objects.memory().get<MemberDef>(*definition) : std::unexpected(memory::Fault{});
  // Include/structmember.h: T_OBJECT (_Py_T_OBJECT), and T_OBJECT_EX (Py_T_OBJECT_EX), which __slots__ makes.
  constexpr std::int32_t kObject = 6;
  constexpr std::int32_t kObjectOrError = 16;
  if (!member || (member->type != kObjectOrError && member->type != kObject) || member->offset <= 0 ||
      static_cast<std::uint64_t>(member->offset) + sizeof(Address) > type.basic_size) {
    return std::nullopt;
  }
  return object + static_cast<Address>(member->offset);
}

Attributes attributes_of(const Objects& objects, Address object, const Type& type, std::uint64_t most) {
  return Collector(objects, object, type, most).collect();
}

void put_attributes(Printer& out, const Instance& object) {
  put_attributes(out, attributes_of(out.objects(), object.address, object.type, out.limits().max_items));
}

void put_attributes(Printer& out, const Attributes& found) {
  const Printer::Opening opening(out);
  for (const Attribute& attribute : found.list) {
    out.put(" ");
    if (!out.room()) {
      return;
    }
    out.attribute(attribute.name, attribute.value);
  }
  if (found.left_out > 0) {
    out.put(" ");
    out.more(found.left_out);
  }
  if (!found.whole) {
    out.put(" ");
    out.unreadable("some attributes");
  }
}

}  // namespace stillframe::cpython
