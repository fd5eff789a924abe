#include "cpython/values/names.h"

#include "cpython/values/members.h"

namespace stillframe::cpython {

std::optional<std::string> name_at(Printer& out, Address object, std::uint32_t index) {
  const auto at = part(out.objects(), object, index);
  return at ? out.objects().text(*at) : std::nullopt;
}

std::optional<std::string> class_name(Printer& out, Address of) {
  const Type* meta = out.types().of(of);
  if (meta != nullptr && meta->name == "classobj") {
    return name_at(out, of, 2);  // PyClassObject: bases, dict, name
  }
  const Type* type = out.types().find(of);
  return type == nullptr ? std::nullopt : std::optional(std::string(last_part(type->name)));
}

std::string_view last_part(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

}  // namespace stillframe::cpython
