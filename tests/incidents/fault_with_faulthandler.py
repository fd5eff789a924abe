"""faulthandler is on, so its handler gets the signal first, prints the stacks and raises the signal again.

certain null-pointer: Thread {tid} {any} died {any} at address 0x0, a null pointer, in {any}, called from
    {file}:{line:CALLS} in measure
live: no
"""
import ctypes
import faulthandler


def measure(text):
    return ctypes.CDLL(None).strlen(text)  # CALLS


faulthandler.enable(file=open("/dev/null", "w"))
print("ready", flush=True)
measure(None)
