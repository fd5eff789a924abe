// clang-format off
// CPython 3.10. Made by: tools/make_layouts.py 3.10=libpython3.10.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_10 = {
    .version = {.major = 3, .minor = 10},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 672, .interpreters_head = 32, .interpreters_main = 40, .finalizing = 16, .core_initialized = 8, .initialized = 12, .tstate_current = 568, .gil = 352},
    .gil = {.size = 208, .locked = 16, .last_holder = 8},
    .interpreter = {.size = 113528, .next = 0, .id = 24, .threads_head = 8, .modules = 856, .sysdict = 872, .finalizing = 56, .gc_collecting = 816, .gil_drop_request = 72},
    .thread = {.size = 280, .prev = 0, .next = 8, .interp = 16, .frame = 24, .cframe = 48, .thread_id = 176, .current_exception = 96, .exc_info = 144},
    .cframe = {.size = 16, .previous = 8},
    .frame_object = {.size = 360, .back = 24, .code = 32, .globals = 48, .lasti = 96, .lineno = 100, .trace = 72, .state = 108, .localsplus = 352},
    .frame = {.size = 0},
    .code = {.size = 176, .filename = 104, .name = 112, .firstlineno = 40, .linetable = 120, .flags = 36, .code = 48, .argcount = 16, .posonlyargcount = 20, .kwonlyargcount = 24, .nlocals = 28, .varnames = 72, .cellvars = 88, .freevars = 80},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 408, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 888, .cached_keys = 872},
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
    .dict_keys = {.size = 40, .size_field = 8, .nentries = 32, .indices = 40},
    .dict_values = {.size = 0},
    .generator = {.size = 88},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
