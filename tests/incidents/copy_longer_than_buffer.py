"""A C function that was compiled with _FORTIFY_SOURCE is given more than its buffer can hold.

certain buffer-overflow: Thread {tid} {any} died because a copy was longer than its buffer: *** buffer overflow detected
    ***: terminated, in {any}, called from {file}:{line:COPIES} in store
live: no
"""
import ctypes


def store(text):
    buffer = ctypes.create_string_buffer(8)
    ctypes.CDLL(None).__memcpy_chk(buffer, text, len(text), len(buffer))  # COPIES


print("ready", flush=True)
store(b"longer than eight")
