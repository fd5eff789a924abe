// clang-format off
// CPython 3.12. Made by: tools/make_layouts.py 3.12=libpython3.12.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_12 = {
    .version = {.major = 3, .minor = 12},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 459944, .interpreters_head = 40, .interpreters_main = 48, .main_interpreter = 76392, .finalizing = 24, .core_initialized = 12, .initialized = 16},
    .gil = {.size = 208, .locked = 16, .last_holder = 8},
    .interpreter = {.size = 383552, .next = 0, .id = 8, .threads_head = 72, .modules = 944, .sysdict = 352, .finalizing = 104, .gc_collecting = 312, .gil = 384, .gil_drop_request = 372},
    .thread = {.size = 288, .prev = 0, .next = 8, .interp = 16, .cframe = 56, .thread_id = 136, .native_thread_id = 144, .status = 24, .datastack_chunk = 232, .datastack_top = 240, .current_exception = 96, .exc_info = 104, .recursion_remaining = 28, .recursion_limit = 32},
    .cframe = {.size = 16, .current_frame = 0, .previous = 8},
    .frame_object = {.size = 56, .back = 16, .lineno = 40, .trace = 32, .frame = 24},
    .frame = {.size = 80, .executable = 0, .globals = 24, .previous = 8, .instr_ptr = 56, .owner = 70, .stacktop = 64, .localsplus = 72, .frame_obj = 48},
    .code = {.size = 200, .filename = 112, .name = 120, .qualname = 128, .firstlineno = 68, .linetable = 136, .flags = 48, .code_adaptive = 192, .firsttraceable = 176, .argcount = 52, .posonlyargcount = 56, .kwonlyargcount = 60, .nlocals = 80, .localsplusnames = 96, .localspluskinds = 104},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 416, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 920, .cached_keys = 880},
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
    .dict_values = {.size = 8, .values = 0},
    .generator = {.size = 80, .frame = 72, .state = 67},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
