// Code, frames, and what can be suspended: generators, coroutines, asynchronous generators.
#include <fmt/format.h>

#include "cpython/stacks/generators.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/names.h"
#include "cpython/values/place.h"

namespace stillframe::cpython {
namespace {

// code_repr() in Objects/codeobject.c.
bool write_code(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto name_at = objects.pointer(object.address, objects.layout().code.name);
  const auto file_at = objects.pointer(object.address, objects.layout().code.filename);
  const auto name = name_at ? objects.text(*name_at) : std::nullopt;
  const auto file = file_at ? objects.text(*file_at) : std::nullopt;
  const auto line = objects.field<std::int32_t>(object.address, objects.layout().code.firstlineno);
  if (!name || !file || !line) {
    return out.fail("its name cannot be read");
  }
  out.put(fmt::format("<code object {} at {:#x}, file \"{}\", line {}>", *name, object.address, *file,
                      *line != 0 ? *line : -1));
  return true;
}

// frame_repr() in Objects/frameobject.c, 3.7+; older ones say nothing of the place.
bool write_frame(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const bool light = objects.layout().frame_object.frame.present();
  const auto frame = light ? objects.pointer(object.address, objects.layout().frame_object.frame)
                           : std::optional<Address>(object.address);
  const auto place = frame ? place_of_frame(out, *frame) : std::nullopt;
  if (!place) {
    return out.fail("it leads to no code");
  }
  out.put(fmt::format("<frame{} at {:#x}", objects.layout().version >= k3_7 ? "" : " object", object.address));
  put_place(out, *place);
  out.put(fmt::format(", code {}>", place->function));
  return true;
}

std::string_view words_of(Suspension state) {
  switch (state) {
    case Suspension::not_started:
      return ", not started";
    case Suspension::suspended:
      return ", suspended";
    case Suspension::running:
      return ", running";
    case Suspension::finished:
      return ", finished";
    case Suspension::unknown:
      break;
  }
  return "";
}

// The word that has the name: gi_qualname; in 2.7 the code's name is shown.
std::optional<std::string> name_of_generator(Printer& out, Address generator) {
  const Objects& objects = out.objects();
  const PythonVersion version = objects.layout().version;
  if (version < k3) {
    const auto code = part(objects, generator, 2);  // behind gi_frame, gi_running
    const auto name = code ? objects.pointer(*code, objects.layout().code.name) : std::nullopt;
    return name ? objects.text(*name) : std::nullopt;
  }
  if (version >= k3_12) {
    return name_at(out, generator, 2);  // weakreflist, name, qualname
  }
  if (version >= k3_11) {
    return name_at(out, generator, 3);  // code, weakreflist, name, qualname
  }
  return name_at(out, generator, version >= k3_10 ? 4 : 5);  // frame, (running,) code, weakreflist, name, qualname
}

bool write_generator(Printer& out, const Instance& object) {
  const auto name = name_of_generator(out, object.address);
  const auto state = generator_state(out.objects(), object.address);
  if (!name || !state) {
    return out.fail("its name cannot be read");
  }
  out.put(fmt::format("<{} object {} at {:#x}{}", object.type.name, *name, object.address, words_of(state->state)));
  const auto place = state->frame != 0 ? place_of_frame(out, state->frame) : std::nullopt;
  if (place) {
    put_place(out, *place);
  }
  out.put(">");
  return true;
}

constexpr Kind kRunningKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "code", .write = write_code},
    {.name = "frame", .write = write_frame},
    {.name = "generator", .write = write_generator},
    {.name = "coroutine", .write = write_generator},
    {.name = "async_generator", .write = write_generator},
};

}  // namespace

std::span<const Kind> running_kinds() {
  return kRunningKinds;
}

}  // namespace stillframe::cpython
