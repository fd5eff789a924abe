// Exceptions.
#include "cpython/stacks/exceptions.h"

#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/names.h"

namespace stillframe::cpython {
namespace {

void put_causes(Printer& out, Address exception) {
  const Objects& objects = out.objects();
  if (objects.layout().version.major < 3) {
    return;
  }
  const ExceptionParts parts = exception_parts(objects, exception);
  const auto put = [&](const char* name, Address what) {
    if (what != 0 && out.room()) {
      out.put(" ");
      out.attribute(name, what);
    }
  };
  put("__cause__", parts.cause);
  if (parts.cause == 0 && !parts.suppress_context) {
    put("__context__", parts.context);
  }
  const auto dict = part(objects, exception, 0);
  put("__notes__", dict ? objects.lookup(*dict, "__notes__").value_or(0) : 0);
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

constexpr Kind kExceptionKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "BaseException", .write = write_exception},
    {.name = "exceptions.BaseException", .write = write_exception},
    {.name = "BaseExceptionGroup", .write = write_exception},
};

}  // namespace

std::span<const Kind> exception_kinds() {
  return kExceptionKinds;
}

}  // namespace stillframe::cpython
