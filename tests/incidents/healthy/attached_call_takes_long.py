"""C code sleeps without having detached from Python, in a build without a GIL, and nobody wants to stop it.

builds: free
"""
import ctypes
import threading

library = ctypes.PyDLL(None)
asleep = threading.Event()


def poll_device():
    asleep.set()
    library.pause()


threading.Thread(target=poll_device, daemon=True).start()
asleep.wait()
print("ready", flush=True)
threading.Event().wait()
