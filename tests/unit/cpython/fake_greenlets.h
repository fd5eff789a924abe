// An interpreter made by hand that has imported greenlet, with one suspended greenlet.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpython/fake_python.h"
#include "cpython/fake_target.h"
#include "cpython/stacks/greenlets.h"
#include "whole_pages.h"

namespace stillframe::testing {

// The greenlet: run <- park, half of whose stack was moved away.
class FakeGreenlets {
 public:
  using Address = memory::Address;

  explicit FakeGreenlets(FakePython& in) : python_(in) {
    const cpython::Layout& layout = python_.layout;
    python_.set(type, layout.type.basicsize, std::uint64_t{fields.pimpl.value()} + 8);
    import(version);
    set(fields.stack_start, stack + 256);
    set(fields.stack_stop, stack + 2048);
    set(fields.stack_saved, kSaved);
    set(fields.stack_copy, copy);
    make_frames();
  }

  void import(cpython::PythonVersion as) {
    const std::string text = std::to_string(as.major) + "." + std::to_string(as.minor) + "." + std::to_string(as.micro);
    const Address dict =
        python_.dict({{python_.text("greenlet"), type}, {python_.text("__version__"), python_.text(text)}});
    const Address module = python_.module(dict);
    python_.set(interpreter, python_.layout.interpreter.modules, python_.dict({{python_.text("greenlet"), module}}));
  }

  Address make_greenlet(Address of, Address its_record) {
    const Address at = python_.object(of);
    python_.set(at, python_.layout.object.refcnt, std::uint64_t{1});
    python_.set(at, fields.pimpl, its_record);
    python_.set(its_record, fields.self, at);
    return at;
  }

  void set(cpython::Offset field, Address value) { python_.set(record, field, value); }

  cpython::GreenletList read() {
    std::vector<target::Mapping> mappings;
    for (const auto& [begin, size] : python_.pieces) {
      mappings.push_back({.begin = begin, .end = begin + size, .readable = true, .writable = true});
    }
    const FakeTarget target(whole, mappings, true);
    const cpython::Objects here(whole, python_.layout);
    codes.emplace(here, python_.code_type);
    cpython::Greenlets greenlets(target);
    greenlets.search(here, {interpreter});
    problem = greenlets.problem();
    return greenlets.read(here, *codes);
  }

  static constexpr std::uint64_t kSaved = 1024;

 private:
  FakePython& python_;

  void make_frames() {
    const cpython::Layout& layout = python_.layout;
    run = python_.frame(python_.code("run", "/srv/app.py", 1), 0);
    park = python_.frame(python_.code("park", "/srv/app.py", 9), run);
    for (const Address frame : {run, park}) {
      if (!python_.light_frames()) {
        python_.set(frame, layout.object.type, frame_type);
        top_frame = frame;
        continue;
      }
      top_frame = python_.object(frame_type);
      python_.set(top_frame, layout.frame_object.frame, frame);
      python_.set(frame, layout.frame.frame_obj, top_frame);
      if (fields.relinked) {
        // The outermost call was begun by a frame on the C stack, in the part that was moved away.
        const Address shim = stack + 256 + 64;
        python_.memory.put(top_frame + layout.frame_object.size - 8, frame == run ? shim : run);
        python_.set(run, layout.frame.previous, Address{0});
        python_.memory.put(copy + 64 + layout.frame.owner.value(), std::uint8_t{3});
        python_.memory.put(shim + layout.frame.owner.value(), std::uint8_t{0xFF});
      }
    }
    set(fields.top_frame, top_frame);
    set(fields.current_frame, park);
  }

 public:
  cpython::PythonVersion version = python_.layout.version < cpython::PythonVersion{3, 12, 0}
                                       ? cpython::PythonVersion{2, 0, 2}
                                       : cpython::PythonVersion{3, 5, 6};
  cpython::GreenletLayout fields =
      cpython::greenlet_layout(version, python_.layout).value_or(cpython::GreenletLayout{});
  Address interpreter = python_.interpreter();
  Address type = python_.type("greenlet.greenlet");
  Address frame_type = python_.type("frame");
  Address record = python_.allocate(512);
  Address stack = python_.allocate(4096);
  Address copy = python_.allocate(kSaved);
  Address run = 0;
  Address park = 0;
  Address top_frame = 0;
  WholePages whole{python_.memory};
  std::optional<std::string> problem;
  std::optional<cpython::CodeCache> codes;
};

}  // namespace stillframe::testing
