#include "cpython/stacks/greenlets.h"

#include <algorithm>
#include <array>

#include "cpython/runtime/word_search.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kMaxPages = 262'144;
constexpr std::size_t kMaxGreenlets = 200'000;
// Of all greenlets together.
constexpr std::size_t kMaxGreenletFrames = 2'000'000;
// A stack of a thread is rarely more than 8 MiB, and hardly ever more than this.
constexpr std::uint64_t kLargestStack = std::uint64_t{4} << 30U;
// stack_stop of a main greenlet (StackState::make_main).
constexpr Address kNoStop = ~Address{0};

}  // namespace

void Greenlets::search(const Objects& objects, const std::vector<Address>& interpreters) {
  if (searched_) {
    return;
  }
  searched_ = true;
  for (const Address interpreter : interpreters) {
    auto found = find_greenlet_module(objects, interpreter);
    problem_ = found.problem ? found.problem : problem_;
    if (found.module) {
      module_ = std::move(found.module);
      problem_.reset();
      break;
    }
  }
  if (module_) {
    search_memory(objects.layout());
  }
}

void Greenlets::search_memory(const Layout& layout) {
  const WordFilter filter(module_->types);
  not_searched_ += search_words(target_, filter, [&](Address at) {
    const std::uint64_t page = (at - layout.object.type.value()) / kPage;
    if (pages_.empty() || pages_.back() != page) {
      pages_.push_back(page);
    }
    return pages_.size() < kMaxPages;
  });
  std::ranges::sort(pages_);
  const auto twice = std::ranges::unique(pages_);
  pages_.erase(twice.begin(), twice.end());
}

// Every place in the pages found where an object of one of the types can begin.
std::vector<Address> Greenlets::candidates(const Objects& objects) const {
  std::vector<Address> found;
  const WordFilter filter(module_->types);
  const std::uint32_t offset = objects.layout().object.type.value();
  // The type of an object that begins near the end of a page lies in the next one.
  std::array<std::byte, kPage> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  for (const std::uint64_t page : pages_) {
    const Address begin = page * kPage + offset;
    std::span<std::byte> there(bytes);
    if (!objects.memory().read(begin, there)) {
      there = there.first(kPage - offset);
      if (!objects.memory().read(begin, there)) {
        continue;
      }
    }
    visit_hits(there, filter, [&](std::size_t i) { found.push_back(page * kPage + i); });
    if (found.size() > kMaxGreenlets) {
      break;
    }
  }
  return found;
}

GreenletList Greenlets::read(const Objects& objects, CodeCache& codes) const {
  GreenletList list;
  if (!module_) {
    return list;
  }
  std::size_t frames = 0;
  std::size_t strangers = 0;
  bool any = false;
  const auto found = candidates(objects);
  list.cut = found.size() > kMaxGreenlets;
  for (const Address at : found) {
    if (list.greenlets.size() >= kMaxGreenlets || frames >= kMaxGreenletFrames) {
      list.cut = true;
      break;
    }
    RawGreenlet greenlet{.address = at};
    const Seen seen = read_one(objects, codes, greenlet);
    any = any || seen == Seen::idle || seen == Seen::living;
    strangers += seen == Seen::stranger ? 1 : 0;
    list.not_understood += seen == Seen::misfit ? 1 : 0;
    if (seen == Seen::living) {
      frames += greenlet.chain.frames.size();
      list.greenlets.push_back(std::move(greenlet));
    }
  }
  // On the stacks of a program, and in what was freed, much looks like a greenlet's beginning: only where there is no
  // real one it means that they are laid out in another way.
  list.not_understood += any ? 0 : strangers;
  return list;
}

Greenlets::Seen Greenlets::read_one(const Objects& objects, CodeCache& codes, RawGreenlet& greenlet) const {
  const GreenletLayout& layout = module_->layout;
  const Address at = greenlet.address;
  const auto type = objects.type_of(at);
  const auto record = layout.pimpl.present() ? objects.pointer(at, layout.pimpl) : std::optional(at);
  if (!type || !module_->types.contains(*type) || !has_references(objects, at) || !record) {
    return Seen::nothing;
  }
  if (!is_greenlet(objects, at, *record)) {
    return layout.pimpl.present() && has_module_functions(objects, *record) ? Seen::stranger : Seen::nothing;
  }
  greenlet.type = *type;
  const auto word = [&](Offset offset) { return objects.pointer(*record, offset).value_or(0); };
  greenlet.stack_start = word(layout.stack_start);
  greenlet.stack_stop = word(layout.stack_stop);
  greenlet.stack_copy = word(layout.stack_copy);
  greenlet.stack_saved = word(layout.stack_saved);
  greenlet.main = greenlet.stack_stop == kNoStop;
  greenlet.main_greenlet = greenlet.main ? at : word(layout.main_greenlet);
  const ThreadRecord thread = thread_of(objects, greenlet.main_greenlet);
  if (greenlet.stack_stop == 0 || greenlet.stack_start == 0 || thread.ended) {
    return Seen::idle;
  }
  return read_frames(objects, codes, *record, greenlet);
}

Greenlets::Seen Greenlets::read_frames(const Objects& objects, CodeCache& codes, Address record,
                                       RawGreenlet& greenlet) const {
  const GreenletLayout& layout = module_->layout;
  const auto word = [&](Offset offset) { return objects.pointer(record, offset).value_or(0); };
  const Address top_frame = word(layout.top_frame);
  const ThreadRecord thread = thread_of(objects, greenlet.main_greenlet);
  // What runs keeps no frame, but for a moment in which it is just about to let another one run. What has called C
  // functions only has none either; it is shown with native frames.
  greenlet.suspended = thread.current != 0 ? thread.current != greenlet.address : top_frame != 0;
  if (!greenlet.suspended) {
    return Seen::living;
  }
  if (!fits(objects, greenlet, top_frame)) {
    return Seen::misfit;
  }
  if (top_frame == 0) {
    return Seen::living;
  }
  const memory::OverlayMemory stack = greenlet.stack(objects.memory());
  const Objects there(stack, objects.layout());
  const bool light = layout.current_frame.present();
  const auto first = light ? objects.pointer(top_frame, objects.layout().frame_object.frame) : std::optional(top_frame);
  ChainStart start{.top = light ? word(layout.current_frame) : top_frame, .relinked = layout.relinked};
  if (layout.behind_top.present()) {
    start.behind_top = word(layout.behind_top);
  }
  greenlet.chain = walk_frames_from(there, codes, start);
  if (greenlet.chain.frames.empty() || greenlet.chain.frames.front().address != first) {
    return Seen::misfit;
  }
  if (layout.cframe.present()) {
    mark_entries(there, word(layout.cframe), greenlet.chain);
  }
  return Seen::living;
}

bool Greenlets::has_references(const Objects& objects, Address at) {
  const Layout& layout = objects.layout();
  if (!layout.object.refcnt.present()) {
    return true;  // free-threaded builds keep several counts
  }
  // From 3.14 on flags stand in the upper half (Include/refcount.h).
  if (layout.version >= PythonVersion{3, 14, 0}) {
    return objects.field<std::uint32_t>(at, layout.object.refcnt).value_or(0) != 0;
  }
  constexpr std::uint64_t kMostReferences = std::uint64_t{1} << 32U;
  const auto count = objects.field<std::uint64_t>(at, layout.object.refcnt).value_or(0);
  return count != 0 && count <= kMostReferences;
}

// A freed object, or something else that refers to the type, is none.
bool Greenlets::is_greenlet(const Objects& objects, Address at, Address record) const {
  const GreenletLayout& layout = module_->layout;
  if (record == 0 || record % sizeof(Address) != 0) {
    return false;
  }
  if (layout.self.present()) {
    return objects.pointer(record, layout.self) == at;
  }
  // Only a main one has no parent.
  const auto parent = objects.pointer(record, layout.parent);
  if (!parent || *parent == 0) {
    return parent && objects.pointer(record, layout.stack_stop) == kNoStop;
  }
  const auto type = objects.type_of(*parent);
  return type && module_->types.contains(*type);
}

// Whether what was read can be a suspended greenlet's.
bool Greenlets::fits(const Objects& objects, const RawGreenlet& greenlet, Address top_frame) const {
  const std::uint64_t size = greenlet.stack_stop - greenlet.stack_start;
  if (greenlet.stack_start < kPage || greenlet.stack_start >= greenlet.stack_stop ||
      (!greenlet.main && size > kLargestStack) || greenlet.stack_saved > std::min(size, kLargestStack) ||
      (greenlet.stack_saved > 0) != (greenlet.stack_copy != 0)) {
    return false;
  }
  return top_frame == 0 || is_frame(objects, top_frame);
}

Greenlets::ThreadRecord Greenlets::thread_of(const Objects& objects, Address main_greenlet) const {
  const GreenletLayout& layout = module_->layout;
  if (!layout.thread_state.present() || main_greenlet == 0 || main_greenlet % sizeof(Address) != 0) {
    return {};
  }
  const auto record = objects.pointer(main_greenlet, layout.pimpl);
  if (!record || *record == 0 || objects.pointer(*record, layout.self) != main_greenlet) {
    return {};
  }
  const auto thread = objects.pointer(*record, layout.thread_state);
  if (!thread || *thread == 0) {
    return {.ended = thread.has_value()};
  }
  // Its first members: main_greenlet, current_greenlet.
  const auto members = objects.memory().get<std::array<Address, 2>>(*thread);
  return {.current = members && (*members)[0] == main_greenlet ? (*members)[1] : 0};
}

// Whether a C++ object is of a class of the greenlet module: its first word leads to that class's virtual functions.
bool Greenlets::has_module_functions(const Objects& objects, Address record) const {
  const auto functions = record % sizeof(Address) == 0 ? objects.memory().get<Address>(record)
                                                       : std::unexpected(memory::Fault{.address = record});
  const target::Mapping* mapping = functions ? target::mapping_at(target_.mappings(), *functions) : nullptr;
  return mapping != nullptr && is_greenlet_file(mapping->path);
}

bool Greenlets::is_frame(const Objects& objects, Address object) const {
  const auto type = objects.type_of(object);
  if (!type) {
    return false;
  }
  // In the read-only data of the interpreter, which a core may lack.
  const auto name = objects.type_name(*type);
  return !name || *name == "frame";
}

}  // namespace stillframe::cpython
