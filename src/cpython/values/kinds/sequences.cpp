// list and tuple.
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// A list or tuple holds pointers; more of them than this do not fit into the address space of a process.
constexpr std::uint64_t kMostItems = std::uint64_t{1} << 44U;

std::optional<std::uint64_t> length_of(Printer& out, const Instance& object) {
  const auto length = out.objects().field<std::uint64_t>(object.address, out.objects().layout().var_object.size_field);
  if (!length) {
    out.fail("its length cannot be read");
    return std::nullopt;
  }
  if (*length > kMostItems) {
    out.fail("its length is impossible");
    return std::nullopt;
  }
  return length;
}

// PyListObject (Include/cpython/listobject.h): the items are elsewhere.
bool write_list(Printer& out, const Instance& object) {
  const auto length = length_of(out, object);
  const auto items = out.objects().pointer(object.address, out.objects().layout().list.items);
  if (!length || !items) {
    return false;
  }
  return out.sequence("[", *length, "]", [&](std::uint64_t i) {
    const auto item = out.objects().memory().get<Address>(*items + i * sizeof(Address));
    return item ? std::optional(*item) : std::nullopt;
  });
}

// PyTupleObject (Include/cpython/tupleobject.h): the items are in the object.
bool write_tuple(Printer& out, const Instance& object) {
  const auto length = length_of(out, object);
  if (!length) {
    return false;
  }
  const Address items = object.address + out.objects().layout().tuple.items.value();
  return out.sequence(
      "(", *length, ")",
      [&](std::uint64_t i) {
        const auto item = out.objects().memory().get<Address>(items + i * sizeof(Address));
        return item ? std::optional(*item) : std::nullopt;
      },
      true);
}

constexpr Kind kSequenceKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "list", .write = write_list, .cycle = "[...]"},
    {.name = "tuple", .write = write_tuple, .cycle = "(...)"},
};

}  // namespace

std::span<const Kind> sequence_kinds() {
  return kSequenceKinds;
}

}  // namespace stillframe::cpython
