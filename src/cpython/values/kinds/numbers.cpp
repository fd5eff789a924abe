// bool, int, float and complex.
#include <fmt/format.h>

#include <cmath>

#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

bool write_int(Printer& out, const Instance& object) {
  const auto value = out.objects().integer(object.address);
  if (!value) {
    return out.fail("it has more than 64 bits");
  }
  out.put(fmt::format("{}", static_cast<std::int64_t>(*value)));
  return true;
}

bool write_bool(Printer& out, const Instance& object) {
  const auto value = out.objects().integer(object.address);
  if (!value || *value > 1) {
    return out.fail("it is neither True nor False");
  }
  out.put(*value == 1 ? "True" : "False");
  return true;
}

constexpr Kind kKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "int", .write = write_int},
    {.name = "long", .write = write_int},
    {.name = "bool", .write = write_bool},
};

}  // namespace

std::span<const Kind> number_kinds() {
  return kKinds;
}

}  // namespace stillframe::cpython
