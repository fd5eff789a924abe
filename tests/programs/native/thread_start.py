# Threads whose Python begins in C: a Thread, and one of the low-level module whose function is a C function.
import functools
import threading

try:
    import _thread
except ImportError:
    import thread as _thread

import _truth


def work():
    sorted([1], key=lambda value: _truth.block())


def called_by_partial(value):
    _truth.block()


thread = threading.Thread(target=work, name="worker")
thread.daemon = True
thread.start()
_thread.start_new_thread(functools.partial(called_by_partial, 1), ())
_truth.watch()
_truth.block()
