"""A signal handler of C code allocates memory, and has interrupted the same thread in the middle of malloc().

library: tracing.c
uses: /usr/share/doc/libc6-dbg
likely signal-reentry: Deadlock: the signal handler at note in libtracing.so interrupted thread {tid} "MainThread" while that
    held a lock of malloc, and waits for it
"""
import ctypes
import os
import threading

library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libtracing.so"))
threading.Thread(target=threading.Event().wait, daemon=True).start()  # with one thread malloc takes no lock
print("ready", flush=True)
library.trace_every(1000)
library.read_lines()
