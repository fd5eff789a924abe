# The key function of sorted() blocks.
import _truth


def key(value):
    _truth.block()


def order(values):
    return sorted(values, key=key)


_truth.watch()
order([3, 1, 2])
