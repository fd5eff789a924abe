// To 3.10 each call has a frame object of its own (Include/frameobject.h), linked by f_back.
#include "cpython/runtime/structure_head.h"
#include "cpython/stacks/frames.h"

namespace stillframe::cpython {
namespace {

struct FrameFields {
  Address type = 0;
  Address back = 0;
  Address code = 0;
  Address trace = 0;
  std::int32_t lasti = -1;
  std::int32_t lineno = 0;
};

// The head of a frame object in one read.
memory::Read<FrameFields> read_fields(const Objects& objects, Address frame) {
  const auto& layout = objects.layout().frame_object;
  StructureHead<256> head;
  const std::size_t size = layout.localsplus.present() ? layout.localsplus.value() : layout.size;
  if (const auto done = head.read(objects.memory(), frame, size); !done) {
    return std::unexpected(done.error());
  }
  FrameFields fields;
  head.take(objects.layout().object.type, fields.type);
  head.take(layout.back, fields.back);
  head.take(layout.code, fields.code);
  head.take(layout.trace, fields.trace);
  head.take(layout.lasti, fields.lasti);
  head.take(layout.lineno, fields.lineno);
  return fields;
}

// Whether the numbers of a frame can be those of one.
bool looks_sound(const FrameFields& fields) {
  constexpr std::int32_t kMaxInstruction = 64 << 20;
  return fields.type != 0 && fields.type % 8 == 0 && fields.lasti >= -1 && fields.lasti < kMaxInstruction &&
         fields.lineno >= 0;
}

RawFrame make_frame(const FrameFields& fields, Address address, const Code* code, PythonVersion version) {
  RawFrame frame{.address = address, .code = code, .lasti = fields.lasti, .entry = true};
  frame.instruction_known = !(code->lost && code->line_table.empty());
  const bool counts_instructions = version >= PythonVersion{3, 10, 0};
  if (counts_instructions && frame.lasti > 0) {
    frame.lasti *= 2;  // 3.10 counts instructions (Include/cpython/frameobject.h)
  }
  // PyFrame_GetLineNumber: with a trace function f_lineno is the truth; 3.10 marks that by a line other than 0.
  const bool traced = counts_instructions ? fields.lineno > 0 : fields.trace != 0;
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
    const auto fields = read_fields(objects, at);
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
    chain.frames.push_back(make_frame(*fields, at, code, objects.layout().version));
    at = at == start.top ? start.behind_top.value_or(fields->back) : fields->back;
  }
  return chain;
}

}  // namespace stillframe::cpython
