"""A signal handler of C code that allocates memory is set, and has not interrupted anybody who does.

library: tracing.c
"""
import ctypes
import os
import threading

library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libtracing.so"))
threading.Thread(target=threading.Event().wait, daemon=True).start()
library.trace_every(1000)  # of the processor's time: who waits is not interrupted
print("ready", flush=True)
threading.Event().wait()
