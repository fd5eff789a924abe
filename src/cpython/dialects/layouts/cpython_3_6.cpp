// clang-format off
// CPython 3.6. Made by: tools/make_layouts.py 3.6=libpython3.6m.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_6 = {
    .version = {.major = 3, .minor = 6},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 0},
    .gil = {.size = 0},
    .interpreter = {.size = 120, .next = 0, .threads_head = 8, .modules = 16, .sysdict = 32},
    .thread = {.size = 2272, .prev = 0, .next = 8, .interp = 16, .frame = 24, .thread_id = 152, .current_exception = 88},
    .cframe = {.size = 0},
    .frame_object = {.size = 384, .back = 24, .code = 32, .globals = 48, .lasti = 120, .lineno = 124, .trace = 80, .localsplus = 376},
    .frame = {.size = 0},
    .code = {.size = 144, .filename = 96, .name = 104, .firstlineno = 36, .linetable = 112, .flags = 32, .code = 40, .argcount = 16, .kwonlyargcount = 20, .nlocals = 24, .varnames = 64, .cellvars = 80, .freevars = 72},
    .object = {.size = 16, .type = 8, .refcnt = 0},
    .var_object = {.size = 24, .size_field = 16},
    .type = {.size = 400, .name = 24, .basicsize = 32, .itemsize = 40, .flags = 168, .dictoffset = 288, .base = 256, .dict = 264, .mro = 344},
    .heap_type = {.size = 864, .cached_keys = 856},
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
    .generator = {.size = 64},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
