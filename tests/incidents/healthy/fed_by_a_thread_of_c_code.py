"""The main program is over, and its thread waits for what a thread of C code brings: a sound card, a message broker."""
import ctypes
import queue
import threading

items = queue.Queue()
libc = ctypes.CDLL(None)
there = ctypes.c_ulong()
libc.pthread_create(ctypes.byref(there), None, libc.pause, None)


def consume():
    while True:
        items.get()


threading.Thread(target=consume, name="consumer").start()
print("ready", flush=True)
