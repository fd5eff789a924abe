// clang-format off
// CPython 3.6-debug. Made by: tools/make_layouts.py 3.6-debug=trace-refs:libpython3.6m.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_6_debug = {
    .version = {.major = 3, .minor = 6},
    .build = {.debug = true, .free_threaded = false},
    .runtime = {.size = 0},
    .gil = {.size = 0},
    .interpreter = {.size = 120, .next = 0, .threads_head = 8, .modules = 16, .sysdict = 32},
    .thread = {.size = 2272, .prev = 0, .next = 8, .interp = 16, .frame = 24, .thread_id = 152, .current_exception = 88},
    .cframe = {.size = 0},
    .frame_object = {.size = 400, .back = 40, .code = 48, .globals = 64, .lasti = 136, .lineno = 140, .trace = 96, .localsplus = 392},
    .frame = {.size = 0},
    .code = {.size = 160, .filename = 112, .name = 120, .firstlineno = 52, .linetable = 128, .flags = 48, .code = 56, .argcount = 32, .kwonlyargcount = 36, .nlocals = 40, .varnames = 80, .cellvars = 96, .freevars = 88},
    .object = {.size = 32, .type = 24, .refcnt = 16},
    .var_object = {.size = 40, .size_field = 32},
    .type = {.size = 416, .name = 40, .basicsize = 48, .itemsize = 56, .flags = 184, .dictoffset = 304, .base = 272, .dict = 280, .mro = 360},
    .heap_type = {.size = 880, .cached_keys = 872},
    .unicode = {.size = 96, .length = 32, .state = 48, .data = 88, .utf8 = 72, .utf8_length = 64},
    .ascii = {.size = 64},
    .compact = {.size = 88},
    .bytes = {.size = 56, .data = 48},
    .list = {.size = 56, .items = 40, .allocated = 48},
    .tuple = {.size = 48, .items = 40},
    .integer = {.size = 48, .digits = 40},
    .small_integer = {.size = 16},
    .floating = {.size = 40, .value = 32},
    .module = {.size = 72, .dict = 32},
    .dict = {.size = 64, .used = 32, .keys = 48, .values = 56},
    .dict_keys = {.size = 40, .size_field = 8, .nentries = 32, .indices = 40},
    .dict_values = {.size = 0},
    .generator = {.size = 80},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
