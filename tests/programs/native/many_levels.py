# Python calls sorted(), whose key calls Python, whose max() calls Python and so on, forty levels deep.
import _truth


def by_sort(left):
    if left == 0:
        _truth.block()
    sorted([left], key=lambda value: by_max(value - 1))


def by_max(left):
    if left == 0:
        _truth.block()
    max([left, left], key=plain)


def plain(left):
    return by_sort(left - 1)


_truth.watch()
by_sort(40)
