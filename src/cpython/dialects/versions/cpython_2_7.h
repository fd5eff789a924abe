// The oldest dialect, whole. Each later one says what it changed.
#pragma once

#include "cpython/dialects/dialect.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_2_7{
    .runtime = {.debug_offsets = false,
                // Python/ceval.c. Later a wrapper has that name.
                .evaluation_loop = "PyEval_EvalFrameEx"},
    .frames = {.interpreter_frames = false,
               .entry_mark = EntryMark::every_frame,
               .stack_top = StackTop::frame_object_address,  // Include/frameobject.h: f_valuestack, f_stacktop, f_trace
               .lasti_counts_units = false,
               .lineno_only_while_traced = false,
               .tagged_references = false,
               .blocks_behind_lasti = 12},              // Include/frameobject.h: f_lasti, f_lineno, f_iblock
    .code = {.line_table = LineTable::unsigned_lnotab,  // Objects/lnotab_notes.txt
             .exception_table = false,
             .names_before_exception_table = false,   // Include/code.h: co_names, co_varnames
             .stacksize_behind_keyword_only = false,  // Include/code.h: co_nlocals, co_stacksize
             .two_byte_instructions = false,
             .jumps_count_units = false,
             .extended_arg = 145,  // Include/opcode.h
             .with_except_start = 0,
             .with_keeps_method_and_self = false},
    .generators = {.state_home =
                       GeneratorStateHome::running_flag,  // Include/genobject.h: gi_frame, gi_running, gi_code
                   .states = {.not_started = 0, .executing = 0, .first_delegating = 0, .last_delegating = 0},
                   .delegation = Delegation::next_instruction,
                   .iterated_from_top = 1,
                   .word_of_qualified_name = 0,
                   .word_of_code = 2},
    .exceptions = {.chained = false,             // Include/pyerrors.h: dict, args, message
                   .traceback_in_thread = true,  // Include/pystate.h: curexc_type, curexc_value, curexc_traceback
                   .handled_exception = 1,       // from 3.7 on: exc_type, exc_value, exc_traceback, previous_item
                   .handled_previous = 3,
                   .word_of_traceback = 2},
    .objects = {.text = TextFormat::wide_array,  // Include/unicodeobject.h: length, str
                .str_is_bytes = true,
                .interned_has_byte_if_free_threaded = false,
                .two_integer_types = true,
                .classic_classes = true,  // Include/classobject.h
                .reference_counts = ReferenceCounts::whole_word,
                // Include/funcobject.h: code, globals, defaults, closure, doc, name
                .function = {.code = 0, .name = 5, .qualified_name = 5, .closure = 3},
                .descriptors_have_qualified_name = false,  // Include/descrobject.h: d_type, d_name
                .subclasses_in_dict = false},              // Objects/typeobject.c, add_subclass()
    .dicts = {.managed = ManagedAttributesFormat::none,
              .values_keep_order = false,
              .found_by_hash = false,
              .one_round_hash = false},
    .library = {.sets = SetFormat::hash_then_key,   // Include/setobject.h; Objects/setobject.c: "<dummy key>"
                .deque_counts_itself = true,        // Modules/_collectionsmodule.c: BLOCKLEN 62
                .memoryview_has_flags = false,      // Include/memoryobject.h: base, view
                .bytes_io_holds_bytes = false,      // Modules/_io/bytesio.c
                .string_io = StringIoWriter::none,  // Modules/_io/stringio.c
                .string_io_closed = 1,
                .file_io = {.missing_first = 1, .truncated = 0, .close_fd = 64},  // Modules/_io/fileio.c
                .mmap_access = 36,          // Modules/mmapmodule.c: data, size, pos, offset, fd, access
                .timeout_is_double = true,  // Modules/socketmodule.h
                // functools.lru_cache came with 3.2; these are 3.6's.
                .lru_cache = {.function = 2, .cache = 4, .hits = 7, .most = 0},
                .type_variable_flags = 5,  // typing.TypeVar in C came with 3.12
                .generic_alias_starred = false,
                .datetimes_fold = false,
                .ordered_dict_in_python = true,  // Lib/collections.py
                .queue_is_ring = false},
    .gil = {.home = GilHome::unknown,
            .drop_request = DropRequest::runtime,
            .collector_in_interpreter = false},  // Modules/gcmodule.c: a static variable
    .sync = {.parking_lot = false,
             .lock_is_semaphore_alone = true,  // Modules/threadmodule.c, Python/thread_pthread.h
             .thread_names_mangled = true},    // Lib/threading.py
    // asyncio came with 3.4; this is 3.6's: loop, callbacks, exception, result, source_tb, state …
    .tasks = {.future = {.first_callback = 0,
                         .callbacks = 1,
                         .exception = 2,
                         .result = 3,
                         .state = 5,
                         .waits_for = 9,
                         .coroutine = 10,
                         .name = 0,
                         .must_cancel = 11,
                         .bits_behind_state = 0,
                         .awaited_by = 0,
                         .callbacks_have_context = false},
              .sets = TaskSets::in_classes,
              .lists_in_threads = false},
    .reprs = {.bytearray_escapes_single_quotes = true,
              .containers_name_subclass = false,
              .sets_in_brackets = true,
              .ordered_dict_as_pairs = true,
              .namespaces_sorted = true,
              .named_tuple_names_maker = true,   // Lib/collections.py: the class's source has the name
              .mapping_proxy = "dict_proxy",     // Objects/descrobject.c
              .bound_methods_name_class = true,  // Objects/classobject.c, instancemethod_repr()
              .wrapped_functions_shown = false,
              .partial_names_module = false,
              .static_types_are_types = true,  // Objects/typeobject.c, type_repr()
              .modules_have_specs = false,     // Objects/moduleobject.c, module_repr()
              .loaders_tell_origin = true,
              .namespace_modules_tell_path = false,
              .enum_combinations_by_names = true,
              .global_enums = false,
              .flags_named = false,
              .regex_flags_by_names = false,
              .socket_enums_by_names = true,
              .exception_drops_comma = false,
              .timedelta_by_keywords = false,
              .zone_info_names_module = false,
              .asyncio_comma_with_space = false,
              .frame = "<frame object",
              .weak_proxy_quotes_type = false,
              .files_tell_close_fd = false,     // Modules/_io/fileio.c, fileio_repr()
              .text_files_tell_mode = false,    // Modules/_io/textio.c, textiowrapper_repr()
              .socket_class_in_python = false,  // Modules/socketmodule.c, sock_repr()
              .socket_protocol = "protocol"},
};

}  // namespace stillframe::cpython::dialects
