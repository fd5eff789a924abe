// clang-format off
// CPython 3.13. Made by: tools/make_layouts.py 3.13=libpython3.13.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_13 = {
    .version = {.major = 3, .minor = 13},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 283320, .interpreters_head = 632, .interpreters_main = 640, .main_interpreter = 88352, .finalizing = 608, .core_initialized = 596, .initialized = 600, .stop_the_world = 10336},
    .gil = {.size = 208, .locked = 16, .last_holder = 8},
    .interpreter = {.size = 194968, .next = 7264, .id = 7272, .threads_head = 7344, .modules = 7656, .sysdict = 7640, .finalizing = 7384, .gc_collecting = 7600, .gil = 16, .stop_the_world = 10728},
    .thread = {.size = 304, .prev = 0, .next = 8, .interp = 16, .current_frame = 72, .thread_id = 152, .native_thread_id = 160, .status = 32, .state = 40, .eval_breaker = 24, .datastack_chunk = 232, .datastack_top = 240, .current_exception = 112, .exc_info = 120, .recursion_remaining = 44, .recursion_limit = 48},
    .cframe = {.size = 0},
    .frame_object = {.size = 72, .back = 16, .lineno = 40, .trace = 32, .frame = 24},
    .frame = {.size = 80, .executable = 0, .globals = 24, .previous = 8, .instr_ptr = 56, .owner = 70, .stacktop = 64, .localsplus = 72, .frame_obj = 48},
    .code = {.size = 208, .filename = 112, .name = 120, .qualname = 128, .firstlineno = 68, .linetable = 136, .flags = 48, .code_adaptive = 200, .firsttraceable = 184, .argcount = 52, .posonlyargcount = 56, .kwonlyargcount = 60, .nlocals = 80, .localsplusnames = 96, .localspluskinds = 104},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 416, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 928, .cached_keys = 880},
    .unicode = {.size = 64, .length = 16, .state = 32, .data = 56, .utf8 = 48, .utf8_length = 40},
    .ascii = {.size = 40},
    .compact = {.size = 56},
    .bytes = {.size = 40, .data = 32},
    .list = {.size = 40, .items = 24, .allocated = 32},
    .tuple = {.size = 32, .items = 24},
    .integer = {.size = 32, .tag = 16, .digits = 24},
    .small_integer = {.size = 0},
    .floating = {.size = 24, .value = 16},
    .module = {.size = 56, .dict = 16},
    .dict = {.size = 48, .used = 16, .keys = 32, .values = 40},
    .dict_keys = {.size = 32, .log2_size = 8, .log2_index_bytes = 9, .kind = 10, .nentries = 24, .indices = 32},
    .dict_values = {.size = 16, .capacity = 0, .size_field = 1, .embedded = 2, .values = 8},
    .generator = {.size = 80, .frame = 72, .state = 67},
    .debug_offsets = {.size = 584, .runtime_size = 24, .runtime_finalizing = 32, .runtime_interpreters_head = 40, .interpreter_size = 48, .interpreter_id = 56, .interpreter_next = 64, .interpreter_threads_head = 72, .interpreter_modules = 88, .interpreter_sysdict = 96, .interpreter_gil = 112, .thread_size = 152, .thread_prev = 160, .thread_next = 168, .thread_interp = 176, .thread_current_frame = 184, .thread_thread_id = 192, .thread_native_thread_id = 200, .thread_datastack_chunk = 208, .thread_status = 216, .frame_size = 224, .frame_previous = 232, .frame_executable = 240, .frame_instr_ptr = 248, .frame_localsplus = 256, .frame_owner = 264, .code_size = 272, .code_filename = 280, .code_name = 288, .code_qualname = 296, .code_linetable = 304, .code_firstlineno = 312, .code_argcount = 320, .code_localsplusnames = 328, .code_localspluskinds = 336, .code_code_adaptive = 344, .object_size = 352, .object_type = 360, .type_size = 368, .type_name = 376, .type_flags = 392, .tuple_size = 400, .tuple_items = 408, .list_size = 424, .list_items = 432, .dict_size = 448, .dict_keys = 456, .dict_values = 464, .floating_size = 472, .floating_value = 480, .integer_size = 488, .integer_tag = 496, .integer_digits = 504, .bytes_size = 512, .bytes_data = 528, .unicode_size = 536, .unicode_state = 544, .unicode_length = 552, .ascii_size = 560, .interpreter_gc = 80, .gc_collecting = 576, .gil_state = 120, .gil_locked = 136, .gil_holder = 144},
};

}  // namespace stillframe::cpython::layouts
