// collections.deque and itertools.count: containers and counters of C code.
#include <fmt/format.h>

#include <limits>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// A deque's pointers fill the address space at this many.
constexpr std::uint64_t kMostItems = std::uint64_t{1} << 44U;

// dequeobject in Modules/_collectionsmodule.c; `len` only in 2.7, later the length is ob_size.
struct DequeMembers {
  Address left_block = 0;
  Address right_block = 0;
  std::int64_t left_index = 0;
  std::int64_t right_index = 0;
};

struct Deque {
  std::uint64_t length = 0;
  std::int64_t most = -1;  // maxlen
  DequeMembers members;
  std::uint32_t block_length = 64;  // items of a block
  std::uint32_t data = 8;           // in a block
  std::uint32_t right = 520;        // the next block's address, in a block
};

std::optional<Deque> deque_of(const Objects& objects, Address at) {
  Deque deque;
  const bool old = objects.layout().version.major < 3;
  if (old) {
    // BLOCK of 2.7: data[62], rightlink, leftlink.
    deque.block_length = 62;
    deque.data = 0;
    deque.right = 496;
  }
  const auto length = length_of(objects, at);
  const auto members = objects.field<DequeMembers>(at, old ? word(objects, 0) : var_word(objects, 0));
  // state comes before maxlen; 2.7 has len in front of both.
  const auto most = objects.field<std::int64_t>(at, old ? word(objects, 6) : var_word(objects, 5));
  if (!length || !members || !most || *length > kMostItems || members->left_index < 0 ||
      members->left_index >= deque.block_length) {
    return std::nullopt;
  }
  deque.length = *length;
  deque.members = *members;
  deque.most = *most;
  return deque;
}

bool write_deque(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto deque = deque_of(objects, object.address);
  if (!deque) {
    return out.fail("its members make no sense");
  }
  Address block = deque->members.left_block;
  auto index = static_cast<std::uint32_t>(deque->members.left_index);
  // deque_repr(): its own name for subclasses from 3.7 on (bpo-33234 brought it with the list's).
  out.put(objects.layout().version >= PythonVersion{3, 7, 0} ? class_name(object.type) : "deque");
  const auto next = [&](std::uint64_t) -> std::optional<Address> {
    if (index == deque->block_length) {
      const auto right = objects.memory().get<Address>(block + deque->right);
      if (!right) {
        return std::nullopt;
      }
      block = *right;
      index = 0;
    }
    const auto item = objects.memory().get<Address>(block + deque->data + std::uint64_t{index} * sizeof(Address));
    ++index;
    return item ? std::optional(*item) : std::nullopt;
  };
  if (!out.sequence("([", deque->length, "]", next)) {
    return out.fail("its blocks cannot be read");
  }
  out.put(deque->most >= 0 ? fmt::format(", maxlen={})", deque->most) : ")");
  return true;
}

// countobject in Modules/itertoolsmodule.c: cnt, long_cnt, long_step. The number is in cnt while the step is 1 and it
// fits, else cnt is the greatest number there is.
bool write_count(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto number = objects.field<std::int64_t>(object.address, word(objects, 0));
  const auto step = part(objects, object.address, 2);
  if (!number) {
    return out.fail("its number cannot be read");
  }
  out.put(class_name(object.type));
  out.put("(");
  if (*number != std::numeric_limits<std::int64_t>::max()) {
    out.put(fmt::format("{})", *number));
    return true;
  }
  const auto counted = part(objects, object.address, 1);
  if (!counted || !step) {
    return out.fail("its number cannot be read");
  }
  out.item(*counted, "count");
  if (signed_integer(objects, step) != 1) {
    out.put(", ");
    out.item(*step, "step");
  }
  out.put(")");
  return true;
}

constexpr Kind kKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "collections.deque", .write = write_deque, .cycle = "[...]"},
    {.name = "itertools.count", .write = write_count},
};

}  // namespace

std::span<const Kind> deque_kinds() {
  return kKinds;
}

}  // namespace stillframe::cpython
