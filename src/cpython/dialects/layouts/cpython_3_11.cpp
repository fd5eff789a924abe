// clang-format off
// CPython 3.11. Made by: tools/make_layouts.py 3.11=libpython3.11.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_11 = {
    .version = {.major = 3, .minor = 11},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 166688, .interpreters_head = 40, .interpreters_main = 48, .main_interpreter = 58936, .finalizing = 24, .core_initialized = 12, .initialized = 16, .tstate_current = 576, .gil = 360},
    .gil = {.size = 208, .locked = 16, .last_holder = 8},
    .interpreter = {.size = 107752, .next = 0, .id = 48, .threads_head = 16, .modules = 888, .sysdict = 904, .finalizing = 84, .gc_collecting = 848, .gil_drop_request = 104},
    .thread = {.size = 360, .prev = 0, .next = 8, .interp = 16, .cframe = 56, .thread_id = 152, .native_thread_id = 160, .datastack_chunk = 296, .datastack_top = 304, .current_exception = 104, .exc_info = 120},
    .cframe = {.size = 24, .current_frame = 8, .previous = 16},
    .frame_object = {.size = 56, .back = 16, .lineno = 40, .trace = 32, .frame = 24},
    .frame = {.size = 80, .executable = 32, .globals = 8, .previous = 48, .instr_ptr = 56, .is_entry = 68, .owner = 69, .stacktop = 64, .localsplus = 72, .frame_obj = 40},
    .code = {.size = 192, .filename = 112, .name = 120, .qualname = 128, .firstlineno = 72, .linetable = 136, .flags = 48, .code_adaptive = 184, .firsttraceable = 168, .argcount = 56, .posonlyargcount = 60, .kwonlyargcount = 64, .nlocals = 80, .localsplusnames = 96, .localspluskinds = 104},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 408, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 904, .cached_keys = 872},
    .unicode = {.size = 80, .length = 16, .state = 32, .data = 72, .utf8 = 56, .utf8_length = 48},
    .ascii = {.size = 48},
    .compact = {.size = 72},
    .bytes = {.size = 40, .data = 32},
    .list = {.size = 40, .items = 24, .allocated = 32},
    .tuple = {.size = 32, .items = 24},
    .integer = {.size = 32, .digits = 24},
    .small_integer = {.size = 0},
    .floating = {.size = 24, .value = 16},
    .module = {.size = 56, .dict = 16},
    .dict = {.size = 48, .used = 16, .keys = 32, .values = 40},
    .dict_keys = {.size = 32, .log2_size = 8, .log2_index_bytes = 9, .kind = 10, .nentries = 24, .indices = 32},
    .dict_values = {.size = 8, .values = 0},
    .generator = {.size = 88, .frame = 80, .state = 75},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
