// clang-format off
// CPython 2.7-debug. Made by: tools/make_layouts.py 2.7-debug=python2.7-dbg
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_2_7_debug = {
    .version = {.major = 2, .minor = 7},
    .build = {.debug = true, .free_threaded = false},
    .runtime = {.size = 0},
    .gil = {.size = 0},
    .interpreter = {.size = 80, .next = 0, .threads_head = 8, .modules = 16, .sysdict = 24},
    .thread = {.size = 168, .next = 0, .interp = 8, .frame = 16, .thread_id = 144, .current_exception = 80},
    .cframe = {.size = 0},
    .frame_object = {.size = 400, .back = 40, .code = 48, .globals = 64, .lasti = 136, .lineno = 140, .trace = 96, .localsplus = 392},
    .frame = {.size = 0},
    .code = {.size = 144, .filename = 96, .name = 104, .firstlineno = 112, .linetable = 120, .flags = 44, .code = 48, .argcount = 32, .nlocals = 36, .varnames = 72, .cellvars = 88, .freevars = 80},
    .object = {.size = 32, .type = 24, .refcnt = 16},
    .var_object = {.size = 40, .size_field = 32},
    .type = {.size = 408, .name = 40, .basicsize = 48, .itemsize = 56, .flags = 184, .dictoffset = 304, .base = 272, .dict = 280, .mro = 360},
    .heap_type = {.size = 888},
    .unicode = {.size = 64, .length = 32, .legacy_str = 40},
    .ascii = {.size = 0},
    .compact = {.size = 0},
    .bytes = {.size = 56, .data = 52},
    .list = {.size = 56, .items = 40, .allocated = 48},
    .tuple = {.size = 48, .items = 40},
    .integer = {.size = 48, .digits = 40},
    .small_integer = {.size = 40, .value = 32},
    .floating = {.size = 40, .value = 32},
    .module = {.size = 40, .dict = 32},
    .dict = {.size = 264, .used = 40, .table = 56, .mask = 48},
    .dict_keys = {.size = 0},
    .dict_values = {.size = 0},
    .generator = {.size = 64},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
