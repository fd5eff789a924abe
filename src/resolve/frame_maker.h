// Python frames of the model out of raw ones: names and positions, each looked up once.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
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
  // What frames at the same place have in common: a deep recursion has a hundred thousand equal ones.
  struct Place {
    const cpython::Code* code = nullptr;
    std::int64_t lasti = -1;
    bool instruction_known = true;
    auto operator<=>(const Place&) const = default;
  };

  model::Frame make_place(const cpython::RawFrame& raw);
  std::string_view keep(const std::string& text);

  cpython::PythonVersion version_;
  model::Still& still_;
  std::map<Place, model::Frame> places_;
  const std::pair<const Place, model::Frame>* last_ = nullptr;  // the place of the frame before
  std::unordered_map<const char*, std::string_view> pooled_;
  std::size_t unnamed_ = 0;
};

}  // namespace stillframe::resolve
