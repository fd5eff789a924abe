#include "capture/frame_values.h"

#include <fmt/format.h>

#include <algorithm>

namespace stillframe::capture {
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

FrameValues::FrameValues(memory::CapturedMemory& memory, const cpython::Layout& layout, const ValueOptions& options)
    : options_(options),
      limits_(options.limits),
      memory_(memory),
      objects_(memory, layout),
      types_(objects_),
      variables_(objects_, kMostNames),
      printer_(objects_, types_, limits_, options.redaction) {
  limits_.children = options.children > 0;
  for (std::uint32_t levels = 0; levels <= options.children; ++levels) {
    trees_.emplace_back(&nodes_);
  }
}

void FrameValues::begin() {
  by_frame_.clear();
  ++reading_;
  may_have_changed_.reset();
  if (!memory_.changed()) {
    may_have_changed_.set();
    return;
  }
  for (const std::uint64_t page : *memory_.changed()) {
    may_have_changed_.set(page % may_have_changed_.size());
  }
}

void FrameValues::read(const cpython::FrameChain& chain) {
  for (const cpython::RawFrame& frame : chain.frames) {
    const auto [at, fresh] = by_frame_.try_emplace(frame.address);
    if (!fresh) {
      continue;
    }
    ShownFrame& shown = at->second;
    const cpython::VariableList found = variables_.read(frame);
    shown.left_out = found.left_out;
    shown.readable = found.whole;
    shown.list.reserve(found.list.size());
    for (const cpython::Variable& variable : found.list) {
      const Name& name = name_of(*variable.name);
      Shown one{.variable = variable, .name = name.text};
      if (variable.number && !name.hidden) {
        one.number = texts_->store(fmt::format("{}", *variable.number));
      } else if (!name.hidden) {
        one.tree = tree_of(variable.value, options_.children);
        shown.readable = shown.readable && one.tree->readable;
      }
      shown.list.push_back(one);
    }
  }
}

void FrameValues::read_exceptions(cpython::Address thread) {
  for (const cpython::ExceptionInFlight& exception : cpython::exceptions_in_flight(objects_, thread)) {
    if (const auto frame = by_frame_.find(exception.frame); frame != by_frame_.end()) {
      frame->second.exceptions.push_back(
          {.exception = exception, .tree = tree_of(exception.exception, options_.children)});
    }
  }
}

// The names of variables are few, and kept as long as the Variables are.
const FrameValues::Name& FrameValues::name_of(const std::string& name) {
  const auto [at, fresh] = names_.try_emplace(&name);
  if (fresh) {
    at->second = {.text = texts_->store(name), .hidden = options_.redaction.hides(name)};
  }
  return at->second;
}

const FrameValues::Tree* FrameValues::tree_of(cpython::Address object, std::uint32_t levels) {
  const auto [at, fresh] = trees_[levels].try_emplace(object);
  Tree& tree = at->second;
  if (tree.reading == reading_) {
    return &tree;
  }
  // The memory compares with the reading before this one alone.
  const bool is_known = !fresh && tree.reading + 1 == reading_ && is_unchanged(tree);
  tree.reading = reading_;
  if (!is_known) {
    write(object, levels, tree);
    return &tree;
  }
  for (Tree::Part& part : tree.parts) {
    part.tree = part.tree == nullptr ? nullptr : tree_of(part.address, levels - 1);
  }
  return &tree;
}

bool FrameValues::is_unchanged(const Tree& tree) const {
  const auto first = pages_.begin() + static_cast<std::ptrdiff_t>(tree.first_page);
  return tree.page_count > 0 &&
         std::all_of(first, first + static_cast<std::ptrdiff_t>(tree.page_count), [&](std::uint64_t page) {
           return !may_have_changed_[page % may_have_changed_.size()] || memory_.is_unchanged(page);
         });
}

void FrameValues::write(cpython::Address object, std::uint32_t levels, Tree& tree) {
  tree.parts.clear();
  if (bytes_ > kMostBytes) {
    tree.text = kTooMuch;
    tree.readable = false;
    return;
  }
  trace_.clear();
  memory_.trace_into(&trace_);
  const cpython::Written written = printer_.write(object);
  memory_.trace_into(nullptr);
  std::ranges::sort(trace_);
  tree.first_page = pages_.size();
  std::ranges::unique_copy(trace_, std::back_inserter(pages_));
  tree.page_count = pages_.size() - tree.first_page;
  tree.text = texts_->store(written.text);
  const auto [type, fresh] = types_shown_.try_emplace(written.type);
  if (fresh) {
    type->second = texts_->store(written.type);
  }
  tree.type = type->second;
  tree.readable = written.readable;
  tree.cut = written.cut;
  bytes_ += written.text.size() + sizeof(Tree) + tree.page_count * sizeof(std::uint64_t);
  if (levels == 0) {
    return;
  }
  for (const cpython::Child& child : written.children) {
    tree.parts.push_back({.name = texts_->store(child.name), .address = child.address});
  }
  for (std::size_t i = 0; i < written.children.size(); ++i) {
    if (!written.children[i].hidden) {
      tree.parts[i].tree = tree_of(written.children[i].address, levels - 1);
    }
  }
}

model::Value FrameValues::make(std::string_view name, cpython::Address address, const Tree* tree) {
  if (tree == nullptr) {
    return {.name = name, .value = cpython::kRedacted};
  }
  model::Value value{.name = name,
                     .type = tree->type,
                     .value = tree->text,
                     .address = address,
                     .readable = tree->readable,
                     .cut = tree->cut};
  value.children.reserve(tree->parts.size());
  for (const Tree::Part& part : tree->parts) {
    value.children.push_back(make(part.name, part.address, part.tree));
    value.children.back().kind = model::ValueKind::child;
  }
  return value;
}

bool FrameValues::put(const cpython::RawFrame& frame, model::Frame& into) const {
  into.arguments.emplace();
  into.locals.emplace();
  const auto known = by_frame_.find(frame.address);
  if (known == by_frame_.end()) {
    return false;
  }
  const auto count = static_cast<std::size_t>(
      std::ranges::count_if(known->second.list, [](const Shown& one) { return one.variable.is_argument; }));
  into.arguments->reserve(count);
  into.locals->reserve(known->second.list.size() - count);
  for (const Shown& one : known->second.list) {
    model::Value value = !one.number.empty() ? model::Value{.name = one.name, .type = "int", .value = one.number}
                                             : make(one.name, one.variable.value, one.tree);
    value.kind = kind_of(one.variable);
    (one.variable.is_argument ? into.arguments : into.locals)->push_back(std::move(value));
  }
  for (const ShownException& one : known->second.exceptions) {
    into.exceptions.push_back(make({}, one.exception.exception, one.tree));
    into.exceptions.back().kind = one.exception.handled ? model::ValueKind::handled : model::ValueKind::raised;
  }
  into.locals_left_out = known->second.left_out;
  return known->second.readable;
}

}  // namespace stillframe::capture
