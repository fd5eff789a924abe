# Python called from C: qsort's comparison through ctypes, and a thread that C itself started.
import ctypes

import _truth

libc = ctypes.CDLL(None)
compare_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
start_type = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)


def compare(one, other):
    _truth.block()


def run_in_c_thread(argument):
    _truth.block()


def sort():
    numbers = (ctypes.c_int * 3)(3, 2, 1)
    libc.qsort(numbers, ctypes.c_size_t(3), ctypes.c_size_t(4), compare_type(compare))


entry = start_type(run_in_c_thread)
thread = ctypes.c_ulong()
libc.pthread_create(ctypes.byref(thread), None, entry, None)
_truth.watch()
sort()
