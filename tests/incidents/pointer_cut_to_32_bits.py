"""ctypes takes the result of a function for an int of 32 bits, because nobody has set restype: half of a pointer.

certain bad-pointer: Thread {tid} {any} died writing{any} at address {any}, in {any}, called from
    {file}:{line:FILLS} in fill
live: no
"""
import ctypes

SIZE = 64 << 20  # so large that it does not come from the heap


def fill(buffer):
    ctypes.memset(buffer, 1, SIZE)  # FILLS


print("ready", flush=True)
fill(ctypes.CDLL(None).malloc(SIZE))
