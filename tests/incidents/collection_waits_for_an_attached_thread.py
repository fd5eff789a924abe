"""C code sleeps and has not detached from Python: the garbage collector cannot stop the world, and all others wait for it.

builds: free
runs: yes
certain world-held: Thread {tid} "driver" sleeps at {file}:{line:SLEEPS} in poll_device and cannot be stopped by Python:
    {any} wait for that
"""
import ctypes
import gc
import threading

library = ctypes.PyDLL(None)  # its functions are called attached
asleep = threading.Event()


def poll_device():
    asleep.set()
    library.pause()  # SLEEPS


def count():
    number = 0
    while True:
        number += 1


threading.Thread(target=poll_device, name="driver").start()
threading.Thread(target=count, name="counter").start()
asleep.wait()
print("ready", flush=True)
gc.collect()
