#include "cpython/stacks/frame_fields.h"

#include "cpython/runtime/structure_head.h"

namespace stillframe::cpython {

memory::Read<InterpreterFrameFields> read_interpreter_frame(const Objects& objects, Address frame) {
  const auto& layout = objects.layout().frame;
  StructureHead<128> head;
  const std::size_t size = layout.localsplus.present() ? layout.localsplus.value() : 80;
  if (const auto done = head.read(objects.memory(), frame, size); !done) {
    return std::unexpected(done.error());
  }
  InterpreterFrameFields fields;
  std::uint8_t entry = 0;
  head.take(layout.executable, fields.executable);
  head.take(layout.previous, fields.previous);
  head.take(layout.instr_ptr, fields.instruction);
  head.take(layout.frame_obj, fields.frame_object);
  head.take(layout.tlbc_index, fields.copy_index);
  head.take(layout.owner, fields.owner);
  head.take(layout.is_entry, entry);
  fields.is_entry = entry != 0;
  return fields;
}

memory::Read<FrameObjectFields> read_frame_object(const Objects& objects, Address frame) {
  const auto& layout = objects.layout().frame_object;
  StructureHead<256> head;
  const std::size_t size = layout.localsplus.present() ? layout.localsplus.value() : layout.size;
  if (const auto done = head.read(objects.memory(), frame, size); !done) {
    return std::unexpected(done.error());
  }
  FrameObjectFields fields;
  head.take(objects.layout().object.type, fields.type);
  head.take(layout.back, fields.back);
  head.take(layout.code, fields.code);
  head.take(layout.trace, fields.trace);
  head.take(layout.lasti, fields.lasti);
  head.take(layout.lineno, fields.lineno);
  return fields;
}

}  // namespace stillframe::cpython
