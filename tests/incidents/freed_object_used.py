"""A pointer is followed out of an object that was freed, with Python's debug allocator on.

likely use-after-free: Thread {tid} {any} died reading {any} at {any}, through a pointer out of freed or unset memory
    ({any} is 0xdddddddddddd{any}), in {any}, called from {file}:{line:FOLLOWS} in follow
live: no
"""
import ctypes
import os
import sys

if os.environ.get("PYTHONMALLOC") != "debug":
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONMALLOC": "debug"})


def follow(address):
    return ctypes.c_byte.from_address(ctypes.c_size_t.from_address(address + 64).value).value  # FOLLOWS


print("ready", flush=True)
block = bytearray(256)
address = ctypes.addressof((ctypes.c_byte * 256).from_buffer(block))
del block
follow(address)
