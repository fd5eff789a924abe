"""C code sleeps and has not let go of the GIL: no other thread can run.

certain gil-held: Thread {tid} "driver" holds the GIL while it sleeps at {file}:{line:SLEEPS} in poll_device: 1 other thread
    cannot run
"""
import ctypes
import sys
import threading

sys.setswitchinterval(1000)  # nobody takes the GIL away between two calls
library = ctypes.PyDLL(None)  # its functions are called with the GIL held


def poll_device():
    library.write(1, b"ready\n", 6)
    library.pause()  # SLEEPS


threading.Thread(target=poll_device, name="driver").start()
while True:
    pass
