"""A C library checks what it was given with assert().

certain assertion: Thread {tid} {any} died of a failed assertion: {any}queue.c:120: push: Assertion `size > 0' failed.,
    in {any}, called from {file}:{line:PUSHES} in push
live: no
"""
import ctypes


def push(size):
    ctypes.CDLL(None).__assert_fail(b"size > 0", b"queue.c", 120, b"push")  # PUSHES


print("ready", flush=True)
push(0)
