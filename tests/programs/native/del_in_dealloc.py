# The last reference goes away in C code: list.clear() runs a finalizer that blocks.
import _truth


class Resource(object):
    def __del__(self):
        _truth.block()


def drop(resources):
    del resources[:]


_truth.watch()
drop([Resource()])
