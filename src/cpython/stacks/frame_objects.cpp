// To 3.10 each call has a frame object of its own (Include/frameobject.h), linked by f_back.
#include "cpython/stacks/frame_fields.h"
#include "cpython/stacks/frames.h"

namespace stillframe::cpython {
namespace {

// Whether the numbers of a frame can be those of one.
bool looks_sound(const FrameObjectFields& fields) {
  constexpr std::int32_t kMaxInstruction = 64 << 20;
  return fields.type != 0 && fields.type % 8 == 0 && fields.lasti >= -1 && fields.lasti < kMaxInstruction &&
         fields.lineno >= 0;
}

RawFrame make_frame(const FrameObjectFields& fields, Address address, const Code* code, const FrameDialect& dialect) {
  RawFrame frame{.address = address, .code = code, .lasti = fields.lasti, .entry = true};
  frame.instruction_known = !(code->lost && code->line_table.empty());
  if (dialect.lasti_counts_units && frame.lasti > 0) {
    frame.lasti *= 2;
  }
  // PyFrame_GetLineNumber: with a trace function f_lineno is the truth.
  const bool traced = dialect.lineno_only_while_traced ? fields.lineno > 0 : fields.trace != 0;
  if (traced && fields.lineno > 0) {
    frame.traced_line = fields.lineno;
  }
  return frame;
}

}  // namespace

std::optional<Address> innermost_frame_object(const Objects& objects, Address thread) {
  return objects.pointer(thread, objects.layout().thread.frame);
}

FrameChain walk_frame_objects(const Objects& objects, CodeCache& codes, const ChainStart& start) {
  FrameChain chain;
  Address type = 0;
  ChainGuard guard(kMaxFrames);
  for (Address at = start.top; at != 0;) {
    if (!guard.step(at)) {
      chain.broken = ChainBreak{.end = ChainEnd::cycle, .at = at};
      return chain;
    }
    const auto fields = read_frame_object(objects, at);
    if (!fields) {
      chain.broken = ChainBreak{.end = ChainEnd::unreadable, .reason = fields.error().reason, .at = at};
      return chain;
    }
    const Code* code = codes.find(fields->code);
    // Of a code object that the core has lost nothing proves that it is one: the frame must look like the others.
    const bool like_others = type == 0 || type == fields->type;
    if (code == nullptr || (code->lost && code->name.empty() && !(like_others && looks_sound(*fields)))) {
      chain.broken = ChainBreak{.end = ChainEnd::no_code, .at = at};
      return chain;
    }
    if (!codes.budget().take_frame(chain.frames.size())) {
      chain.broken = codes.budget().end_at(chain.frames.size());
      return chain;
    }
    type = fields->type;
    chain.frames.push_back(make_frame(*fields, at, code, objects.dialect().frames));
    at = at == start.top ? start.behind_top.value_or(fields->back) : fields->back;
  }
  return chain;
}

}  // namespace stillframe::cpython
