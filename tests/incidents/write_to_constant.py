"""A text that a library has only lent is written to: it is a constant of the program.

certain write-to-read-only: Thread {tid} {any} died writing{any} at address {any}, which may only be read, in
    {any}, called from {file}:{line:WRITES} in clear
live: no
"""
import ctypes


def clear(text):
    ctypes.memset(text, 0, 16)  # WRITES


print("ready", flush=True)
ctypes.pythonapi.Py_GetCopyright.restype = ctypes.c_void_p
clear(ctypes.pythonapi.Py_GetCopyright())
