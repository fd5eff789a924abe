// Calls and the values of their variables, back from JSON.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "model/still.h"
#include "render/json_fields.h"

namespace stillframe::render {

// Texts are kept in the still, which must outlive this.
class FrameReader {
 public:
  explicit FrameReader(model::Still& still) : still_(still), values_(std::make_shared<model::TextArena>()) {
    still.value_texts = values_;
  }

  std::vector<model::Frame> frames(const Fields& owner);
  // A call of a traceback.
  model::Frame traced(const Fields& call);

 private:
  model::Frame frame(const Fields& fields);
  void read_python(const Fields& fields, model::Frame& frame);
  void read_lines(const Fields& fields, model::Frame& frame);
  void read_native(const Fields& fields, model::Frame& frame);
  std::optional<std::vector<model::Value>> values(const Fields& owner, std::string_view key, int depth = 0);
  model::Value value(const Fields& fields, int depth);

  std::optional<std::string_view> pooled(const Fields& fields, std::string_view key);

  model::Still& still_;
  std::shared_ptr<model::TextArena> values_;
};

}  // namespace stillframe::render
