"""A C function gets None where it needs a text: it reads at address 0.

certain null-pointer: Thread {tid} "reader" died {any} at address 0x0, a null pointer, in {any}, called from
    {file}:{line:CALLS} in measure
live: no
"""
import ctypes
import threading


def measure(text):
    return ctypes.CDLL(None).strlen(text)  # CALLS


print("ready", flush=True)
thread = threading.Thread(target=measure, args=(None,), name="reader")
thread.start()
thread.join()
