#include "cpython/runtime/search.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <span>

#include "cpython/objects/objects.h"
#include "cpython/runtime/sys_module.h"

namespace stillframe::cpython {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18U;
// Searching stops here: a program of many gigabytes has its interpreter's data long before.
constexpr std::uint64_t kMaxSearched = std::uint64_t{4} << 30U;

bool is_writable_address(std::span<const target::Mapping> mappings, Address address) {
  const target::Mapping* mapping = target::mapping_at(mappings, address);
  return mapping != nullptr && mapping->writable;
}

// Calls `visit(address, word)` for every aligned word of a mapping that holds a plausible pointer, until it returns
// false; a part that cannot be read is passed over.
bool visit_pointers(const memory::MemorySource& memory, std::span<const target::Mapping> mappings,
                    const target::Mapping& mapping, const std::function<bool(Address, Address)>& visit) {
  std::vector<std::byte> chunk(kChunk);
  for (Address at = mapping.begin; at < mapping.end;) {
    const std::size_t size = std::min<Address>(kChunk, mapping.end - at);
    const std::span<std::byte> piece(chunk.data(), size);
    if (!memory.read(at, piece)) {
      // Page by page where a chunk is not whole.
      for (std::size_t page = 0; page < size; page += 4096) {
        const auto part = piece.subspan(page, std::min<std::size_t>(4096, size - page));
        if (!memory.read(at + page, part)) {
          std::ranges::fill(part, std::byte{0});
        }
      }
    }
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
      Address word = 0;
      std::memcpy(&word, piece.data() + i, sizeof word);
      if (word >= 4096 && word % 8 == 0 && is_writable_address(mappings, word) && !visit(at + i, word)) {
        return false;
      }
    }
    at += size;
  }
  return true;
}

// Data of mapped files (and the anonymous rest of it, .bss) before everything else, if that is wanted at all.
std::vector<const target::Mapping*> in_search_order(std::span<const target::Mapping> mappings, SearchScope scope) {
  std::vector<const target::Mapping*> order;
  std::vector<const target::Mapping*> rest;
  const target::Mapping* before = nullptr;
  for (const auto& mapping : mappings) {
    const bool behind_file =
        mapping.path.empty() && before != nullptr && !before->path.empty() && before->end == mapping.begin;
    before = &mapping;
    if (mapping.writable && mapping.readable) {
      (mapping.inode != 0 || behind_file ? order : rest).push_back(&mapping);
    }
  }
  if (scope == SearchScope::everything) {
    order.insert(order.end(), rest.begin(), rest.end());
  }
  return order;
}

}  // namespace

bool looks_like_interpreter(const memory::MemorySource& memory, const Layout& layout, Address interpreter) {
  const Objects objects(memory, layout);
  const auto thread = objects.pointer(interpreter, layout.interpreter.threads_head);
  if (!thread || *thread == 0 || *thread % 8 != 0) {
    return false;
  }
  const auto back = objects.pointer(*thread, layout.thread.interp);
  const auto next = objects.pointer(*thread, layout.thread.next);
  if (!back || *back != interpreter || !next || *next % 8 != 0) {
    return false;
  }
  const auto version = sys_version(objects, interpreter);
  return version && version->number.major == layout.version.major && version->number.minor == layout.version.minor;
}

bool looks_like_damaged_interpreter(const memory::MemorySource& memory, const Layout& layout, Address interpreter) {
  constexpr int kMaxThreads = 200'000;
  const Objects objects(memory, layout);
  auto thread = objects.pointer(interpreter, layout.interpreter.threads_head);
  Address previous = 0;
  int count = 0;
  while (thread && *thread != 0 && *thread % 8 == 0 && ++count <= kMaxThreads) {
    const auto ident = objects.pointer(*thread, layout.thread.thread_id);
    const bool linked = !layout.thread.prev.present() || objects.pointer(*thread, layout.thread.prev) == previous;
    if (!linked || objects.pointer(*thread, layout.thread.interp) != interpreter || !ident || *ident == 0 ||
        *ident % 8 != 0) {
      return false;
    }
    previous = *thread;
    thread = objects.pointer(*thread, layout.thread.next);
  }
  if (thread != Address{0} || count == 0) {
    return false;
  }
  const auto version = sys_version(objects, interpreter);
  return !version || (version->number.major == layout.version.major && version->number.minor == layout.version.minor);
}

std::optional<FoundInterpreters> search_interpreters(const target::Target& target, const memory::MemorySource& memory,
                                                     const std::vector<const Layout*>& layouts, SearchScope scope,
                                                     LooksLike looks_like) {
  const auto mappings = target.mappings();
  std::optional<FoundInterpreters> found;
  std::uint64_t searched = 0;
  for (const auto* mapping : in_search_order(mappings, scope)) {
    searched += mapping->end - mapping->begin;
    if (searched > kMaxSearched) {
      break;
    }
    visit_pointers(target.memory(), mappings, *mapping, [&](Address at, Address word) {
      for (const Layout* layout : layouts) {
        if (looks_like(memory, *layout, word)) {
          found = FoundInterpreters{.layout = layout, .interpreters_head_at = at, .interpreter = word};
          return false;
        }
      }
      return true;
    });
    if (found) {
      break;
    }
  }
  return found;
}

std::vector<Address> search_threads(const target::Target& target, const memory::MemorySource& memory,
                                    const Layout& layout, Address interpreter) {
  std::vector<Address> threads;
  const auto mappings = target.mappings();
  const Objects objects(memory, layout);
  if (!layout.thread.interp.present()) {
    return threads;
  }
  std::uint64_t searched = 0;
  for (const auto* mapping : in_search_order(mappings, SearchScope::everything)) {
    searched += mapping->end - mapping->begin;
    if (searched > kMaxSearched) {
      break;
    }
    visit_pointers(target.memory(), mappings, *mapping, [&](Address at, Address word) {
      const Address thread = at - layout.thread.interp.value();
      if (word != interpreter || thread % 8 != 0) {
        return true;
      }
      // A thread state is linked both ways, or stands alone; its thread id is the address of a struct pthread.
      const auto next = objects.pointer(thread, layout.thread.next);
      const auto ident = objects.pointer(thread, layout.thread.thread_id);
      const bool linked = next && *next % 8 == 0 && (*next == 0 || is_writable_address(mappings, *next));
      if (linked && ident && *ident != 0 && *ident % 8 == 0) {
        threads.push_back(thread);
      }
      return true;
    });
  }
  return threads;
}

}  // namespace stillframe::cpython
