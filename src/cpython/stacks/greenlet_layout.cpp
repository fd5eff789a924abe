#include "cpython/stacks/greenlet_layout.h"

namespace stillframe::cpython {
namespace {

// Lays out members one after another, as a compiler for a 64-bit machine does.
class GreenletMembers {
 public:
  explicit GreenletMembers(std::uint32_t at) : at_(at) {}
  Offset pointer() {
    at_ = (at_ + 7) & ~7U;
    at_ += 8;
    return at_ - 8;
  }
  void pointers(int count) {
    for (; count > 0; --count) {
      pointer();
    }
  }
  void number() { at_ += 4; }  // an int; two of them in a row share a word
  [[nodiscard]] std::uint32_t end() const { return (at_ + 7) & ~7U; }

 private:
  std::uint32_t at_;
};

// What was being handled: three objects to 3.6, then _PyErr_StackItem, which lost two members with 3.11
// (Include/cpython/pystate.h), and a pointer to one.
int words_of_exception(PythonVersion python) {
  if (python < k3_7) {
    return 3;
  }
  return python < k3_11 ? 5 : 3;
}

void add_stack(GreenletMembers& members, GreenletLayout& layout) {
  layout.stack_start = members.pointer();
  layout.stack_stop = members.pointer();
  layout.stack_copy = members.pointer();
  layout.stack_saved = members.pointer();
  members.pointer();  // stack_prev
}

// struct _greenlet in src/greenlet/greenlet.h, 1.0 to 1.1.3.
GreenletLayout in_the_object(PythonVersion python, std::uint32_t head) {
  GreenletLayout layout;
  GreenletMembers members(head);
  add_stack(members, layout);
  layout.parent = members.pointer();
  members.pointer();  // run_info
  layout.top_frame = members.pointer();
  members.number();  // recursion_depth
  if (python >= k3_11) {
    layout.current_frame = members.pointer();
    members.pointers(3);  // the data stack
  }
  members.pointer();  // weakreflist
  members.pointers(words_of_exception(python));
  members.pointer();  // dict
  if (python >= k3_7) {
    members.pointer();  // context
  }
  if (python >= k3_10) {
    layout.cframe = members.pointer();
  }
  layout.size = members.end();
  return layout;
}

// class PythonState, in greenlet_greenlet.hpp (2.0 to 3.0) and TGreenlet.hpp (3.1+).
void add_python_state(GreenletMembers& members, PythonVersion greenlet, const Layout& built_for,
                      GreenletLayout& layout) {
  const PythonVersion python = built_for.version;
  if (python >= k3_7) {
    members.pointer();  // _context
  }
  layout.top_frame = members.pointer();
  if (python >= k3_10 && python < k3_13) {
    layout.cframe = members.pointer();
    members.number();  // use_tracing
  }
  members.number();  // recursion_depth, from 3.12 on py_recursion_depth
  if (python >= k3_12 && (python < k3_14 || greenlet < PythonVersion{3, 2, 2})) {
    members.number();  // c_recursion_depth
  }
  if (python >= k3_14) {
    // current_executor; stackpointer; c_stack_refs, c_stack_ref_snapshot (a std::vector)
    members.pointers(greenlet >= PythonVersion{3, 2, 4} ? 1 : 0);
    members.pointers(greenlet >= PythonVersion{3, 3, 0} ? 1 : 0);
    if (built_for.build.free_threaded) {
      members.pointers(greenlet >= PythonVersion{3, 3, 0} ? 1 : 0);
      members.pointers(greenlet >= PythonVersion{3, 5, 4} ? 3 : 0);
    }
  }
  if (python >= k3_13) {
    members.pointer();                                             // delete_later
    members.pointers(greenlet >= PythonVersion{3, 5, 3} ? 1 : 0);  // critical_section
  } else {
    members.number();  // trash_delete_nesting
  }
  if (python >= k3_11) {
    layout.current_frame = members.pointer();
    members.pointers(3);  // the data stack
  }
  if (python >= k3_12 && greenlet < PythonVersion{3, 0, 3}) {
    layout.behind_top = members.pointer();  // _prev_frame
  }
}

// class Greenlet, behind PyGreenlet.pimpl.
GreenletLayout behind_pimpl(PythonVersion greenlet, const Layout& built_for, std::uint32_t head) {
  GreenletLayout layout{.pimpl = head + 16, .relinked = false};
  const bool self_first = greenlet >= PythonVersion{3, 1, 1};
  GreenletMembers members(8);  // behind the pointer to the virtual functions
  if (self_first) {
    layout.self = members.pointer();
  }
  members.pointers(words_of_exception(built_for.version));
  members.pointers(2);  // switch_args
  add_stack(members, layout);
  add_python_state(members, greenlet, built_for, layout);
  layout.size = members.end();
  GreenletMembers of_main(layout.size);  // class MainGreenlet: _self, _thread_state
  of_main.pointer();
  layout.thread_state = of_main.pointer();
  if (!self_first) {
    layout.self = members.pointer();  // the first member of UserGreenlet and of MainGreenlet
  }
  layout.main_greenlet = members.pointer();
  layout.relinked = built_for.version >= k3_12 && greenlet >= PythonVersion{3, 0, 3};
  return layout;
}

}  // namespace

std::optional<GreenletLayout> greenlet_layout(PythonVersion greenlet, const Layout& python) {
  if (greenlet.major < 1 || greenlet.major > 3 || !python.object.type.present()) {
    return std::nullopt;
  }
  const std::uint32_t head = python.object.type.value() + 8;
  return greenlet.major == 1 ? in_the_object(python.version, head) : behind_pimpl(greenlet, python, head);
}

}  // namespace stillframe::cpython
