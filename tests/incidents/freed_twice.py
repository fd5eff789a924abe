"""A block of memory is freed twice, and the C library finds out.

certain heap-corruption: Thread {tid} {any} died because the heap is broken: free(): double free detected in tcache 2,
    in {any}, called from {file}:{line:FREES} in close
live: no
"""
import ctypes

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p


def close(handle):
    libc.free(ctypes.c_void_p(handle))  # FREES


print("ready", flush=True)
handle = libc.malloc(24)
close(handle)
close(handle)
