"""A pointer is read out of a structure that a text has overwritten.

certain bad-pointer: Thread {tid} {any} died reading 1 byte at address 0x72656d6f74737563, which no address can
    be, in {any}, called from {file}:{line:FOLLOWS} in follow
live: no
"""
import ctypes


def follow(record):
    return ctypes.c_byte.from_address(record.next).value  # FOLLOWS


class Record(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char * 8), ("next", ctypes.c_size_t)]


print("ready", flush=True)
record = Record()
ctypes.memmove(ctypes.addressof(record), b"some.net" b"customer", 16)
follow(record)
