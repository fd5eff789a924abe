# numpy calls a Python function for each element of an array.
import numpy

import _truth


def element(value):
    _truth.block()


def evaluate():
    return numpy.frompyfunc(element, 1, 1)(numpy.arange(3))


_truth.watch()
evaluate()
