// Objects of which there is one.
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

template <const char* kText>
bool write_word(Printer& out, const Instance&) {
  out.put(kText);
  return true;
}

constexpr char kNone[] = "None";                      // NOLINT(modernize-avoid-c-arrays): a template's argument
constexpr char kEllipsis[] = "Ellipsis";              // NOLINT(modernize-avoid-c-arrays)
constexpr char kNotImplemented[] = "NotImplemented";  // NOLINT(modernize-avoid-c-arrays)

constexpr Kind kConstantKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "NoneType", .write = write_word<kNone>},
    {.name = "ellipsis", .write = write_word<kEllipsis>},
    {.name = "NotImplementedType", .write = write_word<kNotImplemented>},
};

}  // namespace

std::span<const Kind> constant_kinds() {
  return kConstantKinds;
}

}  // namespace stillframe::cpython
