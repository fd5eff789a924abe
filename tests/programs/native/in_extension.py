# in_extension.py TRUTH: an extension module calls Python, which calls it again; also from tp_dealloc and a thread of C.
import _truth
import extension


def innermost():
    _truth.block()


def from_dealloc():
    extension.call(innermost)


def drop():
    caller = extension.dealloc_calls(from_dealloc)
    del caller


def outermost():
    extension.call(drop, 3)


def in_c_thread():
    extension.call(innermost, 1)


extension.in_thread(in_c_thread)
_truth.watch()
outermost()
