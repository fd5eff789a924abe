// clang-format off
// CPython 3.7. Made by: tools/make_layouts.py 3.7=libpython3.7m.so.1.0
#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython::layouts {

const Layout cpython_3_7 = {
    .version = {.major = 3, .minor = 7},
    .build = {.debug = false, .free_threaded = false},
    .runtime = {.size = 1520, .interpreters_head = 24, .interpreters_main = 32, .finalizing = 8, .core_initialized = 4, .initialized = 0, .tstate_current = 1480, .gil = 1264, .gil_drop_request = 716, .gc_collecting = 632},
    .gil = {.size = 208, .locked = 16, .last_holder = 8},
    .interpreter = {.size = 2568, .next = 0, .id = 16, .threads_head = 8, .modules = 40, .sysdict = 56},
    .thread = {.size = 280, .prev = 0, .next = 8, .interp = 16, .frame = 24, .thread_id = 176, .current_exception = 96, .exc_info = 144},
    .cframe = {.size = 0},
    .frame_object = {.size = 368, .back = 24, .code = 32, .globals = 48, .lasti = 104, .lineno = 108, .trace = 80, .localsplus = 360},
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
    .generator = {.size = 96},
    .debug_offsets = {.size = 0},
};

}  // namespace stillframe::cpython::layouts
