#include "photograph/frame_values.h"

#include <fmt/format.h>

namespace stillframe::photograph {
namespace {

// How many names of a module or class body are shown.
constexpr std::uint64_t kMostNames = 64;
// All the values of a still together; past that none is read.
constexpr std::size_t kMostBytes = std::size_t{256} << 20U;
constexpr std::string_view kTooMuch = "<not read: the values of this still are too long>";

model::ValueKind kind_of(const cpython::Variable& variable) {
  switch (variable.kind) {
    case cpython::VariableKind::argument:
      return model::ValueKind::argument;
    case cpython::VariableKind::local:
      return model::ValueKind::local;
    case cpython::VariableKind::cell:
      return model::ValueKind::cell;
    case cpython::VariableKind::free:
      return model::ValueKind::free;
  }
  return model::ValueKind::local;
}

}  // namespace

FrameValues::FrameValues(const memory::MemorySource& memory, const cpython::Layout& layout, const ValueWishes& wishes)
    : wishes_(wishes),
      objects_(memory, layout),
      types_(objects_),
      variables_(objects_, kMostNames),
      printer_(objects_, types_, wishes.limits, wishes.redaction),
      trees_(wishes.children + 1) {}

void FrameValues::forget() {
  by_frame_.clear();
  for (auto& trees : trees_) {
    trees.clear();
  }
  bytes_ = 0;
}

void FrameValues::read(const cpython::FrameChain& chain) {
  for (const cpython::RawFrame& frame : chain.frames) {
    const auto [at, fresh] = by_frame_.try_emplace(frame.address);
    if (!fresh) {
      continue;
    }
    at->second = variables_.read(frame);
    for (const cpython::Variable& variable : at->second.list) {
      if (!variable.number && !wishes_.redaction.hides(*variable.name)) {
        tree_of(variable.value, wishes_.children);
      }
    }
  }
}

const FrameValues::Tree* FrameValues::tree_of(cpython::Address object, std::uint32_t levels) {
  const auto [at, fresh] = trees_[levels].try_emplace(object);
  Tree& tree = at->second;
  if (!fresh) {
    return &tree;
  }
  if (bytes_ > kMostBytes) {
    tree.written = {.text = std::string(kTooMuch), .readable = false};
    return &tree;
  }
  tree.written = printer_.write(object);
  bytes_ += tree.written.text.size() + sizeof(Tree);
  if (levels == 0) {
    tree.written.children.clear();
    return &tree;
  }
  for (const cpython::Child& child : tree.written.children) {
    tree.parts.push_back(child.hidden ? nullptr : tree_of(child.address, levels - 1));
  }
  return &tree;
}

model::Value FrameValues::make(std::string_view name, cpython::Address address, const Tree* tree,
                               model::TextPool& texts) const {
  model::Value value{.name = texts.keep(name), .address = address};
  if (tree == nullptr) {
    value.value = cpython::kRedacted;
    value.address.reset();
    return value;
  }
  value.type = texts.keep(tree->written.type);
  value.value = texts.keep(tree->written.text);
  value.readable = tree->written.readable;
  value.cut = tree->written.cut;
  for (std::size_t i = 0; i < tree->parts.size(); ++i) {
    const cpython::Child& child = tree->written.children[i];
    value.children.push_back(make(child.name, child.address, tree->parts[i], texts));
    value.children.back().kind = model::ValueKind::child;
  }
  return value;
}

bool FrameValues::put(const cpython::RawFrame& frame, model::Frame& into, model::TextPool& texts) const {
  into.arguments.emplace();
  into.locals.emplace();
  const auto known = by_frame_.find(frame.address);
  if (known == by_frame_.end()) {
    return false;
  }
  bool readable = known->second.whole;
  for (const cpython::Variable& variable : known->second.list) {
    model::Value value;
    if (variable.number) {
      value = {
          .name = texts.keep(*variable.name), .type = "int", .value = texts.keep(fmt::format("{}", *variable.number))};
    } else {
      const auto tree = trees_.back().find(variable.value);
      const bool hidden = wishes_.redaction.hides(*variable.name);
      value =
          make(*variable.name, variable.value, hidden || tree == trees_.back().end() ? nullptr : &tree->second, texts);
    }
    value.kind = kind_of(variable);
    readable = readable && value.readable;
    (variable.is_argument ? into.arguments : into.locals)->push_back(std::move(value));
  }
  into.locals_left_out = known->second.left_out;
  return readable;
}

}  // namespace stillframe::photograph
