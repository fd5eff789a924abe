# spins_in_assembly.py TRUTH LIBRARY: a thread runs in a leaf function without unwind tables, and never leaves it.
import ctypes
import os
import sys

import _truth

library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[2]))
word = ctypes.c_ulonglong(0)


def spin():
    library.assembly_leaf(ctypes.byref(word))


_truth.watch()
spin()
