# assembly.py TRUTH LIBRARY STACKS FUNCTION: hand-written code without unwind tables calls C, which waits or calls Python.
import ctypes
import os
import sys

import _truth

folder = os.path.dirname(os.path.abspath(__file__))
library = ctypes.CDLL(os.path.join(folder, sys.argv[2]))
callback_type = ctypes.CFUNCTYPE(None)


def called_back():
    _truth.block()


def call_python():
    getattr(library, sys.argv[4])(callback_type(called_back))


def call_c():
    getattr(library, sys.argv[4])(ctypes.CDLL(os.path.join(folder, sys.argv[3])).stacks_block)


_truth.watch()
call_python() if sys.argv[3] == "-" else call_c()
