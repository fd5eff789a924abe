# A generator that runs inside another one, and a for loop that runs both.
import _truth


def inner():
    yield 1
    _truth.block()
    yield 2


def outer():
    for value in inner():
        yield value


_truth.watch()
for item in outer():
    pass
