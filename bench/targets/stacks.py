"""The program that is looked at: argv = THREADS FRAMES MODE MEGABYTES [SHARED LIBRARY, FILE].

MODE asleep: every thread sleeps. spin: the main thread computes. watch: the main thread watches the clock from C, in
the shared library made of bench/watch.c, and writes the largest gap it saw to the file.
"""

import ctypes
import mmap
import sys
import threading
import time

count, depth, mode, megabytes = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
ballast = bytearray(b"x" * (megabytes << 20))
event = threading.Event()
sys.setrecursionlimit(max(1000, depth * 2))
threading.stack_size(256 * 1024 if depth < 1000 else 1 << 30)


def descend(left):
    if left > 1:
        descend(left - 1)
    else:
        event.wait()


def work(left):
    if left > 1:
        return work(left - 1)
    print("ready", flush=True)
    if mode == "spin":
        while True:
            pass
    if mode == "watch":
        with open(sys.argv[6], "r+b") as file:
            shared = mmap.mmap(file.fileno(), 4096)
        ctypes.CDLL(sys.argv[5]).watch((ctypes.c_char * 4096).from_buffer(shared))
    while True:
        time.sleep(1000)


# A thread that threading starts has three frames of its own below.
for _ in range(count - 1):
    threading.Thread(target=descend, args=(max(1, depth - 4),), daemon=True).start()
time.sleep(0.3 + count / 1000)
if depth >= 1000:
    threading.Thread(target=work, args=(depth,), daemon=True).start()
    time.sleep(1000)
work(depth - 1)
