#include "cpython/greenlets.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kChunk = std::size_t{1} << 20U;
// Copying and looking at a gigabyte takes some 0.3 seconds.
constexpr std::uint64_t kMostSearched = std::uint64_t{4} << 30U;
constexpr std::size_t kMaxPages = 262'144;
constexpr std::size_t kMaxGreenlets = 200'000;
// Of all greenlets together.
constexpr std::size_t kMaxGreenletFrames = 2'000'000;
// A stack of a thread is rarely more than 8 MiB, and hardly ever more than this.
constexpr std::uint64_t kLargestStack = std::uint64_t{4} << 30U;
// stack_stop of a main greenlet (StackState::make_main).
constexpr Address kNoStop = ~Address{0};

// Says quickly of nearly every word that it is none of a few addresses.
class Filter {
 public:
  explicit Filter(const std::unordered_set<Address>& addresses) : addresses_(addresses), bits_(kSize) {
    for (const Address address : addresses) {
      bits_[(address >> 4U) % kSize] = true;
    }
  }
  [[nodiscard]] bool has(Address word) const { return bits_[(word >> 4U) % kSize] && addresses_.contains(word); }

 private:
  static constexpr std::size_t kSize = std::size_t{1} << 16U;
  const std::unordered_set<Address>& addresses_;
  std::vector<bool> bits_;
};

// Where objects can be: memory of no file. The smallest first, since large ones are rarely the interpreter's.
std::vector<const target::Mapping*> memory_of_objects(const target::Target& target) {
  std::vector<const target::Mapping*> order;
  for (const auto& mapping : target.mappings()) {
    if (mapping.readable && mapping.writable && mapping.inode == 0 && mapping.path != "[stack]") {
      order.push_back(&mapping);
    }
  }
  std::ranges::stable_sort(order, {}, [](const target::Mapping* mapping) { return mapping->end - mapping->begin; });
  return order;
}

template <typename Visit>
void visit_hits(std::span<const std::byte> bytes, const Filter& filter, const Visit& visit) {
  for (std::size_t i = 0; i + sizeof(Address) <= bytes.size(); i += sizeof(Address)) {
    Address word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    if (filter.has(word)) {
      visit(i);
    }
  }
}

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
  const Filter filter(module_->types);
  std::vector<std::byte> chunk(kChunk);
  std::uint64_t left = kMostSearched;
  for (const auto* mapping : memory_of_objects(target_)) {
    const std::uint64_t whole = mapping->end - mapping->begin;
    if (whole > left) {
      not_searched_ += whole;
      continue;
    }
    left -= whole;
    for (Address at = mapping->begin; at < mapping->end && pages_.size() < kMaxPages; at += kChunk) {
      const auto piece = std::span(chunk).first(std::min<std::uint64_t>(kChunk, mapping->end - at));
      const auto note = [&](Address from) {
        return [&, from](std::size_t i) {
          const std::uint64_t page = (from + i - layout.object.type.value()) / kPage;
          if (pages_.empty() || pages_.back() != page) {
            pages_.push_back(page);
          }
        };
      };
      if (target_.memory().read(at, piece)) {
        visit_hits(piece, filter, note(at));
        continue;
      }
      // Page by page where a chunk is not whole.
      for (std::size_t page = 0; page < piece.size(); page += kPage) {
        const auto part = piece.subspan(page, std::min<std::size_t>(kPage, piece.size() - page));
        if (target_.memory().read(at + page, part)) {
          visit_hits(part, filter, note(at + page));
        }
      }
    }
  }
  std::ranges::sort(pages_);
  const auto twice = std::ranges::unique(pages_);
  pages_.erase(twice.begin(), twice.end());
}

// Every place in the pages found where an object of one of the types can begin.
std::vector<Address> Greenlets::candidates(const Objects& objects) const {
  std::vector<Address> found;
  const Filter filter(module_->types);
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

GreenletList Greenlets::read(const Objects& objects, CodeCache& codes) {
  GreenletList list;
  if (!module_) {
    return list;
  }
  std::size_t frames = 0;
  for (const Address at : candidates(objects)) {
    if (list.greenlets.size() >= kMaxGreenlets || frames >= kMaxGreenletFrames) {
      list.cut = true;
      break;
    }
    bool understood = true;
    auto greenlet = read_one(objects, codes, at, understood);
    list.not_understood += understood ? 0 : 1;
    if (greenlet) {
      frames += greenlet->chain.frames.size();
      list.greenlets.push_back(std::move(*greenlet));
    }
  }
  return list;
}

// Nothing where no living greenlet is; `understood` is false where there is one of another shape than the known ones.
std::optional<RawGreenlet> Greenlets::read_one(const Objects& objects, CodeCache& codes, Address at,
                                               bool& understood) {
  const GreenletLayout& layout = module_->layout;
  const auto type = objects.type_of(at);
  // From 3.14 on flags stand in the upper half (Include/refcount.h).
  const auto references = objects.field<std::uint32_t>(at, objects.layout().object.refcnt);
  const auto record = layout.pimpl.present() ? objects.pointer(at, layout.pimpl) : std::optional(at);
  if (!type || !module_->types.contains(*type) || references == 0U || !record || *record == 0 ||
      *record % sizeof(Address) != 0) {
    return std::nullopt;
  }
  if (layout.self.present() && objects.pointer(*record, layout.self) != at) {
    // A freed object, or something else that refers to the type; a record of another shape if it has this module's
    // virtual functions.
    const auto functions = objects.memory().get<Address>(*record);
    understood = !functions || !in_module_file(*functions);
    return std::nullopt;
  }
  RawGreenlet greenlet{.address = at, .type = *type};
  const auto word = [&](Offset offset) { return objects.pointer(*record, offset).value_or(0); };
  greenlet.stack_start = word(layout.stack_start);
  greenlet.stack_stop = word(layout.stack_stop);
  greenlet.stack_copy = word(layout.stack_copy);
  greenlet.stack_saved = word(layout.stack_saved);
  greenlet.main = greenlet.stack_stop == kNoStop;
  const Address top_frame = word(layout.top_frame);
  if (greenlet.stack_stop == 0 || greenlet.stack_start == 0) {
    return std::nullopt;  // not begun, or ended
  }
  greenlet.main_greenlet = greenlet.main ? at : word(layout.main_greenlet);
  const ThreadRecord thread = thread_of(objects, greenlet.main_greenlet);
  if (thread.ended) {
    return std::nullopt;
  }
  // What runs keeps no frame; nor does what has called C functions only, which is shown with native frames.
  greenlet.suspended = top_frame != 0 || (thread.current != 0 && thread.current != at);
  if (!greenlet.suspended) {
    return greenlet;
  }
  if (!fits(objects, greenlet, top_frame)) {
    understood = false;
    return std::nullopt;
  }
  if (top_frame == 0) {
    return greenlet;
  }
  const memory::OverlayMemory stack = greenlet.stack(objects.memory());
  const Objects there(stack, objects.layout());
  Address first = top_frame;
  if (layout.current_frame.present()) {
    first = objects.pointer(top_frame, objects.layout().frame_object.frame).value_or(0);
  }
  const Address top = layout.current_frame.present() ? word(layout.current_frame) : top_frame;
  greenlet.chain = walk_frames_from(there, codes, {.top = top, .relinked = layout.relinked});
  if (greenlet.chain.frames.empty() || greenlet.chain.frames.front().address != first) {
    understood = false;
    return std::nullopt;
  }
  if (layout.cframe.present()) {
    mark_entries(there, word(layout.cframe), greenlet.chain);
  }
  return greenlet;
}

// Whether what was read can be a suspended greenlet's.
bool Greenlets::fits(const Objects& objects, const RawGreenlet& greenlet, Address top_frame) {
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

// Whether an address lies in the file of the greenlet module.
bool Greenlets::in_module_file(Address address) const {
  const auto mappings = target_.mappings();
  const auto after = std::ranges::upper_bound(mappings, address, {}, &target::Mapping::begin);
  return after != mappings.begin() && address < std::prev(after)->end && is_greenlet_file(std::prev(after)->path);
}

bool Greenlets::is_frame(const Objects& objects, Address object) {
  const auto type = objects.type_of(object);
  if (!type) {
    return false;
  }
  const auto [known, fresh] = frame_types_.try_emplace(*type);
  if (fresh) {
    // In the read-only data of the interpreter, which a core may lack.
    const auto name = objects.type_name(*type);
    known->second = !name || *name == "frame";
  }
  return known->second;
}

}  // namespace stillframe::cpython
