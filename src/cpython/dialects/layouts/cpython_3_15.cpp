// clang-format off
// CPython 3.15. Made by: tools/make_layouts.py 3.15=1ac9e28ff414f10df5da23fb051683a7b4adcf.debug
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_15 = {
    .version = {.major = 3, .minor = 15},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 346568, .interpreters_head = 936, .interpreters_main = 944, .main_interpreter = 120328, .finalizing = 912, .core_initialized = 900, .initialized = 904, .stop_the_world = 10672},
    .gil = {.size = 208, .locked = 16, .last_holder = 8},
    .interpreter = {.size = 226240, .next = 7264, .id = 7272, .threads_head = 7336, .modules = 7592, .sysdict = 7576, .finalizing = 7384, .gc_collecting = 7512, .gil = 16, .stop_the_world = 10776},
    .thread = {.size = 888, .prev = 0, .next = 8, .interp = 16, .current_frame = 72, .base_frame = 80, .thread_id = 176, .native_thread_id = 184, .status = 32, .state = 48, .holds_gil = 36, .gil_requested = 40, .eval_breaker = 24, .datastack_chunk = 256, .datastack_top = 264, .current_exception = 136, .exc_info = 144, .recursion_remaining = 52, .recursion_limit = 56},
    .cframe = {.size = 0},
    .frame_object = {.size = 80, .back = 16, .lineno = 40, .trace = 32, .frame = 24},
    .frame = {.size = 88, .executable = 0, .globals = 24, .previous = 8, .instr_ptr = 56, .owner = 74, .stacktop = 64, .localsplus = 80, .frame_obj = 48},
    .code = {.size = 216, .filename = 112, .name = 120, .qualname = 128, .firstlineno = 68, .linetable = 136, .flags = 48, .code_adaptive = 208, .firsttraceable = 192, .argcount = 52, .posonlyargcount = 56, .kwonlyargcount = 60, .nlocals = 80, .localsplusnames = 96, .localspluskinds = 104},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 424, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 944, .cached_keys = 888},
    .unicode = {.size = 64, .length = 16, .state = 32, .data = 56, .utf8 = 48, .utf8_length = 40},
    .ascii = {.size = 40},
    .compact = {.size = 56},
    .bytes = {.size = 40, .data = 32},
    .list = {.size = 40, .items = 24, .allocated = 32},
    .tuple = {.size = 40, .items = 32},
    .integer = {.size = 32, .tag = 16, .digits = 24},
    .small_integer = {.size = 0},
    .floating = {.size = 24, .value = 16},
    .module = {.size = 104, .dict = 16},
    .dict = {.size = 48, .used = 16, .keys = 32, .values = 40},
    .dict_keys = {.size = 32, .log2_size = 8, .log2_index_bytes = 9, .kind = 10, .nentries = 24, .indices = 32},
    .dict_values = {.size = 16, .capacity = 0, .size_field = 1, .embedded = 2, .values = 8},
    .generator = {.size = 160, .frame = 72, .state = 67},
    .debug_offsets = {.size = 888, .runtime_size = 24, .runtime_finalizing = 32, .runtime_interpreters_head = 40, .interpreter_size = 48, .interpreter_id = 56, .interpreter_next = 64, .interpreter_threads_head = 72, .interpreter_modules = 96, .interpreter_sysdict = 104, .interpreter_gil = 120, .thread_size = 176, .thread_prev = 184, .thread_next = 192, .thread_interp = 200, .thread_current_frame = 208, .thread_base_frame = 216, .thread_thread_id = 240, .thread_native_thread_id = 248, .thread_datastack_chunk = 256, .thread_status = 264, .thread_holds_gil = 272, .thread_gil_requested = 280, .thread_current_exception = 288, .frame_size = 312, .frame_previous = 320, .frame_executable = 328, .frame_instr_ptr = 336, .frame_localsplus = 344, .frame_owner = 352, .frame_stacktop = 360, .frame_tlbc_index = 368, .code_size = 376, .code_filename = 384, .code_name = 392, .code_qualname = 400, .code_linetable = 408, .code_firstlineno = 416, .code_argcount = 424, .code_localsplusnames = 432, .code_localspluskinds = 440, .code_code_adaptive = 448, .code_tlbc = 456, .object_size = 464, .object_type = 472, .type_size = 480, .type_name = 488, .type_flags = 504, .type_basicsize = 512, .type_dictoffset = 520, .heap_type_size = 528, .heap_type_cached_keys = 536, .tuple_size = 544, .tuple_items = 552, .list_size = 568, .list_items = 576, .dict_size = 624, .dict_keys = 632, .dict_values = 640, .floating_size = 648, .floating_value = 656, .integer_size = 664, .integer_tag = 672, .integer_digits = 680, .bytes_size = 688, .bytes_data = 704, .unicode_size = 712, .unicode_state = 720, .unicode_length = 728, .generator_size = 792, .generator_frame = 808, .generator_state = 816, .ascii_size = 736, .compact_size = 744, .interpreter_gc = 88, .gc_collecting = 760, .gil_state = 128, .gil_locked = 144, .gil_holder = 152, .eval_breaker = 840},
};

}  // namespace stillframe::cpython::layouts
