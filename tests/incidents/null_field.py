"""The field of a structure is read, and there is no structure: a handle that nobody checked is 0.

certain null-pointer: Thread {tid} {any} died reading 8 bytes at address 0x18, a field at offset 0x18 of a null
    pointer, in {any}, called from {file}:{line:READS} in size_of
live: no
"""
import ctypes


class Header(ctypes.Structure):
    _fields_ = [("magic", ctypes.c_long * 3), ("size", ctypes.c_long)]


def size_of(handle):
    return Header.from_address(handle).size  # READS


print("ready", flush=True)
size_of(0)
