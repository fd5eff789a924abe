# c_thread.py TRUTH LIBRARY: a thread that C made calls Python; another one never heard of Python.
import ctypes
import os
import sys

import _truth

library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[2]))


def called_back():
    sorted([1], key=lambda value: _truth.block())


called = ctypes.CFUNCTYPE(None)(called_back)
library.stacks_begin_thread(called)
_truth.watch()
_truth.block()
