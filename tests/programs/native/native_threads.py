# native_threads.py TRUTH LIBRARY: threads that Python does not know wait in C.
import ctypes
import os
import sys
import time

import _truth

library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[2]))
for number in range(3):
    library.stacks_begin_thread(library.stacks_wait)
    time.sleep(0.1)
_truth.watch()
_truth.block()
