// Any memory at all, read as Python objects of every kind, in any layout. The first bytes choose the layout and the
// limits; what follows are objects, each with a type of the kinds there are and words of its own, which are numbers or
// lead to one another.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "changes.h"
#include "cpython/fake_python.h"
#include "cpython/values/kinds.h"
#include "cpython/values/printer.h"

namespace {

using namespace stillframe::cpython;  // NOLINT(google-build-using-namespace): a program of its own
using stillframe::testing::Change;
using stillframe::testing::FakePython;
using stillframe::testing::for_each_change;

constexpr std::size_t kObjectSize = 384;
constexpr std::size_t kMostObjects = 16;

// What sound objects lead to.
std::vector<Address> sound_objects(FakePython& python) {
  std::vector<Address> made{python.text("name"), python.text("x", 1, false), python.integer(1),
                            python.integer(1U << 31U), python.bytes("\x01\xff")};
  made.push_back(python.tuple({made[0], made[2]}));
  made.push_back(python.list({made[0], made[5]}));
  made.push_back(python.dict({{made[0], made[2]}, {made[2], made[6]}}));
  made.push_back(python.python_class("Order", {python.dict_type}));
  made.push_back(python.cell(made[0]));
  made.push_back(python.module(made[7]));
  made.push_back(python.instance(made[7]));
  const Address code = python.code("work", "/srv/app.py", 3, std::string_view("\x80\x00\x12\x01", 4));
  made.push_back(code);
  made.push_back(python.frame(code, 0));
  return made;
}

Address type_by(FakePython& python, std::vector<Address>& types, std::uint8_t number) {
  const auto kinds = all_kinds();
  const std::size_t index = number % kinds.size();
  if (types[index] == 0) {
    types[index] = python.type(kinds[index]->name);
    python.set(types[index], python.layout.type.basicsize, std::uint64_t{kObjectSize});
  }
  return types[index];
}

void write_all(const FakePython& python, std::span<const Address> objects, bool wide_limits) {
  ValueLimits limits;
  if (wide_limits) {
    limits = {.depth = 3, .max_string = 1U << 30U, .max_items = 1U << 30U, .max_text = 100'000};
  }
  const Objects reader(python.memory, python.layout);
  Types types(reader);
  const Redaction redaction = Redaction::usual();
  Printer printer(reader, types, limits, redaction);
  for (const Address object : objects) {
    const Written written = printer.write(object);
    // A last part may be begun at the limit, and is itself no longer than its own limits let it be.
    if (!wide_limits && written.text.size() > 200'000) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) {
    return 0;
  }
  const auto layouts = all_layouts();
  FakePython python(*layouts[data[0] % layouts.size()]);
  const bool wide_limits = data[1] % 2 == 1;
  const std::size_t count = 1 + data[2] % kMostObjects;
  std::span<const std::uint8_t> input(data + 3, size - 3);
  std::vector<Address> types(all_kinds().size(), 0);
  std::vector<Address> objects;
  for (std::size_t i = 0; i < count && !input.empty(); ++i, input = input.subspan(1)) {
    objects.push_back(python.object(type_by(python, types, input[0]), kObjectSize));
  }
  const std::size_t own = objects.size();
  for (const Address sound : sound_objects(python)) {
    objects.push_back(sound);
  }
  for_each_change(input, [&](const Change& change) {
    const std::size_t index = change.piece % objects.size();
    // Sound objects are smaller.
    const std::size_t room = index < own ? kObjectSize : 128;
    const Address at = objects[index] + (change.word * std::size_t{4}) % (room - 8);
    make(change, python.memory, at, objects[change.other % objects.size()]);
  });
  write_all(python, objects, wide_limits);
  return 0;
}
