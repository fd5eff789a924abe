// clang-format off
// CPython 3.14. Made by: tools/make_layouts.py 3.14=cda113240f3ba4c016991793a62dc0cfe01613.debug
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_14 = {
    .version = {.major = 3, .minor = 14},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 316616, .interpreters_head = 808, .interpreters_main = 816, .main_interpreter = 90752, .finalizing = 784, .core_initialized = 772, .initialized = 776, .stop_the_world = 10552},
    .gil = {.size = 208, .locked = 16, .last_holder = 8},
    .interpreter = {.size = 225864, .next = 7272, .id = 7280, .threads_head = 7344, .modules = 7688, .sysdict = 7672, .finalizing = 7392, .gc_collecting = 7600, .gil = 16, .stop_the_world = 10800},
    .thread = {.size = 832, .prev = 0, .next = 8, .interp = 16, .current_frame = 72, .thread_id = 152, .native_thread_id = 160, .status = 32, .state = 44, .holds_gil = 36, .eval_breaker = 24, .datastack_chunk = 232, .datastack_top = 240, .current_exception = 112, .exc_info = 120, .recursion_remaining = 48, .recursion_limit = 52},
    .cframe = {.size = 0},
    .frame_object = {.size = 80, .back = 16, .lineno = 40, .trace = 32, .frame = 24},
    .frame = {.size = 88, .executable = 0, .globals = 24, .previous = 8, .instr_ptr = 56, .owner = 74, .stacktop = 64, .localsplus = 80, .frame_obj = 48},
    .code = {.size = 216, .filename = 112, .name = 120, .qualname = 128, .firstlineno = 68, .linetable = 136, .flags = 48, .code_adaptive = 208, .firsttraceable = 192, .argcount = 52, .posonlyargcount = 56, .kwonlyargcount = 60, .nlocals = 80, .localsplusnames = 96, .localspluskinds = 104},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 416, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 936, .cached_keys = 880},
    .unicode = {.size = 64, .length = 16, .state = 32, .data = 56, .utf8 = 48, .utf8_length = 40},
    .ascii = {.size = 40},
    .compact = {.size = 56},
    .bytes = {.size = 40, .data = 32},
    .list = {.size = 40, .items = 24, .allocated = 32},
    .tuple = {.size = 40, .items = 32},
    .integer = {.size = 32, .tag = 16, .digits = 24},
    .small_integer = {.size = 0},
    .floating = {.size = 24, .value = 16},
    .module = {.size = 56, .dict = 16},
    .dict = {.size = 48, .used = 16, .keys = 32, .values = 40},
    .dict_keys = {.size = 32, .log2_size = 8, .log2_index_bytes = 9, .kind = 10, .nentries = 24, .indices = 32},
    .dict_values = {.size = 16, .capacity = 0, .size_field = 1, .embedded = 2, .values = 8},
    .generator = {.size = 160, .frame = 72, .state = 67},
    .debug_offsets = {.size = 760, .runtime_size = 24, .runtime_finalizing = 32, .runtime_interpreters_head = 40, .interpreter_size = 48, .interpreter_id = 56, .interpreter_next = 64, .interpreter_threads_head = 72, .interpreter_modules = 96, .interpreter_sysdict = 104, .interpreter_gil = 120, .thread_size = 176, .thread_prev = 184, .thread_next = 192, .thread_interp = 200, .thread_current_frame = 208, .thread_thread_id = 216, .thread_native_thread_id = 224, .thread_datastack_chunk = 232, .thread_status = 240, .frame_size = 248, .frame_previous = 256, .frame_executable = 264, .frame_instr_ptr = 272, .frame_localsplus = 280, .frame_owner = 288, .frame_stacktop = 296, .frame_tlbc_index = 304, .code_size = 312, .code_filename = 320, .code_name = 328, .code_qualname = 336, .code_linetable = 344, .code_firstlineno = 352, .code_argcount = 360, .code_localsplusnames = 368, .code_localspluskinds = 376, .code_code_adaptive = 384, .code_tlbc = 392, .object_size = 400, .object_type = 408, .type_size = 416, .type_name = 424, .type_flags = 440, .tuple_size = 448, .tuple_items = 456, .list_size = 472, .list_items = 480, .dict_size = 528, .dict_keys = 536, .dict_values = 544, .floating_size = 552, .floating_value = 560, .integer_size = 568, .integer_tag = 576, .integer_digits = 584, .bytes_size = 592, .bytes_data = 608, .unicode_size = 616, .unicode_state = 624, .unicode_length = 632, .generator_size = 664, .generator_frame = 680, .generator_state = 688, .ascii_size = 640, .interpreter_gc = 88, .gc_collecting = 656, .gil_state = 128, .gil_locked = 144, .gil_holder = 152, .eval_breaker = 712},
};

}  // namespace stillframe::cpython::layouts
