"""A C library calls Python's API without holding the GIL.

certain fatal-error: Thread {tid} {any} died of a fatal error of Python: PyThreadState_Get: {any}, in {any}, called from
    {file}:{line:CALLS} in current
live: no
"""
import ctypes


# CDLL lets go of the GIL for the call; PyDLL would not.
def current():
    ctypes.CDLL(None).PyThreadState_Get()  # CALLS


print("ready", flush=True)
current()
