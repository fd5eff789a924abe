# C objects that call Python objects: functools.partial, a bound method, a class with __call__, a C wrapper of a slot.
import functools

import _truth


class Callable(object):
    def __call__(self, value):
        _truth.block()

    def method(self, value):
        return functools.partial(self, value)()

    def __repr__(self):
        return functools.partial(self.method)(1)


def show(thing):
    return object.__str__(thing)


_truth.watch()
show(Callable())
