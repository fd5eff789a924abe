# through_library.py TRUTH LIBRARY FUNCTION...: C functions of a library, each called from Python, call Python again.
import ctypes
import os
import sys

import _truth

callback_type = ctypes.CFUNCTYPE(None)
library = ctypes.CDLL(os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[2]))


def through(functions):
    if not functions:
        _truth.block()
    name, _, argument = functions[0].partition(":")
    called = callback_type(lambda: through(functions[1:]))
    getattr(library, name)(called, *([int(argument)] if argument else []))


_truth.watch()
through(sys.argv[3:])
