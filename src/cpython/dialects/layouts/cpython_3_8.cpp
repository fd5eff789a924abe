// clang-format off
// CPython 3.8. Made by: tools/make_layouts.py 3.8=libpython3.8.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_8 = {
    .version = {.major = 3, .minor = 8},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 1464, .interpreters_head = 32, .interpreters_main = 40, .finalizing = 16, .core_initialized = 8, .initialized = 12, .tstate_current = 1368, .gil = 1152, .gil_drop_request = 596, .gc_collecting = 544},
    .gil = {.size = 208, .locked = 16, .last_holder = 8},
    .interpreter = {.size = 2720, .next = 0, .id = 16, .threads_head = 8, .modules = 56, .sysdict = 72, .finalizing = 48},
    .thread = {.size = 264, .prev = 0, .next = 8, .interp = 16, .frame = 24, .thread_id = 176, .current_exception = 96, .exc_info = 144},
    .cframe = {.size = 0},
    .frame_object = {.size = 368, .back = 24, .code = 32, .globals = 48, .lasti = 104, .lineno = 108, .trace = 80, .localsplus = 360},
    .frame = {.size = 0},
    .code = {.size = 176, .filename = 104, .name = 112, .firstlineno = 40, .linetable = 120, .flags = 36, .code = 48, .argcount = 16, .posonlyargcount = 20, .kwonlyargcount = 24, .nlocals = 28, .varnames = 72, .cellvars = 88, .freevars = 80},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 416, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 880, .cached_keys = 872},
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
    .generator = {.size = 96},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
