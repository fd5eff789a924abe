// clang-format off
// CPython 2.7. Made by: tools/make_layouts.py 2.7=libpython2.7.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_2_7 = {
    .version = {.major = 2, .minor = 7},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 0},
    .gil = {.size = 0},
    .interpreter = {.size = 80, .next = 0, .threads_head = 8, .modules = 16, .sysdict = 24},
    .thread = {.size = 168, .next = 0, .interp = 8, .frame = 16, .thread_id = 144, .current_exception = 80},
    .cframe = {.size = 0},
    .frame_object = {.size = 384, .back = 24, .code = 32, .globals = 48, .lasti = 120, .lineno = 124, .trace = 80, .localsplus = 376},
    .frame = {.size = 0},
    .code = {.size = 128, .filename = 80, .name = 88, .firstlineno = 96, .linetable = 104, .flags = 28, .code = 32, .argcount = 16, .nlocals = 20, .varnames = 56, .cellvars = 72, .freevars = 64},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 392, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 872},
    .unicode = {.size = 48, .length = 16, .legacy_str = 24},
    .ascii = {.size = 0},
    .compact = {.size = 0},
    .bytes = {.size = 40, .data = 36},
    .list = {.size = 40, .items = 24, .allocated = 32},
    .tuple = {.size = 32, .items = 24},
    .integer = {.size = 32, .digits = 24},
    .small_integer = {.size = 24, .value = 16},
    .floating = {.size = 24, .value = 16},
    .module = {.size = 24, .dict = 16},
    .dict = {.size = 248, .used = 24, .table = 40, .mask = 32},
    .dict_keys = {.size = 0},
    .dict_values = {.size = 0},
    .generator = {.size = 48},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
