# The C library's qsort calls back into Python through ctypes, and there again.
import ctypes

import _truth

libc = ctypes.CDLL(None)
compare_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


def compare_inner(one, other):
    _truth.block()


def compare_outer(one, other):
    sort(compare_inner)


def sort(compare):
    numbers = (ctypes.c_int * 3)(3, 2, 1)
    libc.qsort(numbers, ctypes.c_size_t(3), ctypes.c_size_t(4), compare_type(compare))


_truth.watch()
sort(compare_outer)
