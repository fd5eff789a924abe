#include "resolve/frame_maker.h"

namespace stillframe::resolve {

const cpython::Position& FrameMaker::position_of(const cpython::Code& code, std::int64_t lasti) {
  const auto [at, fresh] = positions_.try_emplace({&code, lasti});
  if (fresh) {
    at->second = cpython::locate(code, lasti, version_);
  }
  return at->second;
}

model::Frame FrameMaker::make(const cpython::RawFrame& raw) {
  const cpython::Code& code = *raw.code;
  model::Frame frame{.kind = model::FrameKind::python, .entry = raw.entry};
  frame.function = keep(code.name);
  if (code.lost) {
    ++unnamed_;
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
  const cpython::Position& position = position_of(code, raw.lasti);
  frame.line = position.line;
  frame.end_line = position.end_line;
  frame.byte_column = position.column;
  frame.end_byte_column = position.end_column;
  if (raw.traced_line) {
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
