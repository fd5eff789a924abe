// Tuples whose items have names: collections.namedtuple, typing.NamedTuple, and the struct sequences of C code.
#include <algorithm>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// No tuple with names for its items has more.
constexpr std::uint64_t kMostFields = 4096;
constexpr std::size_t kMostLetters = 256;

// Writes name(field=item, …); `field(i)` gives the name of item i.
bool put_named_items(Printer& out, const Instance& object, std::string_view name,
                     const std::function<std::optional<std::string>(std::uint64_t)>& field) {
  // Not as a tuple's: 2.7's struct sequences are none.
  const auto length = out.objects().field<std::uint64_t>(object.address, out.objects().layout().var_object.size_field);
  if (!length || *length > kMostFields) {
    return out.fail("its length is impossible");
  }
  const Address items = object.address + out.objects().layout().tuple.items.value();
  out.put(name);
  out.put("(");
  const bool done = out.each(*length, [&](std::uint64_t i) {
    const auto item = out.objects().memory().get<Address>(items + i * sizeof(Address));
    const auto called = field(i);
    if (!item || !called) {
      return out.fail("an item or its name cannot be read");
    }
    out.attribute(*called, *item);
    return true;
  });
  out.put(")");
  return done;
}

std::optional<Address> field_names(Types& types, const Type& type) {
  return types.class_attribute(type, "_fields");
}

// Lib/collections/__init__.py, namedtuple(): a tuple whose class has _fields and _make.
bool is_named_tuple(const Objects& objects, Types& types, const Type& type) {
  if (!type.has(kTupleSubclass)) {
    return false;
  }
  const auto fields = field_names(types, type);
  return fields && types.class_attribute(type, "_make") && length_of(objects, *fields).has_value();
}

// The repr() that namedtuple() of 2.7 writes has the name of the class that it made, also for classes derived from it.
std::string_view name_for(Printer& out, const Type& type) {
  if (!out.objects().dialect().reprs.named_tuple_names_maker || out.types().own_attribute(type, "_fields")) {
    return class_name(type);
  }
  const auto maker = std::ranges::find_if(
      type.mro, [&](const Type* base) { return out.types().own_attribute(*base, "_fields").has_value(); });
  return class_name(maker == type.mro.end() ? type : **maker);
}

bool write_named_tuple(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto& names = out.types().shown_fields(object.type, [&] {
    std::vector<std::string> found;
    const auto fields = field_names(out.types(), object.type);
    const auto count = fields ? length_of(objects, *fields) : std::nullopt;
    for (std::uint64_t i = 0; count && i < *count && i < kMostFields; ++i) {
      const auto name =
          objects.memory().get<Address>(*fields + objects.layout().tuple.items.value() + i * sizeof(Address));
      found.push_back(name ? objects.text(*name, kMostLetters).value_or("?") : "?");
    }
    return found;
  });
  return put_named_items(out, object, name_for(out, object.type),
                         [&](std::uint64_t i) { return i < names.size() ? std::optional(names[i]) : std::nullopt; });
}

// PyMemberDef (Include/descrobject.h; 2.7: Include/structmember.h): name, type, offset, flags, doc.
constexpr std::uint64_t kMemberSize = 40;
// PyTypeObject.tp_members stands two words in front of tp_base (Include/cpython/object.h).
constexpr std::uint32_t kMembersBeforeBase = 16;

// structseq_repr() in Objects/structseq.c: member i names item i. Unnamed items have no member, so that behind one the
// names are those of later ones: repr() shows the whole seconds of a stat result under st_atime, which it reaches so.
bool write_struct_sequence(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto& names = out.types().shown_fields(object.type, [&] {
    std::vector<std::string> found;
    const auto members = objects.pointer(object.type.address, objects.layout().type.base.value() - kMembersBeforeBase);
    const auto count = objects.field<std::uint64_t>(object.address, objects.layout().var_object.size_field);
    for (std::uint64_t i = 0; members && count && i < *count && i < kMostFields; ++i) {
      const auto name = objects.memory().get<Address>(*members + i * kMemberSize);
      auto text = name && *name != 0 ? objects.c_string(*name, kMostLetters) : std::nullopt;
      if (!text) {
        break;
      }
      found.push_back(std::move(*text));
    }
    return found;
  });
  return put_named_items(out, object, object.type.name,
                         [&](std::uint64_t i) { return i < names.size() ? std::optional(names[i]) : std::nullopt; });
}

// Known by their names: nothing else tells a struct sequence from a tuple of another C type.
constexpr Kind sequence(std::string_view name) {
  return {.name = name, .write = write_struct_sequence};
}

constexpr Kind kNamedTupleKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "namedtuple", .write = write_named_tuple, .cycle = "(...)", .python_repr = true, .fits = is_named_tuple},
    sequence("sys.version_info"),
    sequence("sys.flags"),
    sequence("sys.float_info"),
    sequence("sys.int_info"),
    sequence("sys.long_info"),
    sequence("sys.hash_info"),
    sequence("sys.thread_info"),
    sequence("sys.asyncgen_hooks"),
    sequence("sys.UnraisableHookArgs"),
    sequence("_thread._ExceptHookArgs"),
    sequence("_thread.ExceptHookArgs"),
    sequence("os.stat_result"),
    sequence("os.statvfs_result"),
    sequence("os.terminal_size"),
    sequence("os.waitid_result"),
    sequence("posix.stat_result"),
    sequence("posix.statvfs_result"),
    sequence("posix.times_result"),
    sequence("posix.uname_result"),
    sequence("posix.sched_param"),
    sequence("time.struct_time"),
    sequence("pwd.struct_passwd"),
    sequence("grp.struct_group"),
    sequence("spwd.struct_spwd"),
    sequence("resource.struct_rusage"),
    sequence("signal.struct_siginfo"),
};

}  // namespace

std::span<const Kind> named_tuple_kinds() {
  return kNamedTupleKinds;
}

}  // namespace stillframe::cpython
