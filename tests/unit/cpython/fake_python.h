// A Python interpreter made by hand in fake memory, in any layout: what the readers' tests look at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpython/dialects/layout.h"
#include "cpython/stacks/interpreters.h"
#include "fake_memory.h"

namespace stillframe::testing {

class FakePython {
 public:
  using Address = memory::Address;

  explicit FakePython(const cpython::Layout& of) : layout(of) {
    type_type = allocate(1024);
    set(type_type, layout.object.type, type_type);
    set(type_type, layout.type.flags, std::uint64_t{1} << 31U);  // Py_TPFLAGS_TYPE_SUBCLASS
    code_type = type("code");
    text_type = type("str");
    dict_type = type("dict");
    integer_type = type("int");
  }

  // A zeroed piece of memory, with room for what CPython keeps in front of an object (GC head, managed dict).
  Address allocate(std::size_t size) {
    constexpr std::size_t kBefore = 64;
    const Address at = next_;
    const std::size_t whole = (size + kBefore + 63) / 64 * 64;
    memory.map(at, whole);
    pieces.emplace_back(at, whole);
    next_ += whole + 4096;
    next_ &= ~Address{63};
    return at + kBefore;
  }

  template <typename T>
  void set(Address base, cpython::Offset offset, T value) {
    if (offset.present()) {
      memory.put(base + offset.value(), value);
    }
  }

  Address object(Address type, std::size_t size = 256) {
    const Address at = allocate(size);
    set(at, layout.object.type, type);
    return at;
  }

  Address type(std::string_view name) {
    const Address at = object(type_type, 1024);
    const Address text = allocate(name.size() + 1);
    memory.put_text(text, name);
    set(at, layout.type.name, text);
    return at;
  }

  // A class written in Python: `bases` behind it in its method resolution order.
  Address python_class(std::string_view name, const std::vector<Address>& bases = {}) {
    const Address at = type(name);
    set(at, layout.type.flags, std::uint64_t{1} << 9U);  // Py_TPFLAGS_HEAPTYPE
    std::vector<Address> order{at};
    order.insert(order.end(), bases.begin(), bases.end());
    set(at, layout.type.mro, tuple(order));
    return at;
  }

  Address tuple(const std::vector<Address>& items) {
    if (tuple_type == 0) {
      tuple_type = type("tuple");
    }
    const Address at = object(tuple_type, 64 + items.size() * sizeof(Address));
    set(at, layout.var_object.size_field, std::uint64_t{items.size()});
    for (std::size_t i = 0; i < items.size(); ++i) {
      memory.put(at + layout.tuple.items.value() + i * sizeof(Address), items[i]);
    }
    return at;
  }

  Address list(const std::vector<Address>& items) {
    if (list_type == 0) {
      list_type = type("list");
    }
    const Address at = object(list_type);
    const Address apart = allocate(items.size() * sizeof(Address));
    for (std::size_t i = 0; i < items.size(); ++i) {
      memory.put(apart + i * sizeof(Address), items[i]);
    }
    set(at, layout.var_object.size_field, std::uint64_t{items.size()});
    set(at, layout.list.items, apart);
    return at;
  }

  Address cell(Address content) {
    if (cell_type == 0) {
      cell_type = type("cell");
    }
    const Address at = object(cell_type);
    memory.put(at + layout.object.type.value() + sizeof(Address), content);
    return at;
  }

  // bytes, or str of 2.7
  Address bytes(std::string_view content) {
    const Address at = object(text_type, 128 + content.size());
    set(at, layout.var_object.size_field, std::uint64_t{content.size()});
    memory.put_text(at + layout.bytes.data.value(), content);
    return at;
  }

  // A compact str; `kind` is the width of its characters.
  Address text(std::string_view raw, std::uint32_t kind = 1, bool ascii = true) {
    if (layout.version.major < 3) {
      return bytes(raw);
    }
    const Address at = object(text_type, 128 + raw.size());
    const bool wide = layout.build.free_threaded && layout.version >= cpython::PythonVersion{3, 14, 0};
    const std::uint32_t bits = kind | 8U | (ascii ? 16U : 0U);
    set(at, layout.unicode.length, std::uint64_t{raw.size() / kind});
    set(at, layout.unicode.state, bits << (wide ? 8U : 2U));
    memory.put_text(at + (ascii ? layout.ascii.size : layout.compact.size), raw);
    return at;
  }

  Address integer(std::uint64_t value) {
    const Address at = object(integer_type);
    if (layout.small_integer.value.present()) {
      set(at, layout.small_integer.value, value);
      return at;
    }
    std::uint64_t digits = 0;
    for (std::uint64_t rest = value; rest != 0; rest >>= 30U, ++digits) {
      memory.put(at + layout.integer.digits.value() + digits * 4, static_cast<std::uint32_t>(rest & 0x3fffffffU));
    }
    set(at, layout.integer.tag.present() ? layout.integer.tag : layout.var_object.size_field,
        layout.integer.tag.present() ? digits << 3U : digits);
    return at;
  }

  // A dict of at most eight entries with a table of its own.
  Address dict(const std::vector<std::pair<Address, Address>>& entries) {
    const Address at = object(dict_type);
    Address table = 0;
    if (layout.dict.table.present()) {
      table = allocate(std::size_t{8} * 24);
      set(at, layout.dict.table, table);
      set(at, layout.dict.mask, std::uint64_t{7});
    } else {
      const Address keys = allocate(512);
      set(at, layout.dict.keys, keys);
      set(keys, layout.dict_keys.size_field, std::uint64_t{8});
      set(keys, layout.dict_keys.log2_size, std::uint8_t{3});
      set(keys, layout.dict_keys.log2_index_bytes, std::uint8_t{3});
      set(keys, layout.dict_keys.nentries, std::uint64_t{entries.size()});
      table = keys + layout.dict_keys.indices.value() + 8;
      last_keys = keys;
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      memory.put(table + i * 24 + 8, entries[i].first);
      memory.put(table + i * 24 + 16, entries[i].second);
    }
    set(at, layout.dict.used, std::uint64_t{entries.size()});
    return at;
  }

  // An instance with a __dict__ of its own.
  Address instance(Address instance_dict) {
    const Address of = type("Thread");
    set(of, layout.type.dictoffset, std::int64_t{128});
    const Address at = object(of);
    memory.put(at + 128, instance_dict);
    return at;
  }

  Address module(Address module_dict) {
    const Address at = object(type("module"));
    set(at, layout.module.dict, module_dict);
    return at;
  }

  Address code(std::string_view name, std::string_view file, std::int32_t first_line, std::string_view table = {}) {
    const Address at = object(code_type, 1024);
    set(at, layout.code.name, text(name));
    set(at, layout.code.qualname, text(name));
    set(at, layout.code.filename, text(file));
    set(at, layout.code.firstlineno, first_line);
    set(at, layout.code.linetable, bytes(table));
    if (layout.code.code_adaptive.present()) {
      set(at, layout.var_object.size_field, std::uint64_t{32});  // instructions of two bytes
    }
    return at;
  }

  // A frame that runs `running` at byte 4 of its instructions, called by `caller` (0: by nobody).
  Address frame(Address running, Address caller) {
    if (!light_frames()) {
      const Address at = object(type_type, 640);
      set(at, layout.frame_object.back, caller);
      set(at, layout.frame_object.code, running);
      set(at, layout.frame_object.lasti, std::int32_t{layout.version.minor >= 10 ? 2 : 4});
      return at;
    }
    const Address at = allocate(256);
    if (caller == 0 && has_shims()) {
      caller = shim();
    }
    set(at, layout.frame.previous, caller);
    set(at, layout.frame.executable, running);
    set(at, layout.frame.instr_ptr, running + layout.code.code_adaptive.value() + 4);
    set(at, layout.frame.is_entry, static_cast<std::uint8_t>(caller == 0));
    return at;
  }

  Address shim() {
    base_frame = allocate(256);
    set(base_frame, layout.frame.owner, std::uint8_t{3});
    return base_frame;
  }

  // A thread state whose innermost frame is `top` (0: none), not yet linked into anything.
  Address thread(Address interpreter, Address top, std::uint64_t ident) {
    const Address at = allocate(std::max<std::size_t>(layout.thread.size, 64));
    set(at, layout.thread.interp, interpreter);
    set(at, layout.thread.thread_id, ident);
    set(at, layout.thread.native_thread_id, ident + 1);
    set(at, layout.thread.base_frame, base_frame);
    set_top(at, top);
    return at;
  }

  void set_top(Address at, Address top) {
    set(at, layout.thread.frame, top);
    set(at, layout.thread.current_frame, top);
    if (light_frames() && !layout.thread.current_frame.present()) {
      const Address cframe = allocate(64);
      set(cframe, layout.cframe.current_frame, top);
      set(at, layout.thread.cframe, cframe);
    }
  }

  // Links thread states into the interpreter, newest first.
  void link(Address interpreter, const std::vector<Address>& threads) {
    set(interpreter, layout.interpreter.threads_head, threads.empty() ? Address{0} : threads.front());
    for (std::size_t i = 0; i < threads.size(); ++i) {
      set(threads[i], layout.thread.next, i + 1 < threads.size() ? threads[i + 1] : Address{0});
      set(threads[i], layout.thread.prev, i > 0 ? threads[i - 1] : Address{0});
    }
  }

  // The global state with `interpreter` as its only one.
  cpython::Runtime runtime(Address interpreter) {
    cpython::Runtime found{.version = layout.version, .build = layout.build, .layout = layout, .code_type = code_type};
    if (layout.runtime.interpreters_head.present()) {
      found.runtime = allocate(layout.runtime.size);
      set(found.runtime, layout.runtime.interpreters_head, interpreter);
      set(found.runtime, layout.runtime.interpreters_main, interpreter);
      set(found.runtime, layout.runtime.initialized, std::int32_t{1});
      found.interpreters_head_at = found.runtime + layout.runtime.interpreters_head.value();
    } else {
      found.interpreters_head_at = allocate(64);
      memory.put(found.interpreters_head_at, interpreter);
    }
    return found;
  }

  Address interpreter() { return allocate(std::max<std::size_t>(layout.interpreter.size, 64)); }

  [[nodiscard]] bool light_frames() const { return layout.version >= cpython::PythonVersion{3, 11, 0}; }
  [[nodiscard]] bool has_shims() const { return layout.version >= cpython::PythonVersion{3, 12, 0}; }

  FakeMemory memory;
  const cpython::Layout& layout;
  Address type_type = 0;
  Address code_type = 0;
  Address text_type = 0;
  Address dict_type = 0;
  Address integer_type = 0;
  Address tuple_type = 0;
  Address list_type = 0;
  Address cell_type = 0;
  Address last_keys = 0;                                // of the dict made last
  Address base_frame = 0;                               // the shim made last
  std::vector<std::pair<Address, std::size_t>> pieces;  // everything that was allocated

 private:
  Address next_ = 0x10000;
};

inline std::string layout_name(const cpython::Layout& layout) {
  return "Python" + std::to_string(layout.version.major) + "_" + std::to_string(layout.version.minor) +
         (layout.build.debug ? "_debug" : "") + (layout.build.free_threaded ? "_free_threaded" : "");
}

}  // namespace stillframe::testing
