// clang-format off
// CPython 3.13-free-threaded. Made by: tools/make_layouts.py 3.13-free-threaded=python3.13t
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_13_free_threaded = {
    .version = {.major = 3, .minor = 13},
    .build = {.debug = false, .free_threaded = true},
    .runtime = {.size = 328320, .interpreters_head = 632, .interpreters_main = 640, .main_interpreter = 112704, .finalizing = 608, .core_initialized = 596, .initialized = 600, .stop_the_world = 10336},
    .gil = {.size = 216, .locked = 24, .last_holder = 16},
    .interpreter = {.size = 215616, .next = 7264, .id = 7272, .threads_head = 7344, .modules = 7664, .sysdict = 7648, .finalizing = 7384, .gc_collecting = 7600, .gil = 16, .stop_the_world = 10744},
    .thread = {.size = 304, .prev = 0, .next = 8, .interp = 16, .current_frame = 72, .thread_id = 152, .native_thread_id = 160, .status = 32, .state = 40, .eval_breaker = 24, .datastack_chunk = 232, .datastack_top = 240, .current_exception = 112, .exc_info = 120, .recursion_remaining = 44, .recursion_limit = 48},
    .cframe = {.size = 0},
    .frame_object = {.size = 88, .back = 32, .lineno = 56, .trace = 48, .frame = 40},
    .frame = {.size = 80, .executable = 0, .globals = 24, .previous = 8, .instr_ptr = 56, .owner = 70, .stacktop = 64, .localsplus = 72, .frame_obj = 48},
    .code = {.size = 224, .filename = 128, .name = 136, .qualname = 144, .firstlineno = 84, .linetable = 152, .flags = 64, .code_adaptive = 216, .firsttraceable = 200, .argcount = 68, .posonlyargcount = 72, .kwonlyargcount = 76, .nlocals = 96, .localsplusnames = 112, .localspluskinds = 120},
    .object = {.size = 32, .type = 24},
    .var_object = {.size = 40, .size_field = 32},
    .type = {.size = 432, .name = 40, .basicsize = 48, .itemsize = 56, .flags = 184, .dictoffset = 304, .base = 272, .dict = 280, .mro = 360},
    .heap_type = {.size = 944, .cached_keys = 896},
    .unicode = {.size = 80, .length = 32, .state = 48, .data = 72, .utf8 = 64, .utf8_length = 56},
    .ascii = {.size = 56},
    .compact = {.size = 72},
    .bytes = {.size = 56, .data = 48},
    .list = {.size = 56, .items = 40, .allocated = 48},
    .tuple = {.size = 48, .items = 40},
    .integer = {.size = 48, .tag = 32, .digits = 40},
    .small_integer = {.size = 0},
    .floating = {.size = 40, .value = 32},
    .module = {.size = 80, .dict = 32},
    .dict = {.size = 64, .used = 32, .keys = 48, .values = 56},
    .dict_keys = {.size = 32, .log2_size = 8, .log2_index_bytes = 9, .kind = 10, .nentries = 24, .indices = 32},
    .dict_values = {.size = 16, .capacity = 0, .size_field = 1, .embedded = 2, .values = 8},
    .generator = {.size = 96, .frame = 88, .state = 83},
    .debug_offsets = {.size = 584, .runtime_size = 24, .runtime_finalizing = 32, .runtime_interpreters_head = 40, .interpreter_size = 48, .interpreter_id = 56, .interpreter_next = 64, .interpreter_threads_head = 72, .interpreter_modules = 88, .interpreter_sysdict = 96, .interpreter_gil = 112, .thread_size = 152, .thread_prev = 160, .thread_next = 168, .thread_interp = 176, .thread_current_frame = 184, .thread_thread_id = 192, .thread_native_thread_id = 200, .thread_datastack_chunk = 208, .thread_status = 216, .frame_size = 224, .frame_previous = 232, .frame_executable = 240, .frame_instr_ptr = 248, .frame_localsplus = 256, .frame_owner = 264, .code_size = 272, .code_filename = 280, .code_name = 288, .code_qualname = 296, .code_linetable = 304, .code_firstlineno = 312, .code_argcount = 320, .code_localsplusnames = 328, .code_localspluskinds = 336, .code_code_adaptive = 344, .object_size = 352, .object_type = 360, .type_size = 368, .type_name = 376, .type_flags = 392, .tuple_size = 400, .tuple_items = 408, .list_size = 424, .list_items = 432, .dict_size = 448, .dict_keys = 456, .dict_values = 464, .floating_size = 472, .floating_value = 480, .integer_size = 488, .integer_tag = 496, .integer_digits = 504, .bytes_size = 512, .bytes_data = 528, .unicode_size = 536, .unicode_state = 544, .unicode_length = 552, .ascii_size = 560, .interpreter_gc = 80, .gc_collecting = 576, .gil_state = 120, .gil_locked = 136, .gil_holder = 144},
};

}  // namespace stillframe::cpython::layouts
