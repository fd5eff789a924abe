#include "cpython/values/kinds.h"

#include <array>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

std::vector<const Kind*> collect() {
  std::vector<const Kind*> all;
  for (const std::span<const Kind> list : kind_lists()) {
    for (const Kind& kind : list) {
      all.push_back(&kind);
    }
  }
  return all;
}

}  // namespace

std::span<const Kind* const> all_kinds() {
  static const std::vector<const Kind*> all = collect();
  return all;
}

const Kind* kind_named(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, const Kind*> table;
    for (const Kind* kind : all_kinds()) {
      if (kind->fits == nullptr) {
        table.emplace(kind->name, kind);
      }
    }
    return table;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

std::string_view name_by_flags(std::uint64_t flags) {
  constexpr std::array<std::pair<TypeFlag, std::string_view>, 9> kNames{{{kIntSubclass, "int"},
                                                                         {kLongSubclass, "int"},
                                                                         {kListSubclass, "list"},
                                                                         {kTupleSubclass, "tuple"},
                                                                         {kBytesSubclass, "bytes"},
                                                                         {kTextSubclass, "str"},
                                                                         {kDictSubclass, "dict"},
                                                                         {kExceptionSubclass, "BaseException"},
                                                                         {kTypeSubclass, "type"}}};
  for (const auto& [flag, name] : kNames) {
    if ((flags & flag) != 0) {
      return name;
    }
  }
  return {};
}

}  // namespace stillframe::cpython
