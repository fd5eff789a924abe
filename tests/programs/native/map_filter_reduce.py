# reduce() over list() of a map() of a filter(): each function asks for the next one's result.
import functools

import _truth


def keep(value):
    _truth.block()


def double(value):
    return sum(filter(keep, [value]))


def add(total, value):
    return total + list(map(double, [value]))[0]


_truth.watch()
functools.reduce(add, [1, 2])
