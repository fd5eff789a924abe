// Exceptions.
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/names.h"

namespace stillframe::cpython {
namespace {

// PyBaseExceptionObject (Include/cpython/pyerrors.h): dict, args, notes (3.11+), traceback, context, cause,
// suppress_context. 2.7 has but dict, args, message.
void put_causes(Printer& out, Address exception) {
  const Objects& objects = out.objects();
  const PythonVersion version = objects.layout().version;
  if (version.major < 3) {
    return;
  }
  const std::uint32_t context = version >= PythonVersion{3, 11, 0} ? 4 : 3;
  const auto cause = part(objects, exception, context + 1);
  const auto handled = part(objects, exception, context);
  const auto suppressed = objects.field<std::uint8_t>(exception, word(objects, context + 2));
  const auto put = [&](const char* name, std::optional<Address> what) {
    if (what && out.room()) {
      out.put(" ");
      out.attribute(name, *what);
    }
  };
  put("__cause__", cause);
  if (!cause && suppressed == std::uint8_t{0}) {
    put("__context__", handled);
  }
  const auto dict = part(objects, exception, 0);
  put("__notes__", dict ? objects.lookup(*dict, "__notes__") : std::nullopt);
}

// BaseException_repr() in Objects/exceptions.c: before 3.7 a single argument has a comma behind it.
bool write_exception(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto args = part(objects, object.address, 1);
  const Type* type = args ? out.types().of(*args) : nullptr;
  const auto count = args ? objects.field<std::uint64_t>(*args, objects.layout().var_object.size_field) : std::nullopt;
  if (type == nullptr || !count || (type->name != "tuple" && !type->has(kTupleSubclass))) {
    return out.fail("its arguments cannot be read");
  }
  out.put(last_part(object.type.name));
  const auto only = *count == 1 && objects.layout().version >= PythonVersion{3, 7, 0}
                        ? objects.pointer(*args, objects.layout().tuple.items)
                        : std::nullopt;
  if (only) {
    out.put("(");
    out.item(*only);
    out.put(")");
  } else {
    out.item(*args, "args");
  }
  // What it came from is not in its repr(): shown where the exception is what is looked at.
  if (out.outermost()) {
    put_causes(out, object.address);
  }
  return true;
}

constexpr Kind kKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "BaseException", .write = write_exception},
    {.name = "exceptions.BaseException", .write = write_exception},
    {.name = "BaseExceptionGroup", .write = write_exception},
};

}  // namespace

std::span<const Kind> exception_kinds() {
  return kKinds;
}

}  // namespace stillframe::cpython
