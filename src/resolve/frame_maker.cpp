#include "resolve/frame_maker.h"

namespace stillframe::resolve {

model::Frame FrameMaker::make_place(const cpython::RawFrame& raw) {
  const cpython::Code& code = *raw.code;
  model::Frame frame{.kind = model::FrameKind::python};
  frame.function = keep(code.name);
  if (code.lost) {
    frame.lost_code = code.address;
  }
  if (code.qualname) {
    frame.qualified_name = keep(*code.qualname);
  }
  if (!code.filename.empty()) {
    frame.file = keep(code.filename);
  }
  if (!raw.instruction_known) {
    return frame;
  }
  const cpython::Position position = cpython::locate(code, raw.lasti, version_);
  frame.line = position.line;
  frame.end_line = position.end_line;
  frame.byte_column = position.column;
  frame.end_byte_column = position.end_column;
  return frame;
}

model::Frame FrameMaker::make(const cpython::RawFrame& raw) {
  const Place place{.code = raw.code, .lasti = raw.lasti, .instruction_known = raw.instruction_known};
  if (last_ == nullptr || last_->first != place) {
    const auto [at, fresh] = places_.try_emplace(place);
    if (fresh) {
      at->second = make_place(raw);
    }
    last_ = &*at;
  }
  model::Frame frame = last_->second;
  frame.entry = raw.entry;
  unnamed_ += raw.code->lost ? 1 : 0;
  if (raw.instruction_known && raw.traced_line) {
    frame.line = raw.traced_line;
    frame.end_line = raw.traced_line;
  }
  return frame;
}

// Names of a code object are pooled once, found again by where they lie.
std::string_view FrameMaker::keep(const std::string& text) {
  const auto [at, fresh] = pooled_.try_emplace(text.data());
  if (fresh) {
    at->second = still_.texts.keep(text);
  }
  return at->second;
}

}  // namespace stillframe::resolve
