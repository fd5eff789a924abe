// The greenlets of a process: stacks that take turns in one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpython/stacks/frames.h"
#include "cpython/stacks/greenlet_module.h"
#include "memory/overlay_memory.h"

namespace stillframe::cpython {

// A greenlet that has begun and not ended.
struct RawGreenlet {
  Address address = 0;
  Address type = 0;
  bool main = false;          // the one that a thread began with
  Address main_greenlet = 0;  // that one; 0: not known (greenlet 1.x)
  bool suspended = false;     // false: its thread runs it now
  // Its C stack is [stack_start, stack_stop); the lowest `stack_saved` bytes of it were moved to `stack_copy` to make
  // room for others. Of a main one the end is not known, and of one that runs the beginning is not.
  Address stack_start = 0;
  Address stack_stop = 0;
  Address stack_copy = 0;
  std::uint64_t stack_saved = 0;
  FrameChain chain;  // only of a suspended one

  // Its stack as it will be when it goes on.
  [[nodiscard]] memory::OverlayMemory stack(const memory::MemorySource& memory) const {
    return {memory, stack_start, stack_saved, stack_copy};
  }
};

struct GreenletList {
  std::vector<RawGreenlet> greenlets;  // by address
  std::size_t not_understood = 0;      // those that are not what this program knows
  bool cut = false;                    // there are more of them, or of their frames, than are read
};

class Greenlets {
 public:
  explicit Greenlets(const target::Target& target) : target_(target) {}

  // Finds the module in one of the interpreters and searches the memory for greenlets: may take a while, and is done
  // while nothing is stopped. A second call does nothing.
  void search(const Objects& objects, const std::vector<Address>& interpreters);
  // Reads those that are there now, where search() found some: greenlets of the same size come to lie in the same
  // pages, and so those made since are mostly found too.
  [[nodiscard]] GreenletList read(const Objects& objects, CodeCache& codes) const;

  [[nodiscard]] const std::optional<std::string>& problem() const { return problem_; }
  // How much memory was too much to be searched.
  [[nodiscard]] std::uint64_t not_searched() const { return not_searched_; }

 private:
  void search_memory(const Layout& layout);
  [[nodiscard]] std::vector<Address> candidates(const Objects& objects) const;
  enum class Seen : std::uint8_t {
    nothing,   // no greenlet
    stranger,  // looks like one of a layout that is not known
    idle,      // has not begun, or has ended
    misfit,    // a greenlet that makes no sense
    living,
  };
  Seen read_one(const Objects& objects, CodeCache& codes, RawGreenlet& greenlet) const;
  Seen read_frames(const Objects& objects, CodeCache& codes, Address record, RawGreenlet& greenlet) const;
  // What greenlet keeps of a thread (class ThreadState in TThreadState.hpp and its predecessors).
  struct ThreadRecord {
    bool ended = false;
    Address current = 0;  // the greenlet that it runs; 0: not known
  };
  [[nodiscard]] ThreadRecord thread_of(const Objects& objects, Address main_greenlet) const;
  [[nodiscard]] static bool has_references(const Objects& objects, Address at);
  [[nodiscard]] bool is_greenlet(const Objects& objects, Address at, Address record) const;
  [[nodiscard]] bool fits(const Objects& objects, const RawGreenlet& greenlet, Address top_frame) const;
  [[nodiscard]] bool has_module_functions(const Objects& objects, Address record) const;
  [[nodiscard]] bool is_frame(const Objects& objects, Address object) const;

  const target::Target& target_;
  bool searched_ = false;
  std::optional<GreenletModule> module_;
  std::optional<std::string> problem_;
  std::uint64_t not_searched_ = 0;
  std::vector<std::uint64_t> pages_;  // that hold the address of one of the types; sorted
};

}  // namespace stillframe::cpython
