# A greenlet under a C call of another one, which has been left in the middle.
import greenlet

import _truth


def inner():
    sorted([1], key=lambda value: _truth.block())


def left(value):
    greenlet.greenlet(inner).switch()


def outer():
    sorted([1], key=left)


_truth.watch()
greenlet.greenlet(outer).switch()
