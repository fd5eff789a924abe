# Generators that C resumes: list() of one that takes from sum() of another.
import _truth


def inner():
    yield 1
    _truth.block()


def outer():
    yield sum(inner())


def collect():
    return list(outer())


_truth.watch()
collect()
