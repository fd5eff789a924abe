// From 3.11 on calls have light frames in the thread's data stack or in their generator
// (Include/internal/pycore_frame.h, from 3.14 pycore_interpframe_structs.h), linked by `previous`.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "cpython/stacks/frame_fields.h"
#include "cpython/stacks/frames.h"

namespace stillframe::cpython {
namespace {

class Walker {
 public:
  Walker(const Objects& objects, CodeCache& codes, const ChainStart& start)
      : objects_(objects),
        codes_(codes),
        start_(start),
        layout_(objects.layout()),
        has_shims_(objects.dialect().frames.entry_mark == EntryMark::shim) {}

  FrameChain walk() {
    ChainGuard guard(kMaxFrames);
    for (Address at = start_.top; at != 0 && !chain_.broken;) {
      if (!guard.step(at)) {
        chain_.broken = ChainBreak{.end = ChainEnd::cycle, .at = at};
        break;
      }
      last_ = at;
      at = visit(at);
    }
    check_end();
    return std::move(chain_);
  }

 private:
  // Takes in the frame at `at`; the next outer one, or 0.
  Address visit(Address at) {
    const auto fields = read_interpreter_frame(objects_, at);
    if (!fields) {
      chain_.broken = ChainBreak{.end = ChainEnd::unreadable, .reason = fields.error().reason, .at = at};
      return 0;
    }
    if (fields->owner > kLastOwner) {
      chain_.broken = ChainBreak{.end = ChainEnd::no_frame, .at = at};
      return 0;
    }
    ended_with_entry_ = fields->is_entry;
    if (has_shims_ && fields->owner >= kFirstShim) {
      ended_with_entry_ = true;
      if (!chain_.frames.empty() && !chain_.frames.back().entry) {
        chain_.frames.back().entry = true;
        // `entry_frame`, a local variable of _PyEval_EvalFrameDefault (Python/ceval.c, 3.12+). Behind the outermost one
        // 3.15 has one more, the thread state's base_frame.
        chain_.frames.back().c_stack_mark = at;
      }
      return fields->previous;
    }
    const Code* code = codes_.find(fields->code());
    if (code == nullptr || (code->instructions == 0 && code->lost && !fits_lost_code(at, *fields, *code))) {
      chain_.broken = ChainBreak{.end = ChainEnd::no_code, .at = at};
      return 0;
    }
    const std::size_t before = chain_.frames.size();
    add(at, *fields, *code);
    if (chain_.frames.size() > before && start_.relinked) {
      return follow_link(at, *fields);
    }
    if (chain_.frames.size() > before && start_.switched) {
      return link_of_shim(*fields).value_or(fields->previous);
    }
    return at == start_.top ? start_.behind_top.value_or(fields->previous) : fields->previous;
  }

  // Where a frame led before greenlet has linked it to the next one that tracebacks show, past those on the C stack: it
  // keeps that in the frame object's place for a frame of its own, which is unused as long as the call runs.
  [[nodiscard]] std::optional<Address> saved_link(const InterpreterFrameFields& fields) const {
    // PyFrameObject ends with _f_frame_data[1], an array of pointers.
    if (fields.frame_object == 0 || layout_.frame_object.size < sizeof(Address)) {
      return std::nullopt;
    }
    return objects_.pointer(fields.frame_object,
                            Offset(layout_.frame_object.size - static_cast<std::uint32_t>(sizeof(Address))));
  }

  // The next outer frame of a suspended greenlet. Both ways must come to the same frame.
  Address follow_link(Address at, const InterpreterFrameFields& fields) {
    if (expected_ && *expected_ != at) {
      chain_.broken = ChainBreak{.end = ChainEnd::greenlet_misfit, .at = at};
      return 0;
    }
    expected_.reset();
    const auto saved = saved_link(fields);
    if (!saved) {
      chain_.broken = ChainBreak{.end = ChainEnd::greenlet_link_lost, .at = at};
      return 0;
    }
    if (*saved != fields.previous) {
      expected_ = fields.previous;
    }
    return *saved;
  }

  // Of a thread that was stopped just when it went from one greenlet to another, some frames are linked so already.
  // Then the way that was kept leads through a shim to the same frame.
  [[nodiscard]] std::optional<Address> link_of_shim(const InterpreterFrameFields& fields) const {
    const auto saved = has_shims_ ? saved_link(fields) : std::nullopt;
    if (!saved || *saved == 0 || *saved % sizeof(Address) != 0 || *saved == fields.previous) {
      return std::nullopt;
    }
    const auto shim = read_interpreter_frame(objects_, *saved);
    const bool leads_there =
        shim && shim->owner >= kFirstShim && shim->owner <= kLastOwner && shim->previous == fields.previous;
    return leads_there ? saved : std::nullopt;
  }

  // Of a code object that the core has lost nothing proves that it is one; the frame itself must fit together then.
  [[nodiscard]] bool fits_lost_code(Address at, const InterpreterFrameFields& fields, const Code& code) {
    constexpr std::uint64_t kMaxInstructionBytes = std::uint64_t{64} << 20U;
    const Address begin = code.address + layout_.code.code_adaptive.value();
    const bool own_instructions = fields.copy_index <= 0;
    if (own_instructions && (fields.instruction + 2 < begin || fields.instruction - begin > kMaxInstructionBytes)) {
      return false;
    }
    return fields.owner != kOwnedByThread || in_data_stack(at);
  }

  // Whether a frame lies in a chunk of the thread's data stack: {previous, size, top, frames} (_PyStackChunk in
  // Include/cpython/pystate.h). Where the list of chunks is lost as well, it may.
  bool in_data_stack(Address frame) {
    if (!chunks_) {
      chunks_.emplace();
      ChainGuard guard(kMaxFrames);
      auto chunk = objects_.pointer(start_.thread, layout_.thread.datastack_chunk);
      while (chunk && *chunk != 0 && guard.step(*chunk)) {
        const auto size = objects_.memory().get<std::uint64_t>(*chunk + 8);
        chunks_->emplace_back(*chunk, size.value_or(0));
        chunk = objects_.pointer(*chunk, Offset(0));
      }
      all_chunks_known_ = chunk == Address{0};
      std::ranges::sort(*chunks_);
    }
    const auto behind = std::ranges::upper_bound(*chunks_, frame, {}, &std::pair<Address, std::uint64_t>::first);
    return !all_chunks_known_ ||
           (behind != chunks_->begin() && frame - std::prev(behind)->first < std::prev(behind)->second);
  }

  void add(Address at, const InterpreterFrameFields& fields, const Code& code) {
    ++calls_;
    const Address begin = instructions_of(fields, code);
    // _PyFrame_IsIncomplete: a call that is still being set up is no frame yet, and no traceback shows it.
    // A call that has not begun points one instruction before its code.
    const bool inside =
        begin != 0 && fields.instruction + 2 >= begin && fields.instruction < begin + code.instruction_bytes;
    const Address first = begin + static_cast<Address>(code.first_traceable) * 2;
    if (inside && fields.owner != kOwnedByGenerator && fields.instruction < first) {
      return;
    }
    if (!codes_.budget().take_frame(chain_.frames.size())) {
      chain_.broken = codes_.budget().end_at(chain_.frames.size());
      return;
    }
    RawFrame frame{.address = at, .code = &code, .entry = fields.is_entry};
    frame.instruction_known = inside && !(code.lost && code.line_table.empty());
    frame.lasti = frame.instruction_known && fields.instruction >= begin
                      ? static_cast<std::int64_t>(fields.instruction - begin)
                      : -1;
    chain_.frames.push_back(frame);
  }

  // Where the bytecode begins that this frame runs: free-threaded builds from 3.14 on keep a copy per thread
  // (_PyCodeArray: size, then pointers; entry 0 is the code object's own).
  [[nodiscard]] Address instructions_of(const InterpreterFrameFields& fields, const Code& code) const {
    if (fields.copy_index <= 0 || code.thread_local_copies == 0) {
      return code.instructions;
    }
    const auto copies = objects_.memory().get<std::int64_t>(code.thread_local_copies);
    if (!copies || fields.copy_index >= *copies) {
      return 0;
    }
    return objects_.memory()
        .get<Address>(code.thread_local_copies + 8 + static_cast<Address>(fields.copy_index) * 8)
        .value_or(0);
  }

  // A chain that was cut ends in an ordinary frame; a whole one ends in the frame that began its outermost loop.
  void check_end() {
    if (chain_.broken || start_.top == 0) {
      return;
    }
    if (expected_ && *expected_ != 0) {
      chain_.broken = ChainBreak{.end = ChainEnd::way_lost, .at = *expected_};
    } else if (layout_.thread.base_frame.present() && !start_.switched && start_.thread != 0) {
      // 3.15: the thread state's own base_frame.
      const auto base = objects_.pointer(start_.thread, layout_.thread.base_frame);
      if (base && *base != 0 && *base != last_) {
        chain_.broken = ChainBreak{.end = ChainEnd::not_at_base};
      }
    } else if (!ended_with_entry_) {
      chain_.broken = ChainBreak{.end = ChainEnd::not_at_entry};
    }
    check_count();
  }

  // From 3.12 on the interpreter counts its Python calls down (_Py_EnterRecursivePy in Python/ceval_macros.h); a chain
  // that skips frames, through a pointer that leads to another frame, does not come to that number. One call may just
  // be beginning or ending.
  void check_count() {
    if (start_.switched || start_.thread == 0) {
      return;
    }
    const auto limit = objects_.field<std::int32_t>(start_.thread, layout_.thread.recursion_limit);
    const auto left = objects_.field<std::int32_t>(start_.thread, layout_.thread.recursion_remaining);
    if (chain_.broken || !limit || !left || *limit <= 0) {
      return;
    }
    const std::int64_t counted = std::int64_t{*limit} - *left;
    if (std::abs(counted - calls_) > 1) {
      chain_.broken = ChainBreak{.end = ChainEnd::miscounted, .counted = counted, .found = calls_};
    }
  }

  const Objects& objects_;
  CodeCache& codes_;
  ChainStart start_;
  const Layout& layout_;
  bool has_shims_;
  FrameChain chain_;
  Address last_ = 0;
  std::optional<Address> expected_;  // of relinked frames: where the next one must be
  bool ended_with_entry_ = false;
  std::int64_t calls_ = 0;
  std::optional<std::vector<std::pair<Address, std::uint64_t>>> chunks_;  // address and size, once asked for
  bool all_chunks_known_ = false;
};

}  // namespace

std::optional<Address> innermost_interpreter_frame(const Objects& objects, Address thread) {
  const Layout& layout = objects.layout();
  if (layout.thread.current_frame.present()) {
    return objects.pointer(thread, layout.thread.current_frame);
  }
  // 3.11, 3.12: through the C frame of the evaluation loop, which lies on the C stack or in the thread state.
  const auto cframe = objects.pointer(thread, layout.thread.cframe);
  if (cframe == Address{0}) {
    return 0;
  }
  return cframe ? objects.pointer(*cframe, layout.cframe.current_frame) : std::nullopt;
}

FrameChain walk_interpreter_frames(const Objects& objects, CodeCache& codes, const ChainStart& start) {
  return Walker(objects, codes, start).walk();
}

}  // namespace stillframe::cpython
