#include "cpython/stacks/generators.h"

#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// No call has a deeper value stack: co_stacksize is an int, and the compiler's nesting is bounded long before.
constexpr std::uint64_t kDeepestStack = 1U << 20U;
constexpr std::uint64_t kMostVariables = 1U << 16U;

// enum _framestate: to 3.14 what has not begun or is suspended is negative, 0 runs (Include/cpython/frameobject.h
// of 3.10, Include/internal/pycore_frame.h); 3.12 and older have no state for being suspended in `yield from`. 3.15
// counts from 0: created, suspended (three kinds), executing 4, cleared 5.
Suspension state_of_number(int number, PythonVersion version) {
  if (version >= k3_15) {
    constexpr int kExecuting = 4;
    if (number == 0) {
      return Suspension::not_started;
    }
    return number < kExecuting ? Suspension::suspended
                               : (number == kExecuting ? Suspension::running : Suspension::finished);
  }
  const int created = version >= k3_13 ? -3 : -2;
  if (number < 0) {
    return number == created ? Suspension::not_started : Suspension::suspended;
  }
  return number == 0 ? Suspension::running : Suspension::finished;
}

// FRAME_SUSPENDED is a plain yield; FRAME_SUSPENDED_YIELD_FROM another state, in 3.15 two (…_LOCKED).
bool delegates_by_state(const Objects& objects, Address generator) {
  const auto number = objects.field<std::int8_t>(generator, objects.layout().generator.state);
  const bool late = objects.layout().version >= k3_15;
  return number && (late ? *number == 2 || *number == 3 : *number == -1);
}

// 3.11, 3.12 (_PyGen_yf in Objects/genobject.c): behind the instruction comes RESUME, whose argument says what the call
// was suspended in: 1 yield, 2 yield from, 3 await.
bool delegates_by_resume(const Objects& objects, Address frame) {
  const auto instruction = objects.pointer(frame, objects.layout().frame.instr_ptr);
  const auto argument =
      instruction ? objects.memory().get<std::uint8_t>(*instruction + 3) : std::unexpected(memory::Fault{});
  return argument && (*argument & 3U) >= 2;
}

// To 3.10 the next instruction is YIELD_FROM, which is run again when the call goes on.
bool delegates_by_opcode(const Objects& objects, Address frame) {
  constexpr std::uint8_t kYieldFrom = 72;  // Include/opcode.h, 3.6 to 3.10
  const Layout& layout = objects.layout();
  const auto code = objects.pointer(frame, layout.frame_object.code);
  const auto bytes = code ? objects.pointer(*code, layout.code.code) : std::nullopt;
  const auto last = objects.field<std::int32_t>(frame, layout.frame_object.lasti);
  if (!bytes || !last || *last < 0) {
    return false;
  }
  // 3.10 counts instructions, of two bytes each.
  const auto next = static_cast<std::uint64_t>(*last) * (layout.version >= k3_10 ? 2 : 1) + 2;
  const auto opcode = objects.memory().get<std::uint8_t>(*bytes + layout.bytes.data.value() + next);
  return opcode && *opcode == kYieldFrom;
}

bool delegates(const Objects& objects, Address generator, Address frame) {
  const PythonVersion version = objects.layout().version;
  return version >= k3_13   ? delegates_by_state(objects, generator)
         : version >= k3_11 ? delegates_by_resume(objects, frame)
                            : delegates_by_opcode(objects, frame);
}

std::optional<std::uint64_t> length_of_tuple(const Objects& objects, std::optional<Address> tuple) {
  const auto length =
      tuple ? objects.field<std::uint64_t>(*tuple, objects.layout().var_object.size_field) : std::nullopt;
  return length && *length <= kMostVariables ? length : std::nullopt;
}

// 3.14 keeps an address (`stackpointer`), 3.11 to 3.13 an index into localsplus (`stacktop`).
std::optional<ValueStack> stack_of_light_frame(const Objects& objects, Address frame) {
  const Layout& layout = objects.layout();
  const auto code = objects.pointer(frame, layout.frame.executable);
  const auto variables = code ? variables_before_stack(objects, *code & ~Address{3}) : std::nullopt;
  if (!variables || !layout.frame.localsplus.present()) {
    return std::nullopt;
  }
  const Address locals = frame + layout.frame.localsplus.value();
  const Address bottom = locals + *variables * sizeof(Address);
  if (layout.version >= k3_14) {
    const auto top = objects.pointer(frame, layout.frame.stacktop);
    return top && *top >= bottom ? std::optional(ValueStack{bottom, (*top - bottom) / sizeof(Address)}) : std::nullopt;
  }
  const auto top = objects.field<std::int32_t>(frame, layout.frame.stacktop);
  return top && *top >= 0 && static_cast<std::uint64_t>(*top) >= *variables
             ? std::optional(ValueStack{bottom, static_cast<std::uint64_t>(*top) - *variables})
             : std::nullopt;
}

// PyFrameObject (Include/frameobject.h; 3.10: Include/cpython/frameobject.h): f_valuestack, then to 3.9 f_stacktop, the
// address behind its last word; then f_trace; 3.10 has f_stackdepth behind that.
std::optional<ValueStack> stack_of_frame_object(const Objects& objects, Address frame) {
  const Layout& layout = objects.layout();
  if (!layout.frame_object.trace.present()) {
    return std::nullopt;
  }
  const std::uint32_t trace = layout.frame_object.trace.value();
  const bool counted = layout.version >= k3_10;
  const auto bottom = objects.pointer(frame, trace - (counted ? 8U : 16U));
  if (counted) {
    const auto depth = objects.field<std::int32_t>(frame, trace + 8U);
    return bottom && depth && *depth >= 0 ? std::optional(ValueStack{*bottom, static_cast<std::uint64_t>(*depth)})
                                          : std::nullopt;
  }
  const auto top = objects.pointer(frame, trace - 8U);
  return bottom && top && *top >= *bottom ? std::optional(ValueStack{*bottom, (*top - *bottom) / sizeof(Address)})
                                          : std::nullopt;
}

}  // namespace

// To 3.10 a generator's first word is its frame object, or null once it has finished; to 3.9 the next one begins with
// gi_running, in 3.10 the frame has the state (_PyGenObject_HEAD in Include/genobject.h). From 3.11 on the frame is in
// the generator, and the state before it.
std::optional<GeneratorState> generator_state(const Objects& objects, Address generator) {
  const Layout& layout = objects.layout();
  if (layout.version >= k3_11) {
    const auto number = objects.field<std::int8_t>(generator, layout.generator.state);
    if (!number || !layout.generator.frame.present()) {
      return std::nullopt;
    }
    const Suspension state = state_of_number(*number, layout.version);
    return GeneratorState{.state = state,
                          .frame = state == Suspension::finished ? 0 : generator + layout.generator.frame.value()};
  }
  const auto frame = objects.pointer(generator, word(objects, 0));
  if (!frame) {
    return std::nullopt;
  }
  if (*frame == 0) {
    return GeneratorState{.state = Suspension::finished};
  }
  if (layout.version >= k3_10) {
    const auto number = objects.field<std::int8_t>(*frame, layout.frame_object.state);
    return GeneratorState{.state = number ? state_of_number(*number, layout.version) : Suspension::unknown,
                          .frame = *frame};
  }
  const bool runs = objects.field<std::uint8_t>(generator, word(objects, 1)).value_or(0) != 0;
  const auto last = objects.field<std::int32_t>(*frame, layout.frame_object.lasti);
  const Suspension idle = last == -1 ? Suspension::not_started : Suspension::suspended;
  return GeneratorState{.state = runs ? Suspension::running : idle, .frame = *frame};
}

std::optional<std::uint64_t> variables_before_stack(const Objects& objects, Address code) {
  const auto& layout = objects.layout().code;
  if (layout.localsplusnames.present()) {
    return length_of_tuple(objects, objects.pointer(code, layout.localsplusnames));
  }
  const auto locals = objects.field<std::uint32_t>(code, layout.nlocals);
  const auto cells = length_of_tuple(objects, objects.pointer(code, layout.cellvars));
  const auto free = length_of_tuple(objects, objects.pointer(code, layout.freevars));
  return locals && cells && free && *locals <= kMostVariables ? std::optional(*locals + *cells + *free) : std::nullopt;
}

std::optional<ValueStack> value_stack(const Objects& objects, Address frame) {
  auto stack =
      objects.layout().version >= k3_11 ? stack_of_light_frame(objects, frame) : stack_of_frame_object(objects, frame);
  return stack && stack->count <= kDeepestStack && stack->bottom % sizeof(Address) == 0 ? stack : std::nullopt;
}

std::optional<Address> awaited_by_generator(const Objects& objects, Address generator, const GeneratorState& state) {
  if (state.state != Suspension::suspended || state.frame == 0 || !delegates(objects, generator, state.frame)) {
    return std::nullopt;
  }
  const auto stack = value_stack(objects, state.frame);
  // From 3.15 on an index stands above what is iterated over (_PyGen_yf in Objects/genobject.c).
  const std::uint64_t from_top = objects.layout().version >= k3_15 ? 2 : 1;
  if (!stack || stack->count < from_top) {
    return std::nullopt;
  }
  const auto top = objects.memory().get<Address>(stack->bottom + (stack->count - from_top) * sizeof(Address));
  if (!top) {
    return std::nullopt;
  }
  const Address object = objects.layout().version >= k3_14 ? *top & ~Address{3} : *top;
  return object != 0 ? std::optional(object) : std::nullopt;
}

}  // namespace stillframe::cpython
