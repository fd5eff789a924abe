#pragma once

#include "cpython/dialects/versions/cpython_2_7.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_6 = [] {
  Dialect d = cpython_2_7;
  // What 3.6 changed since 2.7.
  d.runtime.evaluation_loop = "_PyEval_EvalFrameDefault";  // Python/ceval.c, PEP 523
  d.frames.blocks_behind_lasti = 16;             // Include/frameobject.h: f_executing in front of f_blockstack
  d.code.line_table = LineTable::signed_lnotab;  // Objects/lnotab_notes.txt
  d.code.two_byte_instructions = true;           // Include/opcode.h
  d.code.extended_arg = 144;
  // _PyGenObject_HEAD in Include/genobject.h: frame, running, code, weakreflist, name, qualname.
  d.generators.word_of_qualified_name = 5;
  d.exceptions.chained = true;  // Include/pyerrors.h: dict, args, traceback, context, cause, suppress_context

  d.objects.text = TextFormat::maybe_not_ready;  // PEP 393, Include/unicodeobject.h
  d.objects.str_is_bytes = false;
  d.objects.two_integer_types = false;
  d.objects.classic_classes = false;
  // Include/funcobject.h: code, globals, defaults, kwdefaults, closure, doc, name, dict, weakreflist, module,
  // annotations, qualname.
  d.objects.function = {.code = 0, .name = 6, .qualified_name = 11, .closure = 4};
  d.objects.descriptors_have_qualified_name = true;  // Include/descrobject.h: d_type, d_name, d_qualname
  d.objects.subclasses_in_dict = true;               // Objects/typeobject.c, add_subclass()

  d.library.sets = SetFormat::key_then_hash;          // Include/setobject.h; Objects/setobject.c, set_discard_entry()
  d.library.deque_counts_itself = false;              // Modules/_collectionsmodule.c: BLOCKLEN 64
  d.library.memoryview_has_flags = true;              // Include/memoryobject.h: mbuf, hash, flags, exports, view
  d.library.bytes_io_holds_bytes = true;              // Modules/_io/bytesio.c
  d.library.string_io = StringIoWriter::accumulator;  // Modules/_io/stringio.c: _PyAccu
  d.library.string_io_closed = 17 + 8;                // state, two pointers, `ok`
  d.library.file_io.missing_first = 0;                // Modules/_io/fileio.c: `created`
  d.library.mmap_access = 48;                         // Modules/mmapmodule.c: exports, weakreflist
  d.library.timeout_is_double = false;                // Modules/socketmodule.h: _PyTime_t
  d.library.datetimes_fold = true;                    // PEP 495, Include/datetime.h
  d.library.ordered_dict_in_python = false;           // Objects/odictobject.c

  d.sync.lock_is_semaphore_alone = false;  // Modules/_threadmodule.c: lock_lock, in_weakreflist, locked
  d.sync.thread_names_mangled = false;     // Lib/threading.py

  d.reprs.sets_in_brackets = false;
  d.reprs.named_tuple_names_maker = false;
  d.reprs.mapping_proxy = "mappingproxy";
  d.reprs.bound_methods_name_class = false;
  d.reprs.static_types_are_types = false;
  d.reprs.modules_have_specs = true;      // PEP 451
  d.reprs.files_tell_close_fd = true;     // Modules/_io/fileio.c, fileio_repr()
  d.reprs.text_files_tell_mode = true;    // Modules/_io/textio.c, textiowrapper_repr()
  d.reprs.socket_class_in_python = true;  // Lib/socket.py, socket.__repr__()
  d.reprs.socket_protocol = "proto";      // Modules/socketmodule.c, sock_repr()
  return d;
}();

}  // namespace stillframe::cpython::dialects
