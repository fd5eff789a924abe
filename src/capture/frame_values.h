// The variables of all frames of a still, read once for each object however many frames have it.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <unordered_map>
#include <vector>

#include "capture/options.h"
#include "cpython/stacks/exceptions.h"
#include "cpython/stacks/frames.h"
#include "cpython/stacks/variables.h"
#include "cpython/values/printer.h"
#include "memory/captured_memory.h"
#include "model/still.h"

namespace stillframe::capture {

class FrameValues {
 public:
  // `options` and `memory` must live longer than this.
  FrameValues(memory::CapturedMemory& memory, const cpython::Layout& layout, const ValueOptions& options);

  // Begins another reading. What was written down before is still good where it was read from pages that the memory
  // knows to be unchanged: most of a program does not run.
  void begin();
  // The variables of the frames of a chain, and what they refer to. Called at the moment of the still.
  void read(const cpython::FrameChain& chain);
  // The exceptions that a thread's calls handle or raise; behind read() of its chain.
  void read_exceptions(cpython::Address thread);
  // Puts them into a frame of the model. False where some could not be read. Reads no memory.
  bool put(const cpython::RawFrame& frame, model::Frame& into) const;
  // Owns the texts of what was put.
  [[nodiscard]] std::shared_ptr<const model::TextArena> texts() const { return texts_; }

 private:
  // A value with as many levels of its parts as were asked for.
  struct Tree {
    std::string_view text;
    std::string_view type;
    struct Part {
      std::string_view name;
      cpython::Address address = 0;
      const Tree* tree = nullptr;  // null: hidden
    };
    std::vector<Part> parts;
    std::size_t first_page = 0;  // in pages_: what it was read from
    std::size_t page_count = 0;
    std::uint32_t reading = 0;  // the last one in which it was found to be so
    bool readable = true;
    bool cut = false;
  };
  // One variable, ready to be shown.
  struct Shown {
    cpython::Variable variable;
    const Tree* tree = nullptr;  // null: hidden, or a number that the frame itself holds
    std::string_view name;
    std::string_view number;
  };
  struct ShownException {
    cpython::ExceptionInFlight exception;
    const Tree* tree = nullptr;
  };
  struct ShownFrame {
    std::vector<Shown> list;
    std::vector<ShownException> exceptions;
    std::uint64_t left_out = 0;
    bool readable = true;
  };

  const Tree* tree_of(cpython::Address object, std::uint32_t levels);
  void write(cpython::Address object, std::uint32_t levels, Tree& tree);
  [[nodiscard]] bool is_unchanged(const Tree& tree) const;
  static model::Value make(std::string_view name, cpython::Address address, const Tree* tree);
  // The name of a variable, as it is shown.
  struct Name {
    std::string_view text;
    bool hidden = false;
  };
  const Name& name_of(const std::string& name);

  const ValueOptions& options_;
  cpython::ValueLimits limits_;
  memory::CapturedMemory& memory_;
  cpython::Objects objects_;
  cpython::Types types_;
  cpython::Variables variables_;
  cpython::Printer printer_;
  std::shared_ptr<model::TextArena> texts_ = std::make_shared<model::TextArena>();
  std::uint32_t reading_ = 0;
  std::unordered_map<cpython::Address, ShownFrame> by_frame_;
  // Of nodes that are never freed one by one.
  std::pmr::monotonic_buffer_resource nodes_{std::size_t{64} << 10U};
  std::vector<std::pmr::unordered_map<cpython::Address, Tree>> trees_;  // by how many levels of parts they have
  std::vector<std::uint64_t> pages_;
  // Bits by page number: of a page without a bit it is certain that it is unchanged. Few pages change, and asking the
  // memory about each costs more than all else.
  std::bitset<4096> may_have_changed_;
  std::vector<std::uint64_t> trace_;
  std::unordered_map<const std::string*, Name> names_;
  std::unordered_map<std::string, std::string_view> types_shown_;
  std::size_t bytes_ = 0;
};

}  // namespace stillframe::capture
