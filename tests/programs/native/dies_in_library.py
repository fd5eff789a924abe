# dies_in_library.py TRUTH LIBRARY FUNCTION [NUMBER]: a thread dies in a C function of a library.
import ctypes
import os
import sys
import threading
import time

import _truth


def call():
    getattr(library, sys.argv[3])(*[int(number) for number in sys.argv[4:]])


def die():
    time.sleep(0.5)
    call()


library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[2]))
thread = threading.Thread(target=die, name="dies")
thread.daemon = True
thread.start()
_truth.ready()
_truth.block()
