// The variables of all frames of a still, read once for each object however many frames have it.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "cpython/frames.h"
#include "cpython/values/printer.h"
#include "cpython/variables.h"
#include "model/still.h"
#include "photograph/photograph.h"

namespace stillframe::photograph {

class FrameValues {
 public:
  // `wishes` and `memory` must live longer than this.
  FrameValues(const memory::MemorySource& memory, const cpython::Layout& layout, const ValueWishes& wishes);

  // Forgets values, and keeps what does not change: types, and the names of variables.
  void forget();
  // The variables of the frames of a chain, and what they refer to. Called at the moment of the still.
  void read(const cpython::FrameChain& chain);
  // Puts them into a frame of the model. False where some could not be read. Reads no memory.
  bool put(const cpython::RawFrame& frame, model::Frame& into, model::TextPool& texts) const;

 private:
  // A value with as many levels of its parts as were asked for.
  struct Tree {
    cpython::Written written;
    std::vector<const Tree*> parts;  // one for each child; null: hidden, or deeper than was asked for
  };

  const Tree* tree_of(cpython::Address object, std::uint32_t levels);
  model::Value make(std::string_view name, cpython::Address address, const Tree* tree, model::TextPool& texts) const;

  const ValueWishes& wishes_;
  cpython::Objects objects_;
  cpython::Types types_;
  cpython::Variables variables_;
  cpython::Printer printer_;
  std::unordered_map<cpython::Address, cpython::VariableList> by_frame_;
  // By how many levels of parts they have.
  std::vector<std::unordered_map<cpython::Address, Tree>> trees_;
  std::size_t bytes_ = 0;
};

}  // namespace stillframe::photograph
