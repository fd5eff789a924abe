# Python calls Python calls Python: from 3.11 on all of it is one call of the evaluation loop.
import _truth


class Shape(object):
    def __init__(self, left):
        self.left = left
        descend(left)


def descend(left):
    if left == 0:
        _truth.block()
    elif left % 3:
        descend(left - 1)
    else:
        Shape(left - 1)


_truth.watch()
descend(20)
