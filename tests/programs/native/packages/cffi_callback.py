# A C function called by cffi calls back.
import cffi

import _truth

ffi = cffi.FFI()
ffi.cdef("void qsort(void *, size_t, size_t, int (*)(const void *, const void *));")
libc = ffi.dlopen(None)


@ffi.callback("int(const void *, const void *)")
def compare(one, other):
    _truth.block()


def sort():
    libc.qsort(ffi.new("int[]", [3, 2, 1]), 3, 4, compare)


_truth.watch()
sort()
