# in_library.py TRUTH LIBRARY FUNCTION [NUMBER]: a C function of a library does not come back.
import ctypes
import os
import sys

import _truth


def call():
    getattr(library, sys.argv[3])(*[int(number) for number in sys.argv[4:]])


library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[2]))
_truth.watch()
call()
