"""A library calls back, and the callback was never given.

certain null-call: Thread {tid} {any} died calling a null function pointer (address 0x0){any}, called from
    {file}:{line:SORTS} in sort
live: no
"""
import ctypes


def sort(numbers):
    ctypes.CDLL(None).qsort(numbers, len(numbers), 8, None)  # SORTS


print("ready", flush=True)
sort((ctypes.c_long * 4)(4, 3, 2, 1))
