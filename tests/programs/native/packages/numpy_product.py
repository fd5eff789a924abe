# Two threads multiply matrices without end: they, and OpenBLAS's own, run in hand-written kernels without unwind tables.
import threading

import numpy

import _truth


def multiply():
    matrix = numpy.ones((1500, 1500))
    while True:
        numpy.dot(matrix, matrix)


thread = threading.Thread(target=multiply, name="multiplies")
thread.daemon = True
thread.start()
_truth.ready()
_truth.block()
