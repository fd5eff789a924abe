// clang-format off
// CPython 3.14-free-threaded. Made by: tools/make_layouts.py 3.14-free-threaded=python3.14t
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_14_free_threaded = {
    .version = {.major = 3, .minor = 14},
    .build = {.debug = false, .free_threaded = true},
    .runtime = {.size = 362368, .interpreters_head = 808, .interpreters_main = 816, .main_interpreter = 115648, .finalizing = 784, .core_initialized = 772, .initialized = 776, .stop_the_world = 10552},
    .gil = {.size = 216, .locked = 24, .last_holder = 16},
    .interpreter = {.size = 246720, .next = 7272, .id = 7280, .threads_head = 7344, .modules = 7712, .sysdict = 7696, .finalizing = 7392, .gc_collecting = 7600, .gil = 16, .stop_the_world = 10848},
    .thread = {.size = 832, .prev = 0, .next = 8, .interp = 16, .current_frame = 72, .thread_id = 152, .native_thread_id = 160, .status = 32, .state = 44, .holds_gil = 36, .eval_breaker = 24, .datastack_chunk = 232, .datastack_top = 240, .current_exception = 112, .exc_info = 120, .recursion_remaining = 48, .recursion_limit = 52},
    .cframe = {.size = 0},
    .frame_object = {.size = 96, .back = 32, .lineno = 56, .trace = 48, .frame = 40},
    .frame = {.size = 88, .executable = 0, .globals = 24, .previous = 8, .instr_ptr = 56, .owner = 78, .stacktop = 64, .tlbc_index = 72, .localsplus = 80, .frame_obj = 48},
    .code = {.size = 240, .filename = 128, .name = 136, .qualname = 144, .firstlineno = 84, .linetable = 152, .flags = 64, .code_adaptive = 232, .firsttraceable = 208, .tlbc = 224, .argcount = 68, .posonlyargcount = 72, .kwonlyargcount = 76, .nlocals = 96, .localsplusnames = 112, .localspluskinds = 120},
    .object = {.size = 32, .type = 24},
    .var_object = {.size = 40, .size_field = 32},
    .type = {.size = 432, .name = 40, .basicsize = 48, .itemsize = 56, .flags = 184, .dictoffset = 304, .base = 272, .dict = 280, .mro = 360},
    .heap_type = {.size = 960, .cached_keys = 896},
    .unicode = {.size = 80, .length = 32, .state = 48, .data = 72, .utf8 = 64, .utf8_length = 56},
    .ascii = {.size = 56},
    .compact = {.size = 72},
    .bytes = {.size = 56, .data = 48},
    .list = {.size = 56, .items = 40, .allocated = 48},
    .tuple = {.size = 56, .items = 48},
    .integer = {.size = 48, .tag = 32, .digits = 40},
    .small_integer = {.size = 0},
    .floating = {.size = 40, .value = 32},
    .module = {.size = 80, .dict = 32},
    .dict = {.size = 64, .used = 32, .keys = 48, .values = 56},
    .dict_keys = {.size = 32, .log2_size = 8, .log2_index_bytes = 9, .kind = 10, .nentries = 24, .indices = 32},
    .dict_values = {.size = 16, .capacity = 0, .size_field = 1, .embedded = 2, .values = 8},
    .generator = {.size = 176, .frame = 88, .state = 83},
    .debug_offsets = {.size = 760, .runtime_size = 24, .runtime_finalizing = 32, .runtime_interpreters_head = 40, .interpreter_size = 48, .interpreter_id = 56, .interpreter_next = 64, .interpreter_threads_head = 72, .interpreter_modules = 96, .interpreter_sysdict = 104, .interpreter_gil = 120, .thread_size = 176, .thread_prev = 184, .thread_next = 192, .thread_interp = 200, .thread_current_frame = 208, .thread_thread_id = 216, .thread_native_thread_id = 224, .thread_datastack_chunk = 232, .thread_status = 240, .frame_size = 248, .frame_previous = 256, .frame_executable = 264, .frame_instr_ptr = 272, .frame_localsplus = 280, .frame_owner = 288, .frame_stacktop = 296, .frame_tlbc_index = 304, .code_size = 312, .code_filename = 320, .code_name = 328, .code_qualname = 336, .code_linetable = 344, .code_firstlineno = 352, .code_argcount = 360, .code_localsplusnames = 368, .code_localspluskinds = 376, .code_code_adaptive = 384, .code_tlbc = 392, .object_size = 400, .object_type = 408, .type_size = 416, .type_name = 424, .type_flags = 440, .tuple_size = 448, .tuple_items = 456, .list_size = 472, .list_items = 480, .dict_size = 528, .dict_keys = 536, .dict_values = 544, .floating_size = 552, .floating_value = 560, .integer_size = 568, .integer_tag = 576, .integer_digits = 584, .bytes_size = 592, .bytes_data = 608, .unicode_size = 616, .unicode_state = 624, .unicode_length = 632, .generator_size = 664, .generator_frame = 680, .generator_state = 688, .ascii_size = 640, .interpreter_gc = 88, .gc_collecting = 656, .gil_state = 128, .gil_locked = 144, .gil_holder = 152, .eval_breaker = 712},
};

}  // namespace stillframe::cpython::layouts
