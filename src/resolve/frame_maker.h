// Python frames of the model out of raw ones: names and positions, each looked up once.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "cpython/stacks/frames.h"
#include "model/still.h"

namespace stillframe::resolve {

class FrameMaker {
 public:
  // Texts are kept in the still's pool.
  FrameMaker(cpython::PythonVersion version, model::Still& still) : version_(version), still_(still) {}

  model::Frame make(const cpython::RawFrame& raw);

  // Frames made so far whose code object the core has lost, or some of it.
  [[nodiscard]] std::size_t unnamed() const { return unnamed_; }

 private:
  const cpython::Position& position_of(const cpython::Code& code, std::int64_t lasti);
  std::string_view keep(const std::string& text);

  cpython::PythonVersion version_;
  model::Still& still_;
  // Of each (code, instruction): a deep recursion has a hundred thousand equal frames.
  std::map<std::pair<const cpython::Code*, std::int64_t>, cpython::Position> positions_;
  std::unordered_map<const char*, std::string_view> pooled_;
  std::size_t unnamed_ = 0;
};

}  // namespace stillframe::resolve
